"""The datasets as data: every metric has a column, every call a cost, every permission is asked when connecting."""

from __future__ import annotations

import re

import pytest

from include import settings
from include.platforms.reading import datasets
from include.platforms.youtube.auth import SCOPES
from include.platforms.youtube.metrics import fewest_calls
from tests.platforms.youtube.metrics.stage import Channel

CODE = settings.PROJECT / "include" / "platforms" / "youtube"


def test_every_metric_belongs_to_a_dataset_and_has_a_column(channel: Channel):
    tables = {one.name: one.tables for one in datasets("youtube")}
    for line in settings.metrics("youtube"):
        (table,) = tables[line.dataset]
        found = channel.rows(
            "select from information_schema.columns where table_schema = 'youtube' and table_name = %s"
            " and column_name = %s", table.removeprefix("youtube."), line.name,
        )  # fmt: skip
        assert found, (line.dataset, line.name)


def test_every_column_says_what_it_means(channel: Channel):
    silent = channel.rows(
        "select c.relname, a.attname from pg_class as c join pg_attribute as a on a.attrelid = c.oid"
        " where c.relnamespace = 'youtube'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition"
        " and a.attnum > 0 and coalesce(col_description(c.oid, a.attnum), '') !~ 'Unit: .+Source: .+Lag: '"
    )
    assert silent == []


def test_every_call_has_a_cost():
    names = set()
    for path in CODE.glob("*.py"):
        if path.stem in ("figures", "revenue", "metrics", "bulk", "comments", "reports"):
            names |= set(re.findall(r'endpoint="([\w.]+)"', path.read_text()))
    names |= {"reports.query", "comments.list", "commentThreads.list"}
    costs = {name for one in settings.distribution().quotas["youtube"].values() for name in one.costs}
    assert len(names) > 8
    assert names <= costs, names - costs


def test_every_permission_is_asked_for_when_connecting():
    assert all(one.is_allowed(frozenset(SCOPES)) for one in datasets("youtube"))


@pytest.mark.parametrize("name", ["video_counters", "videos", "video_daily", "traffic", "devices", "demographics",
                                  "retention", "channel", "channel_daily", "revenue", "revenue_videos",
                                  "revenue_countries", "revenue_ad_types"])  # fmt: skip
def test_a_load_makes_no_more_calls_than_it_must(channel: Channel, name: str):
    count = 3 if name == "retention" else 120
    channel.plant(count)
    outcome = channel.collect(name)
    assert (outcome.state, outcome.calls) == ("done", fewest_calls(count)[name])
