"""How much energy machines draw, how much a halt has."""
