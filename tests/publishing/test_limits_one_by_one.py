"""A limit that gives one call at a time lets a post through all the same, however many wait beside it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
import yaml

from include import settings
from include.accounts import accounts
from include.platforms.errors import QuotaExhausted
from include.platforms.tiktok.client import Client
from include.publishing import ledger
from include.publishing.clients import open_calls
from include.releases.publication import State
from tests.publishing.studio import OWNER, Studio
from tests.publishing.test_limits_pressure import many, worked


@pytest.mark.long
def test_posts_go_out_when_reads_leave_one_creator_info_at_a_time(studio: Studio, source):
    """Each post asks about the creator once: asked for its validation and again for its start, none would get both."""
    path = settings.config_folder() / "distribution.yaml"
    content = yaml.safe_load(path.read_text())
    content["quotas"]["tiktok"]["creator_infos"] |= {"limit": 60, "burst": 2, "kept": 0.5}
    path.write_text(yaml.safe_dump(content))
    settings.forget()
    ids = many(studio, source, [5] * 4)
    with open_calls(accounts.read(OWNER, "my_tiktok")) as calls, suppress(QuotaExhausted):
        while True:
            Client(calls).creator_info()
    began = datetime.now(UTC)
    worked(ids)
    found = [ledger.read(OWNER, each) for each in ids]
    assert [each.state for each in found] == [State.PUBLISHED] * 4, [each.error for each in found]
    assert (datetime.now(UTC) - began).total_seconds() < 15
