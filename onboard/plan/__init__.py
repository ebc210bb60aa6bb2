"""The queue within the battery: the question to the planner, its plan, and the last look before a start."""
