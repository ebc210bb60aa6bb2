"""What a program costs: seconds, grams, watt-hours."""
