"""Arduino robots whose board runs StandardFirmata."""
