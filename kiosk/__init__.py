"""The web pages that face participants and mediators."""
