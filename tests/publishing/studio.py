"""A studio in a temporary folder: an exported release, connected sandbox accounts, and the product's steps by hand."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from include import settings
from include.accounts.accounts import Credentials
from include.accounts.connect import connect, connect_given
from include.media.sample import make_release
from include.publishing import ledger, registration, steps
from include.publishing.progress import Later, Progress
from include.releases.publication import Publication, State
from tests.sandbox_server import SandboxServer

OWNER = "alice"
LOST_POST = {"looks": 2, "every_seconds": 0.1, "certain_after_seconds": 0.3, "certain_without_text_seconds": 0.5}
LOST_GATEWAY_POST = {"looks": 2, "every_seconds": 0.1, "certain_after_seconds": 0.3}
CONF = {"segment": "women", "age_bucket": "18-23", "title_id": "t1", "owner": OWNER}


@dataclass(kw_only=True)
class Studio:
    """What a test holds: folders, the sandbox, and short ways through the product."""

    folder: Path
    sandbox: SandboxServer
    monkeypatch: Any
    patience: dict[str, Any] = field(default_factory=dict)

    def configure(self, **platforms: dict[str, Any]) -> None:
        """Point the product at the sandbox, with settings that do not wait; `platforms` changes single values."""
        source = settings.PROJECT / "config"
        config = yaml.safe_load((source / "distribution.yaml").read_text())
        config["platforms"]["youtube"] |= {"lost_session": {"looks": 2, "every_seconds": 0.1}, "chunk_bytes": 262144}
        config["platforms"]["tiktok"] |= {"public_id_patience_seconds": 20}
        config["platforms"]["instagram"] |= {"container_pace_seconds": [0.05], "lost_publish_seconds": 0.2}
        config["platforms"]["facebook"] |= {"lost_finish": {"looks": 2, "every_seconds": 0.1}}
        config["platforms"]["linkedin"] |= {"lost_post": LOST_POST}
        config["gateways"]["blotato"] |= {"pace_seconds": [0.05], "lost_post": LOST_GATEWAY_POST}
        config["gateways"]["upload_post"] |= {"pace_seconds": [0.05]}
        config["publishing"] |= {"retry_minutes": [0.001], "jitter": 0, "stuck_after_minutes": 0}
        for name, values in platforms.items():
            config["platforms"].setdefault(name, {}).update(values)
        folder = self.folder / "config"
        folder.mkdir(exist_ok=True)
        (folder / "distribution.yaml").write_text(yaml.safe_dump(config))
        (folder / "endpoints.yaml").write_text(yaml.safe_dump(self.sandbox.endpoints()))
        self.monkeypatch.setenv("RELEASE_DESK_CONFIG", str(folder))
        settings.forget()

    def connect(
        self, platform: str, account_id: str | None = None, owner: str = OWNER, route: str = "direct", **wanted: Any
    ) -> str:
        """Connect a fresh sandbox account; its name is the platform's unless given. `route` names a gateway."""
        if route != "direct":
            return self._connect_key(platform, account_id or f"via_{route}", owner, route, wanted)
        given = self.sandbox.account(platform, name=f"{account_id or platform} of {owner}", **wanted)
        for variable, key in zip(settings.app_variables(platform)[1:], ("client_id", "client_secret"), strict=True):
            self.monkeypatch.setenv(variable, given[key])
        name = account_id or f"my_{platform}"
        connect(owner, name, platform, Credentials.model_validate(given))
        return name

    def _connect_key(self, platform: str, name: str, owner: str, route: str, wanted: dict[str, Any]) -> str:
        upload = wanted.pop("upload", None)
        person = f"{name} of {owner}"
        given = self.sandbox.account(route, name=person, **({"accounts": {platform: person}} | wanted))
        connect_given(owner, name, platform, given | {"upload": upload}, route=route)
        return name

    def register(self, job_id: str = "job1", **conf: Any) -> list[str]:
        """Register the release; return the publications' ids."""
        found = registration.register(CONF | conf, job_id)
        return [each.publication_id for each in found.publications]

    def export(self, source: Path, title_id: str = "t1", segment: str = "women", age_bucket: str = "18-23") -> Path:
        """Put a copy of a release's three files down as `title_id`; return the video's path."""
        folder = self.folder / "export" / segment / age_bucket
        folder.mkdir(parents=True, exist_ok=True)
        for file in source.glob("sample*"):
            (folder / file.name.replace("sample", title_id, 1)).write_bytes(file.read_bytes())
        return a_video_of_its_own(folder / f"{title_id}.mp4", "sample" if title_id == "t1" else title_id)

    def metadata(self, title_id: str = "t1", **changes: Any) -> None:
        """Change keys of a release's metadata; None removes one."""
        path = self.folder / "export" / "women" / "18-23" / f"{title_id}_metadata.json"
        content = json.loads(path.read_text()) | changes
        path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


def run_to_the_end(publication_id: str, owner: str = OWNER, seconds: float = 20) -> Publication:
    """Take a publication as far as it goes, waiting as the product says, but never longer than `seconds` in all."""
    until = time.monotonic() + seconds
    while True:
        progress: Progress = steps.advance(owner, publication_id)
        publication = ledger.read(owner, publication_id)
        if publication.is_over or not isinstance(progress, Later):
            return publication
        wait = max(0.0, (progress.at - datetime.now(UTC)).total_seconds())
        if time.monotonic() + wait > until:
            return publication
        time.sleep(min(wait, 0.2) if publication.state == State.PROCESSING else wait + 0.01)


def a_video_of_its_own(path: Path, title_id: str) -> Path:
    """Append an MP4 box with the title, unless it is the sample: two titles with the same bytes would be duplicates."""
    if title_id != "sample":
        told = title_id.encode()
        with path.open("ab") as file:
            file.write((8 + len(told)).to_bytes(4) + b"free" + told)
    return path


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_source(folder: Path) -> Path:
    """Make the small release that every test copies: a real vertical clip of 4 s, large enough for several chunks."""
    from include.media.clips import Clip

    small = Clip(
        width=540, height=960, seconds=4, fps=25, video_options=(("preset", "ultrafast"), ("crf", "7"))
    )  # some 256-KiB chunks; Facebook's reels are at least so large
    make_release(folder, segment="s", age_bucket="a", title_id="sample", clip=small)
    return folder / "s" / "a"
