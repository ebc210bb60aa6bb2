"""Thymio II: the Aseba protocol, the kit, and the simulated robot."""
