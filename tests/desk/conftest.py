"""A hosting folder with one file in it, and whoever asks the desk for it."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from include import settings
from include.desk.hosted import HostedFiles
from include.media.hosting import PictureFile
from include.media.local import LocalStore
from include.releases.picture import Picture
from tests.accounts.conftest import sandbox_process, stage  # noqa: F401
from tests.desk.people import ask, runs  # noqa: F401  fixtures are found by their names
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401

PUBLIC = "http://desk.test"
NAME = "a" * 64 + ".mp4"
CONTENT = bytes(range(256)) * 40


def put(root: Path, name: str = NAME, content: bytes = CONTENT) -> str:
    """Host a file and return its name."""
    LocalStore(root).put(name, PictureFile(Picture(content=content, content_type="video/mp4", width=1, height=1)))
    return name


def address_of(root: Path, name: str = NAME, *, seconds: float = 3600) -> str:
    """Return path and query of a signed address."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return LocalStore(root).address(name, until).removeprefix(PUBLIC)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The hosting folder."""
    monkeypatch.setenv("SECRET_MASTER_KEY", base64.b64encode(os.urandom(32)).decode())
    monkeypatch.delenv("SECRET_MASTER_KEY_PREVIOUS", raising=False)
    monkeypatch.setenv("RELEASE_DESK_HOSTING_ROOT", str(tmp_path / "hosted"))
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", PUBLIC)
    settings.forget()
    yield tmp_path / "hosted"
    settings.forget()


@pytest.fixture
async def platform(root: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A platform that asks the desk's app directly."""
    put(root)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(HostedFiles()), base_url=PUBLIC) as client:
        yield client
