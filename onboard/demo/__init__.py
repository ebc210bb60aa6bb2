"""The whole bike on one computer, with virtual machines."""
