"""Looking ahead at what goes through a gateway: is its key good, has it the account, would it take the release?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from include import settings
from include.accounts import accounts, keys, second
from include.database import engine
from include.publishing import ledger
from tests.publishing.rows import change
from tests.publishing.studio import OWNER, Studio
from tests.publishing.test_upcoming import check, kept, told

ROUTES = ["blotato", "upload_post"]


@pytest.fixture
def due(studio: Studio) -> Callable[..., str]:
    """Return a maker of a publication through a gateway that is due in some minutes."""

    def make(route: str, minutes: float = 30, platform: str = "tiktok", **target: Any) -> str:
        name = f"via_{route}"
        if name not in {each.account_id for each in accounts.list_all(OWNER)}:
            studio.connect(platform, route=route)
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        (publication_id,) = studio.register(
            f"job-{route}", targets=[{"account": name, **target}], scheduled_for=at.strftime("%Y-%m-%dT%H:%M:%S")
        )
        return publication_id

    return make


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("platform", ["tiktok", "linkedin"])
def test_what_would_go_out_is_looked_at_and_nobody_is_told(studio: Studio, due, route: str, platform: str):
    publication_id = due(route, platform=platform)
    studio.sandbox.forget_calls()
    assert check() == [(publication_id, [], False)]
    assert (told(), kept(publication_id)) == ([], [])
    assert "me" in str([each["endpoint"] for each in studio.sandbox.calls() if each["platform"] == route])
    assert ledger.read(OWNER, publication_id).state == "planned"
    assert studio.sandbox.published() == []


@pytest.mark.parametrize("route", ROUTES)
def test_a_key_that_is_not_accepted_any_more_is_told_once_and_ends_the_account(studio: Studio, due, route: str):
    publication_id = due(route)
    studio.sandbox.fault(match={"platform": route}, action="status", status=401, body={"message": "no"}, times=None)
    assert check() == [(publication_id, ["account: expired"], True)]
    assert accounts.read(OWNER, f"via_{route}").state == "expired"
    assert [check()[0][2] for _ in range(2)] == [False] * 2
    assert told() == ["account: expired"]


@pytest.mark.parametrize("route", ROUTES)
def test_an_account_that_is_gone_at_the_gateway_is_told(studio: Studio, due, route: str):
    publication_id = due(route)
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            'update desk.account set profile = profile || \'{"user": "somebody-else"}\' where route = %s', (route,)
        )
    assert check() == [(publication_id, ["account: refused"], True)]
    assert "somebody-else" in kept(publication_id)[0] or "which tiktok account" in kept(publication_id)[0]
    assert accounts.read(OWNER, f"via_{route}").state == "connected", "the key is good"


def test_what_the_gateway_cannot_carry_is_told(studio: Studio, due):
    publication_id = due("blotato", platform="linkedin", privacy="connections")
    assert check() == [(publication_id, ["rule: privacy"], True)]
    assert "Through Blotato this would be public" in kept(publication_id)[0]


@pytest.mark.parametrize("route", ROUTES)
def test_a_file_that_was_replaced_is_told(studio: Studio, due, route: str):
    publication_id = due(route)
    video = studio.folder / "export/women/18-23/t1.mp4"
    video.write_bytes(video.read_bytes() + b"more")
    assert check() == [(publication_id, ["release: files"], True)]


@pytest.mark.parametrize("route", ROUTES)
def test_a_passing_fault_tells_nothing(studio: Studio, due, route: str):
    due(route)
    studio.sandbox.fault(match={"platform": route}, action="status", status=503, times=None)
    assert check()[0][1:] == ([], False)
    assert told() == []


def test_a_limit_of_the_key_and_a_pause_it_asked_for_are_told(studio: Studio, due):
    path = studio.folder / "config/distribution.yaml"
    content = yaml.safe_load(path.read_text())
    content["quotas"]["blotato"]["plan"] = {
        "limit": 1, "per": "rolling_day", "shared_by": "app", "costs": {"posts.create": 1}, "kept": 0,
    }  # fmt: skip
    path.write_text(yaml.safe_dump(content))
    settings.forget()
    publication_id = due("blotato", minutes=60)
    assert check() == [(publication_id, [], False)]
    key = keys.fingerprint(keys.key_of(accounts.read(OWNER, "via_blotato")))
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            "insert into desk.quota (owner, platform, bucket, scope, window_start, marks) "
            "values ('*', 'blotato', 'plan', %s, '-infinity', array[now() - interval '1 hour'])",
            (key,),
        )
    assert check() == [(publication_id, ["limit: plan"], True)]
    assert kept(publication_id)[0].startswith("Blotato's limit of 1 plan a day")
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            "insert into desk.quota_pause (owner, platform, scope, until, why) "
            "values (%s, 'blotato', 'via_blotato', now() + interval '2 hours', 'slow down')",
            (OWNER,),
        )
    assert check()[0][1] == ["limit: pause", "limit: plan"]


def test_one_that_went_on_to_its_second_route_is_looked_at_there(studio: Studio):
    first = studio.connect("tiktok")
    second.choose(OWNER, first, studio.connect("tiktok", route="blotato"))
    at = datetime.now(UTC) + timedelta(minutes=30)
    (publication_id,) = studio.register(targets=[{"account": first}], scheduled_for=at.strftime("%Y-%m-%dT%H:%M:%S"))
    change(OWNER, publication_id, "route = 'blotato'")
    accounts.mark(OWNER, first, "expired", "Dead.")
    assert check() == [(publication_id, [], False)], "its first route does not matter any more"
    second.choose(OWNER, first, None)
    assert check() == [(publication_id, ["account: second route"], True)]
