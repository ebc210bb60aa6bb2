"""The bike for programs: the same looks and acts as on the mediators' pages, as JSON."""
