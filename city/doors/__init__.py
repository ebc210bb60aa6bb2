"""Doors for other programs: each speaks a format that cities already read."""
