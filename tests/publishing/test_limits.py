"""The limiter: no more than a bucket gives, reads leave the kept share, the line keeps its order, words are plain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from include import settings
from include.database import engine
from include.platforms.errors import QuotaExhausted, TryAgain
from include.publishing import limits
from include.publishing.limits import Asker, BucketKey, Granted, Until, Want
from include.publishing.quotas import PostgresMeter, Turn
from include.settings import Quota

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
FEW = hypothesis_settings(max_examples=60, deadline=None)
NAMES = count()


def rate(limit: int, burst: int | None = None, kept: float = 0.0, per: str = "minute") -> Quota:
    return Quota(limit=limit, per=per, burst=burst, kept=kept, shared_by="account", costs={"call": 1})  # type: ignore[arg-type]


def want(quota: Quota, scope: str = "mine", cost: int = 1, bucket: str = "calls") -> Want:
    key = BucketKey(owner="alice", platform="tiktok", bucket=bucket, scope=scope)
    began = START.replace(hour=0)
    return Want(key=key, quota=quota, cost=cost, began=began, ends=began + timedelta(days=1))


def asker(publication: str | None = None, priority: int = 5) -> Asker:
    return Asker(
        owner="alice", platform="tiktok", account_id="mine", app_id="app", publication_id=publication, priority=priority
    )


def take(
    wanted: Want, seconds: float, publication: str | None = None, priority: int = 5, share: str = "publish"
) -> Any:
    now = START + timedelta(seconds=seconds)
    return limits.take(asker(publication, priority), [wanted], share=share, now=now)  # type: ignore[arg-type]


@FEW
@given(
    limit=st.integers(1, 12),
    data=st.data(),
    asked=st.lists(st.tuples(st.floats(0, 30), st.integers(1, 3)), min_size=1, max_size=40),
)
def test_no_window_holds_more_than_the_bucket_and_what_flowed_in(limit, data, asked, one_desk):
    quota = rate(limit, data.draw(st.integers(1, limit)))
    scope, now, granted = f"scope-{next(NAMES)}", 0.0, []
    for gap, cost in asked:
        now += gap
        if cost <= quota.at_once and isinstance(take(want(quota, scope, cost), now), Granted):
            granted.append((now, cost))
    for first in range(len(granted)):
        for last in range(first, len(granted)):
            seconds = granted[last][0] - granted[first][0]
            taken = sum(cost for _, cost in granted[first : last + 1])
            assert taken <= quota.at_once + limits.rate_of(quota) * seconds + 1e-4
            if seconds <= 60:
                assert taken <= limit, "the platform would have refused"


@FEW
@given(
    limit=st.integers(5, 20),
    kept=st.floats(0.1, 0.9),
    per=st.sampled_from(["minute", "day", "rolling_day"]),
    reads=st.integers(1, 30),
)
def test_reads_never_take_the_kept_share(limit, kept, per, reads, one_desk):
    quota = rate(limit, limit if per == "minute" else None, kept, per)
    wanted = want(quota, f"scope-{next(NAMES)}")
    granted = sum(isinstance(take(wanted, 0, share="read"), Granted) for _ in range(reads))
    assert granted <= max(1, limit - int(kept * limit))
    left = sum(isinstance(take(wanted, 0), Granted) for _ in range(limit + 1))
    assert granted + left == limit, "publishing gets all the rest, to the last place"


@pytest.mark.parametrize("per", ["minute", "day", "rolling_day"])
def test_a_look_at_a_publication_goes_on_when_reads_have_used_up_theirs_and_leaves_a_quarter_of_what_is_kept(per, desk):
    wanted = want(rate(20, 20 if per == "minute" else None, 0.4, per))
    for share, granted in (("read", 12), ("look", 6), ("publish", 2)):
        assert [isinstance(take(wanted, 0, share=share), Granted) for _ in range(granted)] == [True] * granted, share
        assert isinstance(take(wanted, 0, share=share), Until), share


def test_a_look_where_nothing_is_counted_does_not_pause_with_the_reads(desk):
    def asking(turn: Turn | None) -> PostgresMeter:
        return PostgresMeter("alice", "facebook", "page", "app", {}, pauses=True, turn=turn)

    until = datetime.now(UTC) + timedelta(seconds=60)
    asking(None).pause(until, "90 % used.", shared_by="account", reads_only=True)
    with pytest.raises(QuotaExhausted, match="90 %"):
        asking(None).reserve("videos.get")
    asking(Turn(publication_id="p", reads=True)).reserve("videos.get")
    asking(None).pause(until, "96 % used.", shared_by="account")
    with pytest.raises(QuotaExhausted, match="96 %"):
        asking(Turn(publication_id="p", reads=True)).reserve("videos.get")


@FEW
@given(seconds=st.floats(0.1, 200), limit=st.integers(1, 10))
def test_the_time_that_is_told_is_the_time_it_works(seconds, limit, one_desk):
    wanted = want(rate(limit), f"scope-{next(NAMES)}")
    now = 0.0
    while isinstance(refused := take(wanted, now), Granted):
        pass
    until = (refused.at - START).total_seconds()
    assert isinstance(take(wanted, until - min(0.01, until / 2)), Until)
    assert isinstance(take(wanted, until + 0.001), Granted)


def test_who_came_first_goes_first_and_nobody_slips_in_between(desk):
    wanted = want(rate(6, 1))  # one at once, then one in about 11 s
    assert isinstance(take(wanted, 0, "a"), Granted)
    turns = [take(wanted, number / 10, name) for number, name in enumerate("bcd", 1)]
    assert [turn.ahead for turn in turns] == [0, 1, 2]
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(turns)]
    assert gaps == pytest.approx([65 / 6] * 2, abs=0.01)
    at = (turns[0].at - START).total_seconds() + 0.01
    assert isinstance(take(wanted, at, "late"), Until), "the token is b's"
    assert isinstance(take(wanted, at, None, share="read"), Until), "reads wait behind everybody"
    assert isinstance(take(wanted, at, "c"), Until)
    assert isinstance(take(wanted, at, "b"), Granted)
    assert isinstance(take(wanted, at + 11, "c"), Granted)


@pytest.mark.parametrize(("priority", "overtakes"), [(7, False), (8, True), (10, True)])
def test_from_priority_eight_on_a_publication_overtakes_those_that_wait(desk, priority, overtakes):
    wanted = want(rate(6, 1))
    take(wanted, 0, "a")
    first = take(wanted, 1, "b", 5)
    urgent = take(wanted, 2, "urgent", priority)
    assert (urgent.at <= first.at) is overtakes
    at = (first.at - START).total_seconds() + 0.01
    assert isinstance(take(wanted, at, "b", 5), Until) is overtakes
    assert isinstance(take(wanted, at, "urgent", priority), Granted) is overtakes


def test_ten_goes_before_eight(desk):
    wanted = want(rate(6, 1))
    take(wanted, 0, "a")
    eight, ten = take(wanted, 1, "eight", 8), take(wanted, 2, "ten", 10)
    assert ten.at <= eight.at
    assert isinstance(take(wanted, 12, "eight", 8), Until)
    assert isinstance(take(wanted, 12, "ten", 10), Granted)


def test_who_does_not_come_loses_the_turn_and_holds_nobody_up_for_ever(desk):
    wanted = want(rate(6, 1))
    take(wanted, 0, "a")
    turn = take(wanted, 0, "gone")
    due = (turn.at - START).total_seconds()
    assert isinstance(take(wanted, due + 1, "b"), Until)
    assert isinstance(take(wanted, due + 121, "b"), Granted)


def test_those_that_wait_for_a_day_get_the_days_they_fit_in(desk):
    wanted = want(rate(2, per="day"))
    for name in "ab":
        take(wanted, 0, name)
    days = [(take(wanted, 0, f"w{number}").at - START).days for number in range(5)]
    assert days == [0, 0, 1, 1, 2]


def test_those_that_wait_for_a_rolling_day_wait_for_one_place_each(desk):
    wanted = want(rate(2, per="rolling_day"))
    for number, name in enumerate("ab"):
        granted = take(wanted, number * 60, name)
        limits.settle("alice", granted, sent=True, now=START + timedelta(minutes=number))
    waits = [(take(wanted, 120, f"w{number}").at - START).total_seconds() for number in range(4)]
    assert waits == [86_400, 86_460, 2 * 86_400, 2 * 86_400 + 60]


def test_a_call_takes_from_all_its_buckets_or_from_none_and_waits_for_the_last(desk):
    many, few = want(rate(50, 50), bucket="many"), want(rate(1, per="day"), bucket="few")
    assert isinstance(limits.take(asker("a"), [many, few], share="publish", now=START), Granted)
    refused = limits.take(asker("b"), [few, many], share="publish", now=START)
    assert isinstance(refused, Until)
    assert (refused.want, refused.reason) == (few, "limit")
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select tokens from desk.bucket where bucket = 'many'").scalar_one() == 49


def test_the_last_place_instagram_tells_of_goes_to_one_of_two_workers(desk):
    quotas = {"publishes": Quota(limit=100, per="rolling_day", shared_by="account", kept=0, costs={"media.publish": 1})}
    workers = [
        PostgresMeter("alice", "instagram", "mine", "app", quotas, turn=Turn(publication_id=name))
        for name in ("a", "b")
    ]
    for worker in workers:  # both read before either has published
        worker.tell("publishes", used=49, limit=50)
    reservation = workers[0].reserve("media.publish")
    with pytest.raises(QuotaExhausted, match="limit of 50 publishes is reached"):
        workers[1].reserve("media.publish")
    workers[0].settle(reservation, sent=True)
    with pytest.raises(QuotaExhausted):
        workers[1].reserve("media.publish")
    workers[1].tell("publishes", used=49, limit=50)  # one of yesterday's has left the window
    workers[1].reserve("media.publish")


def test_a_post_that_was_under_way_while_instagram_was_asked_counts_too(desk):
    quotas = {"publishes": Quota(limit=100, per="rolling_day", shared_by="account", kept=0, costs={"media.publish": 1})}
    first, second = (PostgresMeter("alice", "instagram", "mine", "app", quotas) for _ in range(2))
    first.reserve("media.publish")
    second.tell("publishes", used=49, limit=50)
    with pytest.raises(QuotaExhausted):
        second.reserve("media.publish")


def meter(quotas: dict[str, Quota], turn: Turn | None = None, account: str = "mine") -> PostgresMeter:
    return PostgresMeter("alice", "tiktok", account, "app", quotas, turn=turn)


def test_what_a_platform_says_closes_the_bucket_it_names_for_every_worker(desk):
    quotas = {
        "inits": rate(6).model_copy(update={"codes": ("rate_limit_exceeded",)}),
        "posts": Quota(limit=15, per="rolling_day", shared_by="account", costs={"call": 1}, codes=("too_many_posts",)),
        "others": Quota(limit=5, per="day", shared_by="account", costs={"other": 1}),
    }
    until = datetime.now(UTC) + timedelta(hours=3)
    meter(quotas).limited("call", until, "Too many posts today.", code="spam_risk_too_many_posts", passing=False)
    with pytest.raises(QuotaExhausted, match="Too many posts today") as told:
        meter(quotas).reserve("call")
    assert (told.value.resets_at, told.value.code) == (until, "our_count:posts")
    meter(quotas).reserve("other")
    meter(quotas, account="another").reserve("call")
    with engine.transaction("alice") as connection:
        shut = "select bucket from desk.bucket where shut_until > now()"
        assert connection.exec_driver_sql(shut).scalars().all() == ["posts"]


def test_a_passing_limit_no_bucket_names_pauses_the_account_and_a_lasting_one_does_not(desk):
    quotas = {"others": Quota(limit=5, per="day", shared_by="account", costs={"call": 1})}
    until = datetime.now(UTC) + timedelta(seconds=60)
    meter(quotas).limited("call", until, "Never heard of it.", code="odd", passing=False)
    meter(quotas).reserve("call")
    meter(quotas).limited("call", until, "Slow down.", code="odd", passing=True)
    with pytest.raises(QuotaExhausted, match="Slow down"):
        meter(quotas).reserve("call")


def test_reads_pause_while_publishing_goes_on(desk):
    quotas = {"calls": Quota(limit=5, per="day", shared_by="account", costs={"call": 1})}
    until = datetime.now(UTC) + timedelta(seconds=60)
    meter(quotas).pause(until, "90 % used.", shared_by="account", reads_only=True)
    with pytest.raises(QuotaExhausted, match="90 %"):
        meter(quotas).reserve("call")
    with pytest.raises(QuotaExhausted, match="90 %"):
        meter(quotas, Turn(publication_id="p", reads=True)).reserve("call")
    meter(quotas, Turn(publication_id="p")).reserve("call")


def test_every_wait_says_until_when_and_why(desk):
    quotas = {"calls": Quota(limit=5, per="day", kept=0.4, shared_by="account", costs={"call": 1})}
    for _ in range(3):
        meter(quotas).reserve("call")
    with pytest.raises(QuotaExhausted, match=r"^The rest of TikTok's daily limit of 5 calls is kept for publishing"):
        meter(quotas).reserve("call")
    for name in "ab":
        meter(quotas, Turn(publication_id=name)).reserve("call")
    with pytest.raises(QuotaExhausted, match=r"^TikTok's daily limit of 5 calls is reached. It has room again at 2"):
        meter(quotas, Turn(publication_id="c")).reserve("call")
    with pytest.raises(QuotaExhausted, match="1 of others go first"):
        meter(quotas, Turn(publication_id="d")).reserve("call")


def test_a_line_everybody_sees_names_no_publication(desk):
    shared = Quota(limit=1, per="day", shared_by="app", costs={"call": 1})
    publication = "0f1e2d3c-0000-4000-8000-000000000001"
    meter({"calls": shared}, Turn(publication_id="x")).reserve("call")
    with pytest.raises(QuotaExhausted):
        meter({"calls": shared}, Turn(publication_id=publication)).reserve("call")
    with engine.transaction("bob") as connection:
        [line] = connection.exec_driver_sql("select to_jsonb(l) from desk.bucket_line as l").scalars()
    assert line["owner"] == "*"
    assert "0f1e2d3c" not in str(line)


@pytest.mark.parametrize(
    "wrong",
    [
        {"per": "day", "burst": 3},
        {"per": "minute", "burst": 9},
        {"per": "minute", "costs": {"call": 4}},
        {"per": "day", "costs": {"call": 6}},
        {"per": "day", "kept": 1},
    ],
)
def test_a_limit_that_could_never_be_met_is_refused_when_it_is_read(wrong):
    with pytest.raises(ValidationError):
        Quota.model_validate({"limit": 5, "shared_by": "app", "costs": {"call": 1}} | wrong)


def test_every_configured_limit_says_where_it_is_from(desk):
    for platform, quotas in settings.distribution().quotas.items():
        for name, quota in quotas.items():
            assert quota.source, f"{platform}.{name}"


def test_heed_is_for_limits_only(desk):
    import httpx

    from include.platforms.http import Calls

    class Noting(PostgresMeter):
        told: list[Any] = []  # noqa: RUF012

        def limited(self, endpoint: str, until: datetime, why: str, *, code: str | None, passing: bool) -> None:
            self.told.append((endpoint, passing))

    noting = Noting("alice", "tiktok", "mine", "app", {})
    with Calls(platform="tiktok", bases={}, meter=noting) as calls:
        request = httpx.Request("GET", "http://x", extensions={"endpoint": "video.init"})
        answers = [httpx.Response(status, request=request) for status in (500, 429)]
        down = httpx.Response(503, headers={"Retry-After": "5"}, request=request)
        asked = httpx.Response(403, headers={"Retry-After": "5"}, request=request)
        for response in (*answers, down, asked):
            error = TryAgain("Again.", after=5)
            assert calls.heed(response, error) is error
        calls.heed(answers[0], QuotaExhausted("Full.", resets_at=START))
    assert Noting.told == [("video.init", True), ("video.init", True), ("video.init", False)]
