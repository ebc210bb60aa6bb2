"""The battery and what is learnt of consumption: readings, protection, costs of this bike's own machines."""
