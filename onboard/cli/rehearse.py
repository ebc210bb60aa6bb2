"""`dipbike stream` to a machine simulated in this process: the same command, with every machine loaded."""

from drivers.registry import open_device
from onboard.cli.stream import make_command

rehearse_command = make_command(open_device)

if __name__ == "__main__":
    rehearse_command(prog_name="dipbike stream")
