"""micro:bit robots whose board runs MicroPython."""
