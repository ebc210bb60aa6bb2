"""`dipbike pin`: makes the line of the settings that lets all mediators log in with one PIN."""

import click
from argon2 import PasswordHasher


@click.command()
@click.option(
    "--pin",
    prompt="PIN of the mediators (4 to 12 digits)",
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for when left out, which keeps it out of the shell's history.",
)
def pin_command(pin: str) -> None:
    """Print the setting `mediator_pin_hash` for dipbike.toml."""
    if not (pin.isdecimal() and pin.isascii() and 4 <= len(pin) <= 12):
        raise click.UsageError("A PIN is 4 to 12 digits.")
    click.echo(f'[kiosk]\nmediator_pin_hash = "{PasswordHasher().hash(pin)}"')


if __name__ == "__main__":
    pin_command(prog_name="dipbike pin")
