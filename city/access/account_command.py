"""`dipbike city --accounts FILE account …`: who of the city's staff may enter."""

import click

from city.access.accounts import AccountError, Accounts


@click.command("account")
@click.argument("action", type=click.Choice(["list", "add", "remove"]), default="list")
@click.argument("name", default="")
@click.pass_context
def account_command(context: click.Context, action: str, name: str) -> None:
    """List, add or remove accounts of the staff; `add` with a known name changes its password."""
    path = context.obj
    if path is None:
        raise click.UsageError("Say where the accounts are: dipbike city --accounts FILE account …")
    accounts = Accounts(path)
    try:
        if action == "add":
            secret = click.prompt("Password", hide_input=True, confirmation_prompt=True)
            accounts.add(name, secret)
            click.echo(f"{name} may enter.")
        elif action == "remove":
            accounts.remove(name)
            click.echo(f"{name} may no longer enter, from now on.")
        else:
            click.echo("\n".join(accounts.names()) or "There are no accounts yet.")
    except (AccountError, OSError) as error:
        raise click.ClickException(str(error)) from error
