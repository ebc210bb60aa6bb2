"""Builds a robot's kit from its settings."""

from pathlib import Path

from drivers.errors import TransportError
from drivers.kits import open_kit
from drivers.robots.kit import Kit
from onboard.config import ConfigError, RobotSection
from onboard.robots.profile import load_gauge, load_wiring


class RobotSettingsError(Exception):
    """This robot cannot be opened as its settings say."""


def open_robot(name: str, section: RobotSection) -> Kit:
    """Build the kit, without opening its port yet.

    Raises:
        RobotSettingsError: its address makes no sense or its profile cannot be used.
    """
    try:
        if not section.profile:
            return open_kit(name, section.protocol, section.port)
        profile = Path(section.profile)
        if section.protocol == "thymio":
            return open_kit(name, section.protocol, section.port, gauge=load_gauge(profile))
        return open_kit(name, section.protocol, section.port, load_wiring(profile))
    except (TransportError, ConfigError) as error:
        raise RobotSettingsError(f"robots.{name}: {error}") from error
