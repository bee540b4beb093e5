"""The demo's second half: a publication with a time, one that goes first, and the webhook and the letter they bring."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from rich.console import Console

    from include.cli.installation import Installation

AHEAD = timedelta(seconds=20)
SCHEDULED, FIRST = "demo_tiktok", "demo_linkedin"
ADDRESS = "you@example.com"
PATIENCE_SECONDS = 120
LETTER_LINES = 12
ENDS = {"published", "failed", "unconfirmed"}


def show(console: Console, installation: Installation, *, owner: str, segment: str, age_bucket: str) -> bool:
    """Publish another release over REST to two accounts, and show what was told; return whether all of it came."""
    from include.client import PublishConfig, PublishingManager
    from include.media.clips import Clip
    from include.media.sample import make_release
    from include.publishing import mail_choices

    console.print("\n[bold]The queue[/bold]: the same door from Python (docs/api.md), with a webhook and e-mail.")
    mail_choices.choose(owner, ADDRESS)
    title_id = f"evening-{time.strftime('%Y%m%d-%H%M%S')}"
    root = installation.state.folder / "demo"  # where `watch_exports` does not look
    small = Clip(width=540, height=960, seconds=12, fps=25, video_options=(("preset", "ultrafast"), ("crf", "28")))
    make_release(root, segment=segment, age_bucket=age_bucket, title_id=title_id, title="An evening", clip=small)
    at = datetime.now(UTC) + AHEAD
    wish = PublishConfig(
        segment=segment, age_bucket=age_bucket, title_id=title_id, export_root=str(root),
        title="An evening in 12 seconds", description="What the sunrise looks like on its way back.",
        caption="An evening in 12 seconds",
        webhook_url=f"{installation.sandbox_url}/sandbox/webhooks", callback_data={"ticket": 7},
    )  # fmt: skip
    later: dict[str, Any] = {"scheduled_for": at.strftime("%Y-%m-%dT%H:%M:%S"), "timezone": "UTC"}
    with PublishingManager(
        installation.airflow_url, user=installation.admin_user, password=installation.admin_password
    ) as desk:
        scheduled = desk.publish_to(SCHEDULED, replace(wish, **later))
        console.print(f"Scheduled for {at:%H:%M:%S} UTC on {SCHEDULED}: job {scheduled['job_id']}", soft_wrap=True)
        first = desk.publish_to(FIRST, replace(wish, priority=9))
        console.print(f"With priority 9, at once, on {FIRST}: job {first['job_id']}", soft_wrap=True)
        jobs = [desk.wait(job["job_id"], seconds=PATIENCE_SECONDS) for job in (first, scheduled)]
    good = all(job["status"] == "completed" for job in jobs)
    for result in (each for job in jobs for each in job["results"]):
        out_at = result["published_at"] or ""
        console.print(f"  {result['account_id']}: {result['state']}  {out_at}  {result['url'] or ''}", soft_wrap=True)
    return _show_notices(console, str(installation.sandbox_url), [job["job_id"] for job in jobs]) and good


def _show_notices(console: Console, sandbox: str, jobs: Iterable[str]) -> bool:
    """Print the webhooks and a letter about these jobs; return whether each job's webhook and the letter came."""
    wanted, until = set(jobs), time.monotonic() + PATIENCE_SECONDS
    while True:
        hooks = [hook for hook in _kept(sandbox, "webhooks") if hook["body"].get("job_id") in wanted]
        told = {hook["body"]["job_id"] for hook in hooks if hook["body"]["type"] in ENDS}
        letters = [each for each in _kept(sandbox, "letters") if ADDRESS in each["to"]]
        complete = told == wanted and bool(letters)
        if complete or time.monotonic() > until:
            break
        time.sleep(0.5)
    for hook in hooks:
        body = hook["body"]
        signed = hook["headers"].get("webhook-signature", "without a signature")[:24]
        console.print(
            f"Webhook  {body['data'].get('subject')}  {body['callback_data']}  signed {signed}…", soft_wrap=True
        )
    for letter in letters[-1:]:
        console.print(f"Letter to {', '.join(letter['to'])}: [bold]{letter['subject']}[/bold]", soft_wrap=True)
        for line in (letter["text"] or "").splitlines()[:LETTER_LINES]:
            console.print(f"  | {line}", soft_wrap=True, markup=False)
    if not complete:
        console.print("Not everything was told in time; `./desk notices list` says why.")
    return complete


def _kept(sandbox: str, what: str) -> list[dict[str, Any]]:
    return list(httpx.get(f"{sandbox}/sandbox/{what}", trust_env=False).raise_for_status().json())
