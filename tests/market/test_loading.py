"""Social Blade and vidIQ are asked once a day, keep within their credits, and fail nobody's run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include import settings
from include.accounts.connect import connect_given
from include.database import engine
from include.market import loading, vidiq
from include.publishing import ledger
from include.sandbox.market_figures import figures_of
from tests.analytics.conftest import publish
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401  found by their names
from tests.publishing.studio import OWNER, Studio

__all__ = ["ledger"]


@pytest.fixture
def market(studio: Studio) -> Studio:  # noqa: F811
    """Two channels, and config/analytics.yaml."""
    folder = studio.folder / "config"
    (folder / "analytics.yaml").write_text((settings.PROJECT / "config/analytics.yaml").read_text())
    studio.connect("youtube")
    studio.connect("tiktok")
    settings.forget()
    return studio


def with_social_blade(studio: Studio, **more: Any) -> None:  # noqa: F811
    given = studio.sandbox.account("social_blade", name="Ada", **more)
    connect_given(OWNER, "blade", "social_blade", given, route="social_blade")


def rows(table: str) -> list[dict[str, Any]]:
    with engine.transaction(OWNER) as connection:
        return [dict(row) for row in connection.exec_driver_sql(f"select * from {table} order by 2, 3, 4").mappings()]


def asked(studio: Studio, endpoint: str = "statistics") -> int:  # noqa: F811
    return len(studio.sandbox.calls(endpoint))


def test_without_a_key_nothing_is_asked_and_nothing_fails(market: Studio):
    assert loading.load() == []
    assert asked(market) == 0


def test_what_social_blade_says_is_kept_and_not_asked_again_within_a_day(market: Studio):
    with_social_blade(market)
    before, now = asked(market), datetime.now(UTC)
    (told,) = loading.load(now)
    assert (told.asked, told.trouble) == (2, [])
    mine = next(row for row in rows("market.channel") if row["account_id"] == "my_youtube")
    known = figures_of(mine["channel_id"], now.date())
    assert (mine["followers"], mine["views"], mine["uploads"]) == (known.followers, known.views, known.uploads)
    days = [row for row in rows("market.channel_daily") if row["account_id"] == "my_youtube"]
    assert [row["followers"] for row in days] == [figures_of(mine["channel_id"], row["day"]).followers for row in days]
    assert len(days) == 30
    assert [told.asked for told in loading.load(now + timedelta(hours=23))] == [0]
    assert asked(market) - before == 2
    assert [told.asked for told in loading.load(now + timedelta(hours=25))] == [2]


def test_asking_stops_where_credits_run_low(market: Studio):
    with_social_blade(market, credits=22)  # one goes when the keys are checked, one for the first channel
    (told,) = loading.load()
    assert (told.asked, told.trouble) == (1, ["20 credits are left; asking stops at 20."])


@pytest.mark.parametrize("fault", [{"action": "status", "status": 503}, {"action": "drop_after"}])
def test_a_source_that_fails_is_told_and_fails_nothing(market: Studio, fault: dict[str, Any]):
    with_social_blade(market)
    market.sandbox.fault(match={"endpoint": "statistics"}, times=None, **fault)
    (told,) = loading.load()
    assert told.asked == 0
    assert len(told.trouble) == 1


def test_the_file_for_other_programs_is_written_where_the_channel_publishes(market: Studio):
    with_social_blade(market)
    publish(OWNER, "my_youtube", ["v1"], at=datetime.now(UTC))
    loading.load()
    (path,) = Path(settings.output_root()).rglob("*_channel_stats.json")
    assert path.parent.parts[-4:] == ("analytics", "socialblade", "women", "18-23")
    (channel,) = json.loads(path.read_text())["channel_stats"]["channels"]
    assert (channel["account_id"], channel["platform"]) == ("my_youtube", "youtube")


def test_vidiq_answers_over_its_stream_and_its_credits_are_kept(market: Studio, monkeypatch: pytest.MonkeyPatch):
    key = market.sandbox.account("vidiq", name="Ada")["api_key"]
    monkeypatch.setenv("AIRFLOW_CONN_VIDIQ", json.dumps({"conn_type": "http", "password": key}))
    now = datetime.now(UTC)
    (told,) = loading.load(now)
    assert (told.source, told.asked, told.trouble) == ("vidiq", 1, [])
    (row,) = rows("market.channel")
    assert row["followers"] == figures_of(row["channel_id"], now.date()).followers
    assert len(rows("market.channel_daily")) == 31
    analytics = market.folder / "config" / "analytics.yaml"
    analytics.write_text(analytics.read_text() + "\n  vidiq: {keep_credits: 499}\n")
    text = analytics.read_text().replace("platforms: {}", "platforms:")
    analytics.write_text(text)
    settings.forget()
    (told,) = loading.load(now + timedelta(days=2))
    assert (told.asked, len(told.trouble)) == (0, 1)


def test_a_wrong_vidiq_key_is_said(market: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AIRFLOW_CONN_VIDIQ", json.dumps({"conn_type": "http", "password": "wrong"}))
    (told,) = loading.load()
    assert told.trouble == ["vidIQ does not accept the key. Copy it again."]


def test_tools_that_make_things_are_never_called(market: Studio):
    with pytest.raises(ValueError, match="none of the tools"):
        vidiq.call(None, None, "vidiq_generate_thumbnail", {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "stream",
    ['event: message\ndata: {"jsonrpc": "2.0", "id": 1, "result": {"a": 1}}\n\n',
     ': ping\n\ndata: {"jsonrpc": "2.0", "method": "notifications/progress"}\n\n'
     'data: {"id": 1,\ndata: "result": {"a": 1}}\r\n\r\n'],
)  # fmt: skip
def test_the_answer_is_found_in_any_framing(stream: str):
    assert vidiq.message_in(stream)["result"] == {"a": 1}
