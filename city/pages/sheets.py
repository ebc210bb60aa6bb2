"""Tables as CSV that offices and programs open without a question."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from fastapi import Response

Cell = str | int | float | None
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def sheet(head: Sequence[str], rows: Iterable[Sequence[Cell]], language: str) -> str:
    """French offices expect semicolons and decimal commas; everybody else the opposite."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="," if language == "en" else ";", lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(cell, language) for cell in row])
    return text.getvalue()


def attachment(text: str, name: str) -> Response:
    """A CSV to keep; the mark in front tells spreadsheets that it is UTF-8."""
    return Response(
        "\ufeff" + text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: Cell, language: str) -> str:
    """A number in the language's writing, or a word that no spreadsheet takes for a formula.

    Source: OWASP, CSV Injection.
    """
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return text if language == "en" else text.replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(_STARTS_A_FORMULA) else value
