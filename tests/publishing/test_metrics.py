"""Metrics: the same from every process, figures that are right, and a dashboard and alerts about what there is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from include.database import engine
from include.publishing import metrics
from include.releases.publication import State
from include.settings import PROJECT
from tests.publishing.rows import a_publication, an_account, change
from tests.publishing.test_happenings import move, publish

DASHBOARD = PROJECT / "dashboards/release-desk.json"
ALERTS = PROJECT / "dashboards/alerts.yaml"


def told() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every sample by name and labels, read by Prometheus' own parser."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def value(name: str, **labels: str) -> float | None:
    return told().get((name, frozenset(labels.items())))


def test_what_became_of_publications_is_counted_by_platform(desk):
    assert value("release_desk_publications_total", platform="youtube", outcome="published") == 0
    publish(a_publication("alice"))
    publish(a_publication("bob", "t2"), "bob")
    move(a_publication("bob", "t3"), State.VALIDATED, State.FAILED, owner="bob")
    assert value("release_desk_publications_total", platform="youtube", outcome="published") == 2
    assert value("release_desk_publications_total", platform="youtube", outcome="failed") == 1
    assert value("release_desk_publications_total", platform="tiktok", outcome="published") == 0
    assert value("release_desk_publication_seconds_count", platform="youtube") == 2
    assert value("release_desk_publication_seconds_bucket", platform="youtube", le="5") == 2
    assert value("release_desk_publication_seconds_bucket", platform="youtube", le="+Inf") == 2


def test_latency_buckets_add_up(desk):
    for number, seconds in enumerate((3, 45, 45, 200, 90_000)):
        publication = a_publication("alice", f"t{number}")
        change("alice", publication, "created_at = %s", datetime.now(UTC) - timedelta(seconds=seconds))
        publish(publication)
    found = [value("release_desk_publication_seconds_bucket", platform="youtube", le=le) for le in ("5", "60", "300")]
    assert found == [1, 3, 4]
    assert value("release_desk_publication_seconds_bucket", platform="youtube", le="+Inf") == 5
    total = value("release_desk_publication_seconds_sum", platform="youtube")
    assert total is not None
    assert 90_293 < total < 90_400


def test_the_queue_its_lateness_and_hosted_files_are_gauges(desk):
    publication = a_publication("alice")
    move(publication, State.VALIDATED, State.SCHEDULED)
    change("alice", publication, "next_try_at = now() - interval '5 minutes'")
    assert value("release_desk_queue_depth", platform="youtube", state="scheduled") == 1
    assert value("release_desk_queue_late", platform="youtube") == 1
    oldest = value("release_desk_queue_oldest_due_seconds", platform="youtube")
    assert oldest is not None
    assert 299 < oldest < 360
    assert value("release_desk_hosting_bytes", kind="local") == 0
    with engine.transaction("alice") as connection:
        release = connection.exec_driver_sql("select release_id from desk.release").scalar_one()
        other = a_publication("alice", "t2")
        for each in (publication, other):  # one file that two publications asked for
            connection.exec_driver_sql(
                "insert into desk.hosted_file (owner, kind, place, stored_name, publication_id, release_id, bytes, "
                "address_until) values ('alice', 'local', '', 'x', %s, %s, 700, now())", (each, release),
            )  # fmt: skip
    assert value("release_desk_hosting_bytes", kind="local") == 700
    move(publication, State.VALIDATED, State.FAILED)
    assert value("release_desk_queue_late", platform="youtube") == 0


def test_daily_limits_are_told_as_shares_with_what_is_planned(desk):
    an_account("alice")
    now = datetime.now(UTC)
    with engine.transaction("alice") as connection:
        row = "insert into desk.quota (owner, platform, bucket, scope, window_start, used, marks) "
        row += "values (%s, %s, %s, %s, "
        day = metrics.day_began(now, "America/Los_Angeles")
        connection.exec_driver_sql(row + "%s, 25, '{}')", ("*", "youtube", "uploads", "app", day))
        connection.exec_driver_sql(
            row + "%s, 90, '{}')", ("*", "youtube", "uploads", "app", day - timedelta(days=1))
        )  # fmt: skip
        marks = [now - timedelta(hours=hours) for hours in (1, 2, 30)]
        connection.exec_driver_sql(
            row + "'-infinity', 0, %s)", ("alice", "tiktok", "direct_posts", "my_tiktok", marks)
        )  # fmt: skip
    assert value("release_desk_quota_used_ratio", platform="youtube", bucket="uploads") == 0.25
    assert value("release_desk_quota_used_ratio", platform="tiktok", bucket="direct_posts") == pytest.approx(2 / 15)
    a_publication("alice")
    assert value("release_desk_quota_forecast_ratio", platform="youtube", bucket="uploads") == pytest.approx(0.26)


@pytest.mark.long
def test_another_process_tells_the_same(desk):
    publish(a_publication("alice"))
    here = metrics.text()
    asked = "from include.publishing import metrics; import sys; sys.stdout.buffer.write(metrics.text())"
    there = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, check=True).stdout
    assert there == here


def test_nobodys_name_is_in_it(desk):
    publish(a_publication("alice"))
    text = metrics.text().decode()
    for name in ("alice", "my_youtube", "t1", "example.com"):
        assert name not in text


# --- dashboards


def expressions() -> Iterator[tuple[str, str]]:
    """Yield where an expression stands, and the expression as Prometheus gets it."""
    for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$platform", ".*")


def selectors(tree: Any) -> Iterator[Any]:
    """Yield every selector of a parsed expression."""
    if isinstance(tree, promql_parser.VectorSelector):
        yield tree
    for part in ("expr", "lhs", "rhs", "vector_selector"):
        below = getattr(tree, part, None)
        if below is not None:
            yield from selectors(below)
    for each in getattr(tree, "args", None) or ():
        yield from selectors(each)


@pytest.mark.parametrize(("where", "expression"), list(expressions()), ids=[where for where, _ in expressions()])
def test_dashboard_and_alerts_ask_for_what_there_is(desk, where: str, expression: str):
    publication = a_publication("alice")
    move(publication, State.VALIDATED, State.SCHEDULED, error={"kind": "TryAgain", "message": "x"})
    publish(a_publication("alice", "t2"))
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql(
            "insert into desk.notice (owner, kind, about, fingerprint, subject, body) "
            "values ('alice', 'at_risk', 'x', 'x', 'x', 'x')"
        )
        connection.exec_driver_sql(
            "insert into desk.notice_delivery (owner, notice_id, way) "
            "select owner, notice_id, 'email' from desk.notice where kind = 'at_risk'"
        )
        connection.exec_driver_sql(
            "insert into desk.tally (owner, figure, platform, label, total) "
            "values ('alice', 'deliveries', 'email', 'given_up', 1)"
        )
    there: dict[str, set[str]] = {}
    for name, labels in told():
        there.setdefault(name, set()).update(label for label, _ in labels)
    found = list(selectors(promql_parser.parse(expression)))
    assert found, where
    for each in found:
        assert each.name in there, f"{where} asks for {each.name}, which nobody tells"
        asked = {matcher.name for matcher in each.matchers.matchers}
        assert asked <= there[each.name], f"{where} asks {each.name} for {asked - there[each.name]}"
    grouped = {label for by in re.findall(r"by \(([^)]*)\)", expression) for label in re.findall(r"\w+", by)}
    assert grouped <= set().union(*(there[each.name] for each in found)), where


WANTED = {
    "FewPublicationsSucceed": "< 0.9", "PublishingIsSlow": "> 300", "TokensAreNotRenewed": "> 0.1",
    "QuotaIsNearlyUsed": "> 0.8", "HostingIsFull": "> 90e9", "ScheduledPublicationsAreLate": "> 0.05",
}  # fmt: skip


def test_the_alerts_that_were_asked_for_are_there():
    rules = {rule["alert"]: rule for rule in yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]}
    for name, bound in WANTED.items():
        assert bound in " ".join(rules[name]["expr"].split()), name
    for rule in rules.values():
        assert rule["annotations"]["summary"]
        assert (PROJECT / rule["annotations"].get("runbook", "dashboards")).exists()


def test_every_metric_is_documented_and_no_other(desk):
    page = (PROJECT / "docs/metrics.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(release_desk_\w+)`", page, re.MULTILINE))
    families = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(metrics.text().decode())
    }
    assert families == listed
