"""`dipbike mediator` and `dipbike token`: what they print works, and what they refuse changes nothing."""

import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.access.book import AccessBook
from kiosk.access.login import Door
from kiosk.access.mediator_command import mediator_command
from kiosk.access.token_command import token_command


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Settings of a bike that nobody has set up."""
    path = tmp_path / "dipbike.toml"
    path.write_text(f'[paths]\nstate = "{tmp_path}/state"\nrun = "{tmp_path}/run"\n')
    return path


def door(settings: Path) -> Door:
    """The kiosk's view of the same list."""
    return Door(AccessBook(settings.parent / "state-kiosk"))


def mediator(settings: Path, *words: str) -> Result:
    """Run `dipbike mediator`."""
    return CliRunner().invoke(mediator_command, [*words, "--config", str(settings)])


def token(settings: Path, *words: str) -> Result:
    """Run `dipbike token`."""
    return CliRunner().invoke(token_command, [*words, "--config", str(settings)])


async def test_what_is_printed_opens(settings: Path) -> None:
    """PIN, badge and its picture; renewing replaces them, removing ends them, the list tells who is there."""
    assert "Nobody can enter yet" in mediator(settings).output
    code = re.search(r"[A-Z2-7]{4} [A-Z2-7]{4}", mediator(settings, "code").output)
    assert code is not None
    picture = settings.parent / "badge.svg"
    added = mediator(settings, "add", "Zoé", "--badge", str(picture)).output
    pin, badge = (re.search(rf"{word} +(.+)", added) for word in ("PIN", "badge"))
    assert pin is not None
    assert badge is not None
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600
    assert picture.read_text().startswith("<?xml")
    cookie = await door(settings).enter(pin[1])
    assert door(settings).knows(cookie)
    assert door(settings).knows(door(settings).enter_by_badge(badge[1]))
    assert mediator(settings, "code").exit_code == 2
    assert mediator(settings, "remove", "zoé").exit_code == 2
    renewed = mediator(settings, "renew", "zoé").output
    assert "█" in renewed
    assert not door(settings).knows(cookie)
    mediator(settings, "add", "Bleu")
    assert mediator(settings, "remove", "zoé").exit_code == 0
    assert re.findall(r"^(\S+) +m-[0-9a-f]{8}  since 20", mediator(settings).output, re.MULTILINE) == ["Bleu"]


@pytest.mark.parametrize("words", [("add",), ("list", "Zoé"), ("add", "Zoé Martin"), ("renew", "Nobody")])
def test_a_wrong_order_is_a_sentence_and_changes_nothing(settings: Path, words: tuple[str, ...]) -> None:
    """Exit code 2, and nobody was added."""
    done = mediator(settings, *words)
    assert done.exit_code == 2
    assert done.stderr.startswith("dipbike: ")
    assert door(settings).mediators() == []


def test_tokens_are_made_listed_and_revoked(settings: Path) -> None:
    """The token that is printed counts until it is revoked by its id."""
    name, words = token(settings, "make", "hall", "--scope", "act", "--days", "2").output.split()
    found = door(settings).tokens.find(words)
    assert found is not None
    assert (found.id, found.scope.value, found.label) == (name, "act", "hall")
    assert re.match(rf"{name}  act  until 20\S+  hall\n", token(settings).output)
    assert token(settings, "revoke", "t-00000000").exit_code == 2
    assert token(settings, "make", "hall", "--days", "0").exit_code == 2
    assert token(settings, "make").exit_code == 2
    assert token(settings, "revoke", name).exit_code == 0
    assert door(settings).tokens.find(words) is None
    assert token(settings).output == ""


def test_a_list_that_cannot_be_kept_names_its_file(settings: Path) -> None:
    """Whoever runs the command learns where to look."""
    (settings.parent / "state-kiosk").write_text("no folder")
    done = mediator(settings)
    assert done.exit_code == 2
    assert "state-kiosk/access.db" in done.stderr
