"""`desk comments`: see what people write below your videos; reply, hide, hold back, reject, delete."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from include.cli.acting import act_for

if TYPE_CHECKING:
    from include.audience.moderation import Done
    from include.platforms.moderating import Action

app = typer.Typer(no_args_is_help=True, help="See comments below your videos; reply, hide, hold back, reject, delete.")

Account = Annotated[str, typer.Argument(help="Your account.")]
Comment = Annotated[str, typer.Argument(help="The comment's id.")]
Owner = Annotated[str, typer.Option("--owner", help="Whose account.", envvar="RELEASE_DESK_OWNER")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(
    account_id: Account,
    video: Annotated[str | None, typer.Option("--video", help="Below this video only.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """List comments as they were collected, the newest first."""
    act_for(owner, "comments list", account_id)
    from include.audience import moderation

    found = moderation.comments(owner, account_id, video_id=video, at_most=limit)
    if as_json:
        print(json.dumps(found, default=str, ensure_ascii=False))
        return
    for each in found:
        state = " (deleted)" if each["deleted_at"] else " (hidden)" if each["hidden"] else ""
        print(f"{each['comment_id']}  {_when(each['published_at'])}  {each['author_name'] or '–'}{state}")
        print(f"    {each['text'] or ''}")
    if not found:
        print("No comments were collected.")


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else "–"


@app.command()
def history(
    account_id: Annotated[str | None, typer.Option("--account", help="Of this account only.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """List what was done to comments, by whom, and what came of it."""
    act_for(owner, "comments history", account_id)
    from include.audience import moderation

    found = moderation.acts(owner, account_id, limit)
    if as_json:
        print(json.dumps(found, default=str, ensure_ascii=False))
        return
    for each in found:
        what = f"{each['action']} {each['comment_id']}: {each['outcome']}"
        print(f"{each['begun_at']:%Y-%m-%d %H:%M}  {each['who']}  {what}")
    if not found:
        print("Nothing was done to comments.")


@app.command()
def reply(
    account_id: Account,
    comment_id: Comment,
    text: Annotated[str, typer.Argument(help="The words.")],
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Answer a comment, once: the same words again send nothing."""
    act_for(owner, "comments reply", comment_id)
    from include.audience import moderation

    _tell(moderation.reply(owner, account_id, comment_id, text), as_json)


@app.command()
def hide(account_id: Account, comment_id: Comment, owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Hide a comment from others (YouTube: hold it for review)."""
    _act(owner, account_id, comment_id, "hide", as_json)


@app.command()
def unhide(account_id: Account, comment_id: Comment, owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Show a hidden comment again."""
    _act(owner, account_id, comment_id, "unhide", as_json)


@app.command()
def hold(account_id: Account, comment_id: Comment, owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Hold a YouTube comment for review."""
    _act(owner, account_id, comment_id, "hold", as_json)


@app.command()
def reject(account_id: Account, comment_id: Comment, owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Reject a YouTube comment for good."""
    _act(owner, account_id, comment_id, "reject", as_json)


@app.command()
def delete(account_id: Account, comment_id: Comment, owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Delete a comment (YouTube: one of your own only)."""
    _act(owner, account_id, comment_id, "delete", as_json)


def _act(owner: str, account_id: str, comment_id: str, action: Action, as_json: bool) -> None:
    act_for(owner, f"comments {action}", comment_id)
    from include.audience import moderation

    _tell(moderation.act(owner, account_id, comment_id, action), as_json)


def _tell(done: Done, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(done)))
    elif done.again:
        print(f"These words were sent before: {done.reply_id}.")
    else:
        print(f"{done.action}: {done.outcome}{f', {done.reply_id}' if done.reply_id else ''}.")
