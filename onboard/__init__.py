"""The daemon that keeps the bike running."""
