"""How accounts are shown on the command line: a table with colours for a person, plain objects for a program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from include.accounts.accounts import Account

COLOURS = {"connected": "green", "expires_soon": "yellow", "expired": "red", "disconnected": "bright_black"}
"""State → colour; the words say the same to who sees no colours."""
WORDS = {"expires_soon": "expires soon"}


def shown(account: Account) -> dict[str, Any]:
    """Return an account as --json shows it, with its health now; never a secret."""
    from include.accounts.health import health

    names = ("account_id", "platform", "route", "is_default", "platform_user_id", "username", "display_name",
             "trouble")  # fmt: skip
    now = health(account, datetime.now(UTC))
    profile = account.profile
    return {
        **{name: getattr(account, name) for name in names},
        "state": now.state,
        "why": now.why,
        "until": now.until.isoformat() if now.until else None,
        "kind": profile.get("kind"),
        "followers": profile.get("followers"),
        "picture": profile.get("picture"),
        "advice": profile.get("advice"),
    }


def print_table(found: Sequence[dict[str, Any]]) -> None:
    """Print accounts as a table; colours only when this is a terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    if not found:
        console.print("No accounts yet; `./desk accounts add youtube` connects one.")
        return
    table = Table("account", "platform", "name", "state", "default", "why", box=None)
    for each in found:
        colour, word = COLOURS.get(each["state"], "default"), WORDS.get(each["state"], each["state"])
        via = "" if each["route"] in ("direct", each["platform"]) else f" through {each['route']}"
        table.add_row(
            escape(each["account_id"]),
            f"{each['platform']}{via}",
            escape(each["display_name"] or each["username"] or ""),
            f"[{colour}]● {word}[/]",
            "yes" if each["is_default"] else "no",
            escape(each["why"] or each["trouble"] or ""),
        )
    console.print(table)
