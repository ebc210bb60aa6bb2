"""The preparing child for a program that a mediator brought: `python -m jobs.prepare.from_program`."""

import sys

from jobs.allow.gate import check_program
from jobs.prepare.bench import Made, Workbench, finish, read_upload
from jobs.prepare.child import run
from jobs.prepare.cutting import drawn
from jobs.prepare.program_drawing import drawing_of
from jobs.prepare.request import PrepareRequest


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Write a program anew, line by line, and draw it."""
    bench.report("check", 0.0)
    program = check_program(read_upload(request.source), bench.profile)
    return finish(program, drawn(drawing_of(program, bench.profile)), bench)


if __name__ == "__main__":
    sys.exit(run(make))
