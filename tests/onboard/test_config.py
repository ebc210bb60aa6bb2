"""Settings are read once, bounded, and refused in sentences."""

from pathlib import Path

import pytest

from onboard.config import Config, ConfigError, load


def written(folder: Path, text: str) -> Path:
    """Write a settings file."""
    path = folder / "dipbike.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_gives_safe_defaults(tmp_path: Path) -> None:
    """Nothing has to be set: no machine, no battery, no telemetry."""
    assert load(written(tmp_path, "")) == Config()


def test_a_machine_is_read_with_its_port(tmp_path: Path) -> None:
    """A table a machine."""
    config = load(
        written(tmp_path, '[machines.prusa]\nprotocol="marlin"\nport="/dev/ttyACM0"\nprofile="i3"\n')
    )
    assert config.machines["prusa"].baud == 115200


def test_a_boards_ring_may_be_larger_than_the_usual(tmp_path: Path) -> None:
    """What it holds bounds the bytes under way; 127 unless told."""
    machine = '[machines.prusa]\nprotocol="marlin"\nport="/dev/ttyACM0"\nprofile="i3"\n'
    assert load(written(tmp_path, machine)).machines["prusa"].window_bytes == 127
    assert load(written(tmp_path, machine + "window_bytes=1023\n")).machines["prusa"].window_bytes == 1023


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[bike]\ncolour = 'red'\n", "bike.colour: there is no such setting"),
        ("[energy]\npower_cap_w = 9e9\n", "energy.power_cap_w"),
        ("[energy]\nbase_load_w = nan\n", "energy.base_load_w"),
        ("[kiosk]\nport = 0\n", "kiosk.port"),
        ('[kiosk]\npublic_url = "dipbike.local"\n', "kiosk.public_url"),
        ('[kiosk]\npublic_url = "http://dipbike.local/else?x=1"\n', "kiosk.public_url"),
        ('[kiosk]\npublic_url = "javascript:alert(1)"\n', "kiosk.public_url"),
        ("[machines.x]\nprotocol = 'marlin'\nport = ''\nprofile = 'i3'\n", "machines.x.port"),
        (
            "[machines.x]\nprotocol='marlin'\nport='/dev/x'\nprofile='i3'\nwindow_bytes=63\n",
            "machines.x.window_bytes",
        ),
        (
            "[machines.x]\nprotocol='marlin'\nport='/dev/x'\nprofile='i3'\nwindow_bytes=4097\n",
            "machines.x.window_bytes",
        ),
        ("[bike", "is not valid TOML"),
        ("\x00\x01", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    """A mistake costs one sentence, not a traceback."""
    with pytest.raises(ConfigError, match=says):
        load(written(tmp_path, text))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """So is a path that leads nowhere."""
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "nothing.toml")
