"""Robot programs without a robot: rehearsed, written as text and as blocks, drawn, refused."""

import json
import re
from pathlib import Path

import httpx
import pytest

from drivers.robots.interpreter import End
from drivers.robots.reading import read_program
from drivers.robots.shape import KINDS, Number
from kiosk.participant.rehearsing import rehearsed
from kiosk.participant.robot_examples import EXAMPLES, SQUARE, Example
from kiosk.participant.robot_words import ENDS

SCRIPT = Path(__file__).parents[2] / "kiosk/static/script/parts/robot_blocks.js"
KNOBS = {
    "mm": ("move", "mm"),
    "deg": ("turn", "deg"),
    "mm_s": ("speed", "mm_s"),
    "s": ("wait", "s"),
    "tone_s": ("sound", "s"),
    "times": ("repeat", "times"),
    "value": ("if", "value"),
}
DEEP = '{"do":"repeat","steps":[' * 1000
MOVE: dict[str, object] = {"do": "move", "mm": 100}


def program(*steps: object) -> str:
    """The JSON of a program."""
    return json.dumps({"version": 1, "steps": list(steps)})


async def ask(client: httpx.AsyncClient, what: str, **fields: str) -> httpx.Response:
    """What a page's script asks."""
    return await client.post(f"/programme/{what}", data=fields)


async def test_a_square_is_rehearsed_place_by_place(client: httpx.AsyncClient) -> None:
    """The corners of the square come in their order, each with the step that leads there."""
    told = (await ask(client, "essayer", program=json.dumps(SQUARE.program))).json()
    x, y = (told["side"] / 2,) * 2
    corners = [(place[1], place[2]) for place in told["places"]]
    for corner in ((x, y + 200), (x - 200, y + 200), (x - 200, y), (x, y)):
        assert any(abs(at[0] - corner[0]) < 1 and abs(at[1] - corner[1]) < 1 for at in corners), corner
    assert told["sentence"] == ""
    assert {place[4] for place in told["places"]} == {0, 1}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)
def test_every_example_is_played_to_its_end(example: Example) -> None:
    """Nothing that we offer is cut short, leaves the table or asks for what no robot has."""
    assert rehearsed(read_program(json.dumps(example.program))).end is End.DONE


async def test_buttons_are_pressed_in_the_rehearsal(client: httpx.AsyncClient) -> None:
    """What hangs below a button is shown, too, and that the robot goes on waiting is said."""
    when = {"do": "when", "button": "a", "steps": [{**MOVE, "id": "2"}], "id": "1"}
    told = (await ask(client, "essayer", program=program(when))).json()
    assert "2" in {place[6] for place in told["places"]}
    assert "attend" in told["sentence"]


@pytest.mark.parametrize(
    ("hostile", "words"),
    [
        (program({"do": "repeat", "times": 10**9, "steps": [MOVE]}), "entre 0 et 1000"),
        (program({"do": "move", "mm": 1e308}), "entre -2000 et 2000"),
        (program({"do": "turn", "deg": 10**400}), "entre -3600 et 3600"),
        (program({"do": "explode"}), "ne connaît pas"),
        (program({"do": "move", "mm": "<script>"}), "abîmé"),
        (program(*([MOVE] * 501)), "répète"),
        ('{"version":1,"steps":[' + DEEP + "]}" * 1000 + "]}", "les uns dans les autres"),
        (
            program({"do": "repeat", "times": 2, "steps": [{"do": "when", "button": "a", "steps": []}]}),
            "seul",
        ),
        ('{"version":1,"steps":[{"do":"move","mm":NaN}]}', "n'est pas un programme"),
        ("[]", "n'est pas un programme"),
        ("", "n'est pas un programme"),
    ],
)
async def test_hostile_programs_get_a_sentence(client: httpx.AsyncClient, hostile: str, words: str) -> None:
    """Each is refused in words a child understands, and nothing is played."""
    answer = await ask(client, "essayer", program=hostile)
    assert answer.status_code == 422
    assert words in answer.json()["sentence"]


@pytest.mark.parametrize(
    ("endless", "end"),
    [
        ({"do": "repeat", "times": 1000, "steps": [{"do": "repeat", "times": 1000, "steps": []}]}, End.STEPS),
        ({"do": "repeat", "times": 1000, "steps": [{"do": "wait", "s": 60}]}, End.TIME),
        ({"do": "move", "mm": 2000}, End.AREA),
    ],
)
async def test_what_would_never_end_is_bounded_with_a_sentence(
    client: httpx.AsyncClient, endless: dict[str, object], end: End
) -> None:
    """A program within the limits of writing still ends within those of playing, and says why."""
    told = (await ask(client, "essayer", program=program(endless))).json()
    assert told["sentence"] == ENDS[end].fr != ""


def test_every_end_has_words() -> None:
    """No way for a program to end is left without an answer."""
    assert ENDS.keys() == set(End)


async def test_the_step_that_is_wrong_is_named(client: httpx.AsyncClient) -> None:
    """The page can show the very block."""
    answer = await ask(client, "essayer", program=program(MOVE, {"do": "wait", "s": 1e9, "id": "b7"}))
    assert answer.json()["step"] == "b7"


async def test_text_and_blocks_say_the_same(client: httpx.AsyncClient) -> None:
    """A program becomes text and the same program again, in both languages."""
    for language, word in (("fr", "avance 200"), ("en", "forward 200")):
        client.cookies.set("langue", language)
        text = (await ask(client, "texte", program=json.dumps(SQUARE.program))).json()["text"]
        assert word in text
        back = (await ask(client, "blocs", text=text)).json()["program"]
        assert read_program(json.dumps(back)).steps
        assert (await ask(client, "texte", program=json.dumps(back))).json()["text"] == text


async def test_a_line_that_nobody_understands_is_named(client: httpx.AsyncClient) -> None:
    """Only what can be read becomes blocks; the line is told."""
    answer = await ask(client, "blocs", text="avance 100\nsaute")
    assert answer.status_code == 422
    assert "ligne 2" in answer.json()["sentence"]


async def test_the_lines_of_a_picture_become_a_drawing(client: httpx.AsyncClient) -> None:
    """A square of any size is drawn as large as a sheet, with the pen down on its sides."""
    lines = json.dumps([[[0, 0], [3, 0], [3, -3], [0, -3], [0, 0]]])
    made = (await ask(client, "image", lines=lines)).json()["program"]
    seen = rehearsed(read_program(json.dumps(made)))
    assert len(seen.strokes) == 1
    xs = [x for x, _ in seen.strokes[0]]
    assert max(xs) - min(xs) == pytest.approx(400, abs=2)


@pytest.mark.parametrize(
    "lines", ["", "[]", "[[]]", "[[[0,0],[0,0]]]", '[[["a",1]]]', "[[[1e999,0],[0,1]]]", "{"]
)
async def test_a_picture_without_lines_is_said(client: httpx.AsyncClient, lines: str) -> None:
    """Nothing to draw is no error page."""
    answer = await ask(client, "image", lines=lines)
    assert answer.status_code == 422
    assert "aucun trait" in answer.json()["sentence"]


def test_blocks_have_the_limits_of_programs() -> None:
    """A number that a block takes is one that the bike takes."""
    script = SCRIPT.read_text(encoding="utf-8")
    for name, (step, key) in KNOBS.items():
        part = KINDS[step].parts[key][1]
        assert isinstance(part, Number)
        found = re.search(rf"^  {name}: {{ min: ([\d.]+), max: ([\d.]+),", script, re.MULTILINE)
        assert found is not None, name
        low = max(part.low, 0)  # the other direction has a block of its own
        assert (float(found[1]), float(found[2])) == (low, part.high), name


async def test_without_script_the_page_is_a_form_with_text(client: httpx.AsyncClient) -> None:
    """The example that was asked for stands in the field, ready to be sent."""
    page = await client.get("/robot?exemple=mur")
    text = re.search(r"<textarea[^>]* name=\"text\"[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert text is not None
    assert "si distance" in text[1]
    assert 'action="/robot"' in page.text
