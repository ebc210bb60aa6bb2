"""The tests of the on-board software; a package by name, so that no installed one hides it."""
