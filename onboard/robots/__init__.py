"""Robots of the bike: their stations, their loans, and what is said about them."""
