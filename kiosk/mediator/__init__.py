"""The pages of mediators: what they see, decide, move by hand and report."""
