"""The same program in other shapes: as text to read and to write, and from the lines of a picture."""

import json
from collections.abc import Callable
from typing import Annotated, Final, TypeVar, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter, ValidationError

from drivers.robots.listing import listed, read_listing
from drivers.robots.listing_words import Language
from drivers.robots.plotting import plotted
from drivers.robots.program import RobotProgram
from drivers.robots.reading import read_program
from drivers.robots.refusals import Refusal, RobotProgramError
from drivers.robots.writing import Json, written_program
from kiosk.i18n import language_of, said
from kiosk.participant.robot_words import ProgramRefusedError

router = APIRouter()

LONGEST: Final = 60_000
PICTURE_MM: Final = 400.0
Written = Annotated[str, Form(max_length=LONGEST)]
_Point = tuple[float, float]
Made = TypeVar("Made")
_LINES: Final = TypeAdapter(list[list[_Point]])


def language_here(request: Request) -> Language:
    """In which words a program is written on this tablet."""
    return cast("Language", language_of(request))


def program_of(request: Request, program: str, text: str) -> RobotProgram:
    """The program of a page: as text where that is filled in, else as the blocks have written it.

    Raises:
        ProgramRefusedError: it is none; the sentence says what to do.
    """
    if text.strip():
        return taken(lambda: read_listing(text, language_here(request)))
    return taken(lambda: read_program(program))


def program_json(request: Request, program: str, text: str) -> str:
    """As `program_of`, in the one way in which it is written down."""
    return json.dumps(written_program(program_of(request, program, text)))


def taken(read: Callable[[], Made]) -> Made:
    """What `read` makes, or a sentence for a child.

    Raises:
        ProgramRefusedError: there is no such program.
    """
    try:
        return read()
    except RobotProgramError as error:
        raise ProgramRefusedError(error) from error


def text_of(program: Json, language: Language) -> str:
    """A program of ours as text."""
    return listed(read_program(json.dumps(program)), language)


def answered(request: Request, make: Callable[[], Json]) -> Response:
    """What a page's script asked for, or the sentence and the step because of which there is none."""
    try:
        return JSONResponse(make())
    except ProgramRefusedError as error:
        return JSONResponse({"sentence": said(error.sentence, language_of(request)), "step": error.step}, 422)


@router.post("/programme/texte")
async def as_text(request: Request, program: Written = "") -> Response:
    """The blocks as text."""
    return answered(
        request, lambda: {"text": listed(program_of(request, program, ""), language_here(request))}
    )


@router.post("/programme/blocs")
async def as_blocks(request: Request, text: Written = "") -> Response:
    """The text as blocks."""
    return answered(request, lambda: {"program": written_program(program_of(request, NOTHING, text))})


@router.post("/programme/image")
async def as_plotter(request: Request, lines: Written = "") -> Response:
    """The lines of a picture as blocks; the page has read them, so that no file is read here."""
    return answered(request, lambda: {"program": written_program(taken(lambda: _plotted(lines)))})


NOTHING: Final = '{"version": 1, "steps": []}'


def _plotted(lines: str) -> RobotProgram:
    try:
        return plotted(_LINES.validate_json(lines), PICTURE_MM)
    except ValidationError as error:
        raise RobotProgramError(Refusal.NO_LINES) from error
