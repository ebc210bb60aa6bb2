"""The ways in: one file for each question that a child can begin with, and a card of the home page."""
