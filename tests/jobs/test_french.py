"""Everything that drivers say to people is known in French, found in their own source."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import drivers
from drivers.errors import DeviceFaultError, ProgramInterruptedError
from drivers.grbl.codes import ALARMS, ERRORS, explain_alarm, explain_error
from drivers.grbl.expected import Expected, lacks
from drivers.marlin.firmware import Firmware
from jobs.endings import ending_of
from jobs.french import in_french, line, mill, printer, robot

HERE = Path(drivers.__file__).parent
FILES = [
    path
    for folder in (".", "marlin", "grbl", "octoprint", "thymio", "firmata", "micropython")
    for path in sorted((HERE / folder).glob("*.py"))
    if not path.name.startswith(("sim", "batter", "kits"))
] + [HERE / "robots" / f"{name}.py" for name in ("tether", "reach", "player", "events")]
TABLES = (line.SENTENCES, printer.SENTENCES, mill.SENTENCES, robot.SENTENCES)


def filled(node: ast.expr) -> str | None:
    """A text with 7 in the place of whatever it works out; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(filled(part) or "7" for part in node.values)
    return None


def is_doc_or_log(node: ast.AST) -> bool:
    """Whether a statement only documents, or tells the log, which speaks English."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    call = node.value if isinstance(node, ast.Expr) else node
    is_call = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    return is_call and ast.unparse(call.func).lower().lstrip("_").startswith("log.")  # type: ignore[attr-defined]


def texts(node: ast.AST) -> Iterator[str]:
    """Every whole text below a node."""
    if is_doc_or_log(node):
        return
    if isinstance(node, ast.expr) and (found := filled(node)) is not None:
        yield found
        return
    for child in ast.iter_child_nodes(node):
        yield from texts(child)


def default_messages(tree: ast.AST) -> Iterator[str]:
    """What an error says that is raised without words: its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and node.bases:
            yield (ast.get_docstring(node) or "").split("\n", 1)[0]


def sentences() -> list[str]:
    """What is a sentence for people by its form: a capital, words, and a full stop."""
    found = set()
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = [text for text in texts(tree) if text[:1] in string.ascii_uppercase + "7" and " " in text]
        found |= {text for text in said if text.endswith(".") and text.count(" ") > 1}
        found |= set(default_messages(tree))
    return sorted(found)


def test_sentences_are_found() -> None:
    """The search itself finds what it should: constants, texts with gaps, and errors' own words."""
    found = sentences()
    assert len(found) > 60
    assert "The printer no longer answers: check its cable and its power." in found
    assert "The mill locked itself: 7 (ALARM:7). Look at the tool, then re-arm the mill." in found
    assert "The line to the machine failed." in found


def test_every_sentence_of_a_driver_is_known_in_french() -> None:
    """A new sentence without its French one stands here until it has one."""
    assert [english for english in sentences() if not in_french(english)] == []


def test_reasons_and_lacks_are_known_too() -> None:
    """Numbered errors and alarms, what a board lacks, and where a mill differs from its papers."""
    for code in [*ERRORS, 99]:
        assert ERRORS.get(code, "?") not in (in_french(explain_error(code, "G1 X7")) or "")
        assert "G1 X7" in (in_french(explain_error(code, "G1 X7")) or "")
    for code in [*ALARMS, 99]:
        assert f"(ALARM:{code})" in (in_french(explain_alarm(code)) or "")
    wrong = Expected(9000, (1, 1, 1), (1, 1, 1), (1, 1, 1), switches=True)
    settings = {30: 1.0} | {first + axis: 500.0 for first in (110, 120, 130) for axis in range(3)}
    for lack in [*lacks(settings, wrong), *Firmware().degraded]:
        assert in_french(lack), lack


def test_gaps_are_kept_and_said_in_french_where_they_are_known() -> None:
    """Numbers and names stay; a state inside a sentence is a French word."""
    assert in_french("prusa is running: Dry run: nothing moves.") == (
        "prusa est dans l'état « travaille » : Relecture à blanc : rien ne bouge."
    )
    assert in_french("The bed does not hold 60 degrees: check heater and sensor.") == (
        "Plateau : les 60 degrés ne tiennent pas. Vérifiez la chauffe et le capteur."
    )


def test_a_machines_own_words_are_not_translated() -> None:
    """What no driver says stands as it is; long or odd text is no sentence of ours."""
    for text in (
        "",
        "Thermal Runaway, system stopped! Heater_ID: 0",
        "<b>Paused, spindle off.</b>",
        "x" * 5000,
    ):
        assert in_french(text) is None


def test_every_gap_of_a_french_sentence_is_one_of_the_english_one() -> None:
    """Else a page would fail when it is needed."""
    formatter = string.Formatter()
    for table in TABLES:
        for english, french in table.items():
            gaps = [{name for _, name, *_ in formatter.parse(text) if name} for text in (english, french)]
            assert gaps[0] == gaps[1], english


def test_why_a_job_ended_is_french_for_french_readers() -> None:
    """A driver's sentence is said in French; a machine's own words are quoted."""
    known = ending_of(ProgramInterruptedError("The printer restarted in the middle of the program.")).problem
    assert known is not None
    assert known.fr == "La fabrication a été interrompue. L'imprimante a redémarré au milieu du programme."
    raw = ending_of(DeviceFaultError("Thermal Runaway")).problem
    assert raw is not None
    assert "la machine dit : Thermal Runaway" in raw.fr
