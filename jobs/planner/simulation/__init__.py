"""Whole halts played on the planner, with everything going a little otherwise than planned."""
