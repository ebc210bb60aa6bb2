"""A report that leaves the bike: as a table for a spreadsheet, and as paper."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Final

from font_roboto import Roboto, RobotoBold
from fpdf import FPDF, FontFace

from jobs.errors import Sentence
from kiosk.i18n import said
from kiosk.mediator.report_lines import FEW, Section

PRIVATE: Final = Sentence(
    "Aucun nom, aucun âge. Les nombres de personnes en dessous de 5 ne sont pas publiés.",
    "No names, no ages. Counts of people below 5 are not published.",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_GREEN: Final = (22, 92, 60)
_PALE: Final = (226, 242, 226)


def table(rows: Iterable[Sequence[object]], language: str) -> bytes:
    """Rows as the spreadsheets of a country take them; no cell becomes a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="," if language == "en" else ";")
    writer.writerows([[_cell(value, language) for value in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def report_table(title: str, parts: Sequence[Section], language: str) -> bytes:
    """A report with a code for each figure, the same in every language."""
    head = Sentence("code,rubrique,libellé,valeur,unité", "code,section,label,value,unit")
    rows: list[Sequence[object]] = [said(head, language).split(","), ("title", "", title, "", "")]
    for part in parts:
        for line in part.lines:
            value: object = said(FEW, language) if line.is_hidden else line.value
            words = said(part.title, language), said(line.label, language)
            rows.append((line.code, *words, value, line.unit))
    return table(rows, language)


def paper(title: str, made: dt.datetime, parts: Sequence[Section], language: str) -> bytes:
    """A report on A4."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(made)
    pdf.set_title(f"DIPbike · {title}")
    pdf.set_lang(language)
    pdf.add_font("Roboto", "", Roboto)
    pdf.add_font("Roboto", "B", RobotoBold)
    pdf.set_auto_page_break(auto=True, margin=18)
    pdf.add_page()
    pdf.set_font("Roboto", "B", 20)
    pdf.multi_cell(0, 10, title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Roboto", "", 10)
    pdf.multi_cell(
        0, 6, f"DIPbike · {made:%d/%m/%Y %H:%M}\n{said(PRIVATE, language)}", new_x="LMARGIN", new_y="NEXT"
    )
    for part in parts:
        if part.lines:
            _part(pdf, part, language)
    return bytes(pdf.output())


def _part(pdf: FPDF, part: Section, language: str) -> None:
    pdf.ln(4)
    head = FontFace(emphasis="BOLD", color=_GREEN, fill_color=_PALE)
    with pdf.table(
        col_widths=(7, 3),
        text_align=("LEFT", "RIGHT"),
        borders_layout="HORIZONTAL_LINES",
        headings_style=head,
    ) as grid:
        grid.row((said(part.title, language), ""))
        for line in part.lines:
            grid.row((said(line.label, language), line.shown(language)))


def _cell(value: object, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.3f}".rstrip("0").rstrip(".")
        return text if language == "en" else text.replace(".", ",")
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
