"""Streams a file with Printrun's `printcore`; run by the Python of a venv that has it, and by no other."""

import sys
import time

from printrun import gcoder
from printrun.printcore import printcore


def main(port: str, path: str, baud: int) -> None:
    """Wait for the board, send the file, wait until every line is acknowledged."""
    core = printcore(port, baud)
    while not core.online:
        time.sleep(0.05)
    with open(path, encoding="ascii") as file:  # noqa: PTH123 - as Printrun's own script does
        core.startprint(gcoder.LightGCode([line.strip() for line in file]))
    while core.printing:
        time.sleep(0.05)
    time.sleep(0.3)
    core.disconnect()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
