"""The command `dipbike`: one module a subcommand."""
