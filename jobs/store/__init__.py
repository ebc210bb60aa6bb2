"""The job queue on disk."""
