"""Settings for the subcommands that need them; those that do not stay light."""

from pathlib import Path

from onboard import config
from onboard.cli.common import EXIT_REFUSED, fail
from onboard.config import Config, ConfigError


def settings_of(config_path: Path) -> Config:
    """Read the settings, or say what is wrong with them and leave with EXIT_REFUSED."""
    try:
        return config.load(config_path)
    except ConfigError as error:
        fail(str(error), EXIT_REFUSED)
