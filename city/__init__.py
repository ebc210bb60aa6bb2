"""The receiving end in the city hall."""
