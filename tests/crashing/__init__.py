"""A daemon that is killed at one exact point of its work, and the judge of what it left behind."""
