"""A printer behind an OctoPrint server."""
