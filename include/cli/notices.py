"""`desk notices`: what was told to whom, whether it arrived, and what one wants to read by e-mail."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from include.cli.acting import act_for
from include.cli.options import AsJson

if TYPE_CHECKING:
    from include.publishing.inbox import Notice

app = typer.Typer(no_args_is_help=True, help="See what was told and whether it arrived; choose what comes by e-mail.")
Owner = Annotated[str, typer.Option("--owner", help="Whose notices.", envvar="RELEASE_DESK_OWNER")]


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Option("--kind", help="Only these, e.g. failed.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """List notices, the newest first, and where each went."""
    act_for(owner, "notices list")
    from include.publishing import happenings, inbox

    happenings.take(owner)
    found = inbox.list_page(owner, kind=kind, at_most=limit).notices
    if as_json:
        print(json.dumps([_plain(each) for each in found], default=str))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("notice", "when (UTC)", "what", "where it went", box=None)
    for each in found:
        sent = [f"{one.way} {one.address}: {one.state}" + _why(one.trouble) for one in each.deliveries]
        table.add_row(
            each.notice_id, f"{each.told_at:%Y-%m-%d %H:%M}", escape(each.subject),
            escape("\n".join(sent) or "nowhere: no address is set"),
        )  # fmt: skip
    Console().print(table if found else "No notices yet.")


@app.command()
def replay(notice_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Send a notice again everywhere it went, with the same id, and say what came of it."""
    act_for(owner, "notices replay", notice_id)
    from include.publishing import delivery, inbox

    inbox.replay(owner, notice_id)
    delivery.deliver_due()
    found = inbox.read(owner, notice_id)
    if as_json:
        print(json.dumps(_plain(found), default=str))
        return
    for each in found.deliveries:
        print(f"{each.way} {each.address or '(the installation)'}: {each.state}{_why(each.trouble)}")


@app.command()
def choices(owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Show what is sent by e-mail, and where to."""
    act_for(owner, "notices choices")
    from include.publishing import mail_choices

    found = mail_choices.read(owner)
    if as_json:
        print(json.dumps(asdict(found) if found else {"address": None, "kinds": []}))
    elif found is None:
        print("Nothing is sent by e-mail; `./desk notices choose you@example.com` changes that.")
    else:
        print(f"{found.address}: {', '.join(found.kinds) or 'nothing'}")


@app.command()
def choose(
    address: Annotated[str, typer.Argument(help="Where to; 'none' stops all e-mail.")],
    kinds: Annotated[
        str, typer.Option("--kinds", help="published, failed, at_risk, reconnect, weekly; commas between. All of them.")
    ] = "",
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Choose what is sent by e-mail."""
    act_for(owner, "notices choose")
    from include.publishing import mail_choices
    from include.publishing.wording import MAIL_KINDS

    if address == "none":
        mail_choices.forget(owner)
        print(json.dumps({"address": None, "kinds": []}) if as_json else "Nothing is sent by e-mail any more.")
        return
    wanted = [each.strip() for each in kinds.split(",") if each.strip()] or MAIL_KINDS
    found = mail_choices.choose(owner, address, wanted)
    print(json.dumps(asdict(found)) if as_json else f"{found.address}: {', '.join(found.kinds)}")


def _plain(notice: Notice) -> dict[str, object]:
    found = asdict(notice)
    for shown, each in zip(found["deliveries"], notice.deliveries, strict=True):
        shown["state"] = each.state
    return found


def _why(trouble: str | None) -> str:
    return f" ({trouble})" if trouble else ""
