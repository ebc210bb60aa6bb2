"""Marlin printers: protocol, device and the simulated machine."""
