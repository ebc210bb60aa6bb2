"""Shapes made on the bike, one file each."""
