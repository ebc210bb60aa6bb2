"""The bike's own inputs, and the relay that its heartbeat holds closed."""
