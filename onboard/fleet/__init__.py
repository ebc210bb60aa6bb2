"""Virtual bikes that speak to a real broker: a city's load before there are so many real ones."""
