"""The G-code gate: nothing runs on a machine that it did not let through."""
