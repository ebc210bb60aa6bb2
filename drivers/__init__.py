"""Drivers talk to machines and know nothing of jobs, students or budgets."""
