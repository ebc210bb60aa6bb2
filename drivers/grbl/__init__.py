"""GRBL mills: protocol, device and the simulated machine."""
