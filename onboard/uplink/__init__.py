"""The way to the city: records, outbox, broker, and what is said when it cannot be reached."""
