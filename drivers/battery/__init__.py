"""Battery monitors: protocol, device and the simulated pack."""
