"""`desk demo`: everything set up, started, and shown with a real video going out to the sandbox's platforms."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote, urlsplit

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from include.cli.airflow_api import AirflowApi
    from include.cli.installation import Installation

OWNER = "admin"
SEGMENT, AGE_BUCKET = "women", "18-23"
PATIENCE_SECONDS = 240


def command(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end, to look around.")] = False,
) -> None:
    """Publish a sample release to the sandbox's platforms through real Airflow DAGs, and show it happening."""
    from rich.console import Console

    from include.cli import demo_month, demo_queue, launcher
    from include.cli.airflow_api import AirflowApi

    console, began = Console(highlight=False), time.monotonic()
    was_up = launcher.status()["up"]
    console.print("[bold]Release Desk demo[/bold]: a real video, real Airflow, real HTTP; the platforms are played.")
    installation = launcher.up(sandbox=True)
    try:
        launcher.enter()
        _say_where(console, installation)
        api = AirflowApi.of(installation)
        good, summary = _publish(console, installation, api)
        told = demo_queue.show(console, installation, owner=OWNER, segment=SEGMENT, age_bucket=AGE_BUCKET)
        true = demo_month.show(console, installation, api, owner=OWNER)
    finally:
        if not keep and not was_up:
            launcher.down()
    if keep or was_up:
        console.print("It is left running: open the addresses above; `./desk down` stops it.")
    else:
        console.print("Everything is stopped again; `./desk demo --keep` leaves it running, to look around.")
    console.print(f"It took {time.monotonic() - began:.0f} s.\n")
    console.print(f"[bold]{summary}[/bold]", soft_wrap=True)
    if not (good and told and true):
        raise typer.Exit(1)


def _publish(console: Console, installation: Installation, api: AirflowApi) -> tuple[bool, str]:
    """Drop a release, follow its run, and return whether it went well and the run's summary."""
    from include.cli.following import follow
    from include.media.sample import make_release
    from include.platforms import NAMES

    for platform in NAMES:
        console.print(f"Connected {_connect(str(installation.sandbox_url), platform)}")
    title_id = f"sunrise-{time.strftime('%Y%m%d-%H%M%S')}"
    root = folder_of(installation.environment["RELEASE_DESK_EXPORT_ROOT"])
    video = make_release(root, segment=SEGMENT, age_bucket=AGE_BUCKET, title_id=title_id)
    console.print(f"Dropped a sample release of {video.stat().st_size / (1 << 20):.1f} MiB: {video}", soft_wrap=True)
    job_id = _wait_for_run(title_id)
    console.print(f"`watch_exports` saw it and started the run {job_id}", soft_wrap=True)

    def is_over() -> bool:
        return api.run("publish_release", job_id)["state"] in {"success", "failed"}

    follow(OWNER, job_id, _patient(is_over), console=console)
    outputs = folder_of(installation.environment["RELEASE_DESK_OUTPUT_ROOT"])
    for path in sorted(outputs.glob(f"distribution/*/*/*/{title_id}*_upload_response.json")):
        console.print(f"Receipt: {path}", soft_wrap=True)
    state = api.run("publish_release", job_id)["state"]
    return state == "success", _summary(job_id) or "The run did not come to a verdict; its tasks' logs say why."


def _connect(sandbox: str, platform: str) -> str:
    import httpx

    from include.accounts.accounts import Credentials
    from include.accounts.connect import connect

    body = {"platform": platform, "name": "Sunrise Studio"}
    given = httpx.post(f"{sandbox}/sandbox/accounts", json=body, trust_env=False).raise_for_status().json()
    account = connect(OWNER, f"demo_{platform}", platform, Credentials.model_validate(given))
    return f"{account.account_id}: {account.display_name or account.username} on {platform}"


def _wait_for_run(title_id: str) -> str:
    """Return the run that the landed release started; raise when none comes."""
    from include.cli.errors import CommandFailed
    from include.publishing.landing import run_started

    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        job_id = run_started(SEGMENT, AGE_BUCKET, title_id)
        if job_id is not None:
            return job_id
        time.sleep(0.3)
    raise CommandFailed("`watch_exports` did not start a run; its log is in Airflow's page and in the state folder.")


def _patient(is_over: Any) -> Any:
    until = time.monotonic() + PATIENCE_SECONDS
    return lambda: is_over() or time.monotonic() > until


def _summary(job_id: str) -> str | None:
    from include.publishing.verdicts import summary_written

    return summary_written(OWNER, job_id)


def _say_where(console: Console, installation: Installation) -> None:
    password = installation.addresses()["password_of_admin"]
    console.print(
        f"Airflow:  {installation.airflow_url}  (user {installation.admin_user}, password {password})", soft_wrap=True
    )
    console.print(f"The platforms' stand-in, to watch what comes out:  {installation.sandbox_url}", soft_wrap=True)


def folder_of(address: str) -> Path:
    """Return the folder a local root means, given as a path or a file:// address."""
    return Path(unquote(urlsplit(address).path) if "://" in address else address)
