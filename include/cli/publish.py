"""`desk publish`: start `publish_release` through Airflow's API and follow it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from include.cli.acting import act_for

if TYPE_CHECKING:
    from include.cli.airflow_api import AirflowApi

DAG = "publish_release"
ENDS = {"success", "failed"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """One triple on this machine, as the conf of a run names it."""

    export_root: str
    segment: str
    age_bucket: str
    title_id: str


def command(
    where: Annotated[Path, typer.Argument(help="A release's video, a folder with releases, or an export root.")],
    platforms: Annotated[str, typer.Option(help="Only these platforms' default accounts, e.g. youtube,tiktok.")] = "",
    account: Annotated[list[str] | None, typer.Option("--account", help="Only this account; may be repeated.")] = None,
    owner: Annotated[str, typer.Option(help="Whose accounts.", envvar="RELEASE_DESK_OWNER")] = "admin",
    scheduled_for: Annotated[str | None, typer.Option(help="Local date and time, e.g. 2026-12-01T09:00:00.")] = None,
    timezone: Annotated[str, typer.Option(help="IANA zone of --scheduled-for.")] = "UTC",
    priority: Annotated[int, typer.Option(min=1, max=10, help="10 goes first.")] = 5,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, publish nothing.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Start it and return at once.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a release.")] = False,
) -> None:
    """Publish releases through Airflow and follow them; exit 0 only if everything was published."""
    from include.cli import launcher
    from include.cli.airflow_api import AirflowApi
    from include.cli.errors import CommandFailed

    installation = launcher.current()
    if installation is None:
        raise CommandFailed("Nothing was started yet; run `./desk up` first.")
    launcher.enter()
    act_for(owner, "publish", str(where))
    api = AirflowApi.of(installation)
    if not dry_run:
        api.get(f"/dags/{DAG}")  # without Airflow nothing is written down
    wishes: dict[str, Any] = {"owner": owner, "priority": priority, "timezone": timezone, "dry_run": dry_run}
    wishes["platforms"] = [name.strip() for name in platforms.split(",") if name.strip()]
    wishes["targets"] = [{"account": name} for name in account or []]
    if scheduled_for:
        wishes["scheduled_for"] = scheduled_for
    results = [_publish(api, owner, triple, wishes, no_wait=no_wait, as_json=as_json) for triple in find(where)]
    if not all(results):
        raise typer.Exit(1)


def find(where: Path) -> list[Found]:
    """Return the releases a path means; raise `WrongUsage` when there are none."""
    from include.cli.errors import WrongUsage
    from include.releases.export import list_triples

    where = where.resolve()
    if where.is_file():
        folder, titles = where.parent, {where.name.removesuffix(".mp4")}
    elif where.is_dir() and any(where.glob("*.mp4")):
        folder, titles = where, {path.stem for path in where.glob("*.mp4")}
    elif where.is_dir():
        complete = [each for each in list_triples(str(where)) if each.is_complete]
        if not complete:
            raise WrongUsage(f"There is no complete release below {where}.")
        return [_found(where, each.segment, each.age_bucket, each.title_id) for each in complete]
    else:
        raise WrongUsage(f"{where} does not exist.")
    if len(folder.parts) < 4:
        raise WrongUsage(f"{folder} must be SEGMENT/AGE_BUCKET below an export root.")
    return [_found(folder.parents[1], folder.parent.name, folder.name, title) for title in sorted(titles)]


def _found(root: Path, segment: str, age_bucket: str, title_id: str) -> Found:
    return Found(export_root=str(root), segment=segment, age_bucket=age_bucket, title_id=title_id)


def _publish(
    api: AirflowApi, owner: str, triple: Found, wishes: dict[str, Any], *, no_wait: bool, as_json: bool
) -> bool:
    from rich.console import Console

    from include.publishing.landing import job_id_for

    console = Console(highlight=False, quiet=as_json)
    conf = vars(triple) | wishes
    job_id = job_id_for(conf)
    if not wishes["dry_run"] and (why := _refusal(conf, job_id)):
        _say(triple.title_id, job_id, "failed", f"Nothing was published. {why}", [], as_json=as_json)
        return False
    if not api.trigger(DAG, job_id, conf):
        console.print(f"{triple.title_id}: this was asked for before; showing that run.")
    return see_through(api, owner, job_id, triple.title_id, no_wait=no_wait, as_json=as_json)


def _refusal(conf: dict[str, Any], job_id: str) -> str | None:
    """Write the job down before its run is started, as REST does; return why it is refused, None when it is not.

    It is done here and not left to the run, because here somebody acts on the command line; the run cannot know that.
    """
    from include.publishing import registration

    try:
        registration.register(conf, job_id)
    except registration.Refused as refused:
        return str(refused)
    return None


def see_through(api: AirflowApi, owner: str, job_id: str, title_id: str, *, no_wait: bool, as_json: bool) -> bool:
    """Follow a run that was started and print how it ended; return whether everything was published."""
    from rich.console import Console

    from include.cli.following import follow
    from include.publishing.verdicts import publications_of, summary_written

    console = Console(highlight=False, quiet=as_json)
    if no_wait:
        console.print(f"{title_id}: started as {job_id}")
        return True
    follow(owner, job_id, lambda: api.run(DAG, job_id)["state"] in ENDS, console=console)
    state = api.run(DAG, job_id)["state"]
    summary = summary_written(owner, job_id) or _why(api, job_id)
    told = [{"platform": each.platform, "account": each.account_id, "state": each.state, "url": each.url,
             "error": (each.error or {}).get("message")} for each in publications_of(owner, job_id)]  # fmt: skip
    _say(title_id, job_id, state, summary, told, as_json=as_json)
    return bool(state == "success")


def _say(title_id: str, job_id: str, state: str, summary: str, results: list[dict[str, Any]], *, as_json: bool) -> None:
    from rich.console import Console

    if as_json:
        found = {"title_id": title_id, "job_id": job_id, "state": state, "summary": summary, "results": results}
        print(json.dumps(found))
    else:
        Console(highlight=False).print(f"{title_id}: {summary}", soft_wrap=True, markup=False)


def _why(api: AirflowApi, job_id: str) -> str:
    """Return why a run has no summary: a refusal is in the job, anything else in the log of its first failed task."""
    failed = [each["task_id"] for each in api.task_instances(DAG, job_id) if each["state"] == "failed"]
    return f"The run has no verdict; look at the log of {failed[0] if failed else 'its tasks'} in Airflow's page."
