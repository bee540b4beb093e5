"""A fresh warehouse, sandbox and channel for each of these tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from include import settings
from include.platforms.youtube import asking
from tests.conftest import desk  # noqa: F401  instead of the folder above's
from tests.platforms.youtube.metrics.stage import NOW, Channel
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401  found by their names
from tests.publishing.studio import Studio


@pytest.fixture
def configured(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:  # noqa: F811
    """The studio with everything that is read configured, and readers that do not wait."""
    folder = studio.folder / "config"
    shutil.copy(settings.PROJECT / "config" / "analytics.yaml", folder)
    shutil.copytree(settings.PROJECT / "config" / "metrics", folder / "metrics")
    settings.forget()
    monkeypatch.setattr(asking, "wait_seconds", lambda number: 0.0)
    usual = studio.sandbox.settings()
    yield studio
    studio.sandbox.settings(**usual)
    studio.sandbox.clear_faults()
    studio.sandbox.forget_calls()


@pytest.fixture
def channel(configured: Studio) -> Channel:
    """A channel of the Partner Programme, without videos, at `NOW`."""
    return open_channel(configured, monetized=True)


def open_channel(at: Studio, **traits: Any) -> Channel:
    """Connect a channel."""
    account_id = at.connect("youtube", **traits)
    (place,) = [one for one in at.sandbox._call("GET", "/sandbox/accounts") if one["platform"] == "youtube"]
    found = Channel(studio=at, account_id=account_id, channel=place["id"])
    found.clock(NOW)
    return found
