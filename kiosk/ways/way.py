"""A way in: its card on the home page, and the routes behind it."""

from dataclasses import dataclass

from fastapi import APIRouter

from jobs.errors import Sentence


@dataclass(frozen=True, slots=True)
class Way:
    """One card of the home page: where it leads, its picture (a name in static/pictures) and its words."""

    address: str
    picture: str
    label: Sentence
    hint: Sentence
    router: APIRouter
