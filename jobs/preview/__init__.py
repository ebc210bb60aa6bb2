"""Pictures of a program: the way of the tool, layer by layer."""
