"""A whole installation under test: real Airflow, real Postgres, the sandbox, and short ways to use them."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.cli import launcher
from include.cli.airflow_api import AirflowApi
from include.cli.installation import Installation
from include.platforms import NAMES
from include.publishing import verdicts
from include.releases.publication import Publication
from tests.publishing.studio import a_video_of_its_own, sha256_of
from tests.sandbox_server import SandboxServer

DAG = "publish_release"
BOTH = ("youtube", "tiktok")
OVER = ("success", "failed")
RUN_SECONDS = 120
Found = TypeVar("Found")


def until(look: Callable[[], Found], what: str, seconds: float = RUN_SECONDS) -> Found:
    """Return the first true answer of `look`; fail with `what` and the last answer when time is up."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what} (last: {found!r})")
        time.sleep(0.25)
    return found


@dataclass(kw_only=True)
class House:
    """One running installation. Every test has an owner of its own, so no test meets another's accounts or limits."""

    installation: Installation
    source: Path
    exports: Path
    """Where tests export to without `watch_exports` seeing it."""
    api: AirflowApi = field(init=False)
    sandbox: SandboxServer = field(init=False)

    def __post_init__(self) -> None:
        known = self.installation
        self.api = AirflowApi(url=known.airflow_url, user=known.admin_user, password=known.admin_password)
        self.sandbox = SandboxServer.already_running(known.state.folder / "sandbox", known.sandbox_port or 0)

    @property
    def folder(self) -> Path:
        """Return the state folder."""
        return self.installation.state.folder

    def owner(self, name: str, platforms: tuple[str, ...] = BOTH) -> Desk:
        """Return the desk of a new owner with one fresh sandbox account on each platform, and one release `name`."""
        for platform in platforms:
            given = self.sandbox.account(platform, name=f"{platform} of {name}")
            connect(name, f"{name}_{platform}", platform, Credentials.model_validate(given))
        return Desk(house=self, owner=name, title_id=name, platforms=platforms)

    def drop(self, root: Path, title_id: str, segment: str = "women", age_bucket: str = "18-23") -> Path:
        """Put the sample's three files below an export root as `title_id`, the metadata last; return the video."""
        folder = root / segment / age_bucket
        folder.mkdir(parents=True, exist_ok=True)
        for ending in (".mp4", "_thumbnail.png", "_metadata.json"):
            if ending == "_metadata.json":  # the last: the video is whole before it
                a_video_of_its_own(folder / f"{title_id}.mp4", title_id)
            shutil.copyfile(self.source / f"sample{ending}", folder / f"{title_id}{ending}")
        return folder / f"{title_id}.mp4"

    def up_again(self) -> None:
        """Start what is missing, as a person does with `desk up`: without the installation's own variables set."""
        with pytest.MonkeyPatch.context() as environment:
            for name in self.installation.environment:
                environment.delenv(name, raising=False)
            launcher.up(self.folder, sandbox=True, quiet=True, port=self.installation.port)

    def password_of(self, user: str) -> str:
        """Return the generated password of one of the installation's users."""
        return str(json.loads((self.installation.state.airflow / "passwords.json").read_text())[user])

    def api_of(self, user: str) -> AirflowApi:
        """Return Airflow's API as another user has it."""
        return AirflowApi(url=self.installation.airflow_url, user=user, password=self.password_of(user))

    def rest(self, user: str | None, **headers: str) -> httpx.Client:
        """Return our REST API, signed in at Airflow as `user`, or as nobody."""
        if user:
            headers["Authorization"] = f"Bearer {self.token_of(user)}"
        url = f"{self.installation.airflow_url}/api/publishing"
        return httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60)

    def token_of(self, user: str) -> str:
        """Return a bearer token of Airflow's for one of the installation's users."""
        known = {"username": user, "password": self.password_of(user)}
        with httpx.Client(base_url=self.installation.airflow_url, trust_env=False, timeout=60) as client:
            return str(client.post("/auth/token", json=known).raise_for_status().json()["access_token"])

    def send(self, method: str, path: str, body: Any) -> Any:
        """Ask Airflow's API something its Python client of ours does not know; return the JSON."""
        known = {"username": self.installation.admin_user, "password": self.installation.admin_password}
        with httpx.Client(base_url=self.installation.airflow_url, trust_env=False, timeout=30) as client:
            token = client.post("/auth/token", json=known).raise_for_status().json()["access_token"]
            answer = client.request(method, f"/api/v2{path}", json=body, headers={"Authorization": f"Bearer {token}"})
        assert not answer.is_error, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@dataclass(kw_only=True)
class Desk:
    """What one owner does in the house."""

    house: House
    owner: str
    title_id: str
    platforms: tuple[str, ...] = BOTH

    def conf(self, **changes: Any) -> dict[str, Any]:
        """Return the conf of a run for this owner's release."""
        where = {"segment": "women", "age_bucket": "18-23", "title_id": self.title_id}
        return where | {"owner": self.owner, "export_root": str(self.house.exports)} | changes

    def export(self, **where: str) -> Path:
        """Export the release where `watch_exports` does not look; return the video."""
        return self.house.drop(self.house.exports, self.title_id, **where)

    def start(self, run_id: str | None = None, **changes: Any) -> str:
        """Trigger a run and return its id."""
        run_id = run_id or f"{self.owner}-run"
        assert self.house.api.trigger(DAG, run_id, self.conf(**changes))
        return run_id

    def state(self, run_id: str) -> str:
        """Return how Airflow shows a run."""
        return str(self.house.api.run(DAG, run_id)["state"])

    def ended(self, run_id: str, seconds: float = RUN_SECONDS) -> str:
        """Wait for a run's end and return how it ended."""

        def over() -> str | None:
            state = self.state(run_id)
            return state if state in OVER else None

        try:
            return str(until(over, f"{run_id} is over", seconds))
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.tasks(run_id)}\n{self.publications(run_id)}") from None

    def tasks(self, run_id: str) -> dict[str, str]:
        """Return the state of each task instance, mapped ones as `task/account`."""
        found = self.house.api.task_instances(DAG, run_id)
        accounts = self._accounts_by_index(found)
        return {
            "/".join(filter(None, (each["task_id"], accounts.get(each["map_index"])))): str(each["state"])
            for each in found
        }

    @staticmethod
    def _accounts_by_index(instances: list[dict[str, Any]]) -> dict[int, str]:
        """Return which mapped index is whose; a task that has not begun has no name yet."""
        return {
            each["map_index"]: each["rendered_map_index"]
            for each in instances
            if each["task_id"] == "publish" and each["map_index"] >= 0
        }

    def instance(self, run_id: str, task_id: str, account: str | None = None) -> dict[str, Any]:
        """Return one task instance as Airflow's API shows it."""
        found = self.house.api.task_instances(DAG, run_id)
        accounts = self._accounts_by_index(found)
        return next(
            each for each in found if each["task_id"] == task_id and account in (None, accounts.get(each["map_index"]))
        )

    def publications(self, run_id: str) -> list[Publication]:
        """Return the publications of a run."""
        return verdicts.publications_of(self.owner, run_id)

    def summary(self, run_id: str) -> str:
        """Return what the verdict wrote."""
        return verdicts.summary_written(self.owner, run_id) or ""

    def videos(self) -> list[dict[str, Any]]:
        """Return everything that is on this owner's channels."""
        mine = {f"{platform} of {self.owner}" for platform in NAMES}
        return [video for video in self.house.sandbox.published() if video["account"] in mine]

    def calls(self, *endpoints: str) -> list[dict[str, Any]]:
        """Return this owner's requests to the platforms."""
        mine = {one["id"] for one in self._accounts()} | {one["name"] for one in self._accounts()}
        return [
            call
            for call in self.house.sandbox.calls()
            if call["account"] in mine and (not endpoints or call["endpoint"] in endpoints)
        ]

    def _accounts(self) -> list[dict[str, Any]]:
        found = self.house.sandbox._call("GET", "/sandbox/accounts")
        return [one for one in found if one["name"].endswith(f" of {self.owner}")]

    def one_video_each(self, video: Path) -> None:
        """Hold the platforms and the ledger against the file: one video each, with its bytes."""
        found = self.videos()
        assert sorted(each["platform"] for each in found) == sorted(self.platforms), found
        assert {each["sha256"] for each in found} == {sha256_of(video)}

    def nothing_was_sent(self) -> None:
        """Hold the sandbox's own log against the claim that no upload was begun."""
        assert self.calls("video.init", "inbox.init", "videos.insert.start", "videos.insert.put", "video.put") == []
        assert self.videos() == []
