"""The sample dipbike.toml is complete and true."""

import re
import tomllib
from pathlib import Path

from pydantic import BaseModel

from onboard import config

SAMPLE = Path(__file__).parents[2] / "systemd" / "dipbike.toml"
TABLES: dict[str, type[BaseModel]] = {
    "bike": config.BikeSection,
    "paths": config.PathsSection,
    "machines.printer": config.MachineSection,
    "robots.thymio": config.RobotSection,
    "battery": config.BatterySection,
    "panel": config.PanelSection,
    "energy": config.EnergySection,
    "kiosk": config.KioskSection,
    "mqtt": config.MqttSection,
}


def everything() -> str:
    """The sample with each commented setting and table switched on."""
    return re.sub(r"^#(?=\w+ = |\[)", "", SAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def table(name: str) -> dict[str, object]:
    """One table of the sample with everything switched on."""
    found = tomllib.loads(everything())
    for part in name.split("."):
        found = found[part]
    return found


def test_the_sample_can_be_used_as_it_is():
    """A bike starts from the sample, with its printer, its mill and its battery."""
    loaded = config.load(SAMPLE)
    assert set(loaded.machines) == {"printer", "mill"}
    assert loaded.battery is not None
    assert loaded.mqtt is None


def test_the_sample_can_be_used_with_every_setting_switched_on(tmp_path: Path):
    """No commented setting is misspelt or out of its limits."""
    path = tmp_path / "dipbike.toml"
    path.write_text(everything(), encoding="utf-8")
    assert config.load(path).mqtt is not None
    assert set(config.load(path).robots) == {"thymio"}


def test_the_sample_shows_every_setting():
    """A setting that is added to the models must be explained in the sample."""
    assert set(config.Config.model_fields) == {name.split(".")[0] for name in TABLES}
    for name, model in TABLES.items():
        assert set(table(name)) == set(model.model_fields), name


def test_commented_values_are_the_defaults():
    """A setting behind a # stands there with the value that holds without it."""
    commented = re.compile(r"^#(\w+) = ", re.MULTILINE)
    for name, model in TABLES.items():
        if name == "mqtt":
            continue
        start = SAMPLE.read_text(encoding="utf-8").split(f"[{name}]")[1].split("\n[")[0].split("\n#[")[0]
        for setting in commented.findall(start):
            field = model.model_fields[setting]
            if not field.is_required():
                assert str(table(name)[setting]) == str(field.default), f"{name}.{setting}"
