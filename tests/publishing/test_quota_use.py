"""How full each limit is, as people and Prometheus see it; and Instagram's last place, with the real sandbox."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from include import settings
from include.accounts import accounts
from include.platforms.instagram import quota
from include.publishing import limits, steps
from include.publishing.clients import open_calls
from include.publishing.quota_use import QuotaUse
from include.publishing.quotas import PostgresMeter, Turn
from include.releases.publication import State
from tests.publishing.rows import an_account
from tests.publishing.studio import OWNER, run_to_the_end

TURN = Turn(publication_id="p")


def meter(account: str = "my_youtube", platform: str = "youtube", owner: str = OWNER) -> PostgresMeter:
    app = settings.app(platform).client_id
    quotas = settings.distribution().quotas[platform]
    return PostgresMeter(owner, platform, account, app, quotas, turn=TURN)


def use(family: str, account: str | None = None, owner: str = OWNER) -> QuotaUse:
    [found] = [each for each in limits.overview(owner) if (each.family, each.account_id) == (family, account)]
    return found


def app(monkeypatch, *platforms: str) -> None:
    for platform in platforms:
        for name in settings.app_variables(platform)[1:]:
            monkeypatch.setenv(name, "an-app")


def test_every_limit_of_an_owners_accounts_and_apps_is_told_once(desk, monkeypatch):
    app(monkeypatch, "youtube", "tiktok")
    for account, platform in (("my_youtube", "youtube"), ("second", "youtube"), ("my_tiktok", "tiktok")):
        an_account(OWNER, account, platform)
    found = [(each.platform, each.family, each.account_id) for each in limits.overview(OWNER)]
    assert len(found) == len(set(found))
    quotas = settings.distribution().quotas
    shared = [name for name, each in quotas["youtube"].items() if each.shared_by == "app"]
    assert {family for platform, family, account in found if account is None} == set(shared)
    assert [family for _, family, account in found if account == "second"] == ["channel_uploads"]
    assert {family for _, family, account in found if account == "my_tiktok"} == set(quotas["tiktok"])
    assert limits.overview("bob") == ()


def test_what_is_used_is_counted_where_it_is_shared(desk, monkeypatch):
    app(monkeypatch, "youtube")
    an_account(OWNER)
    an_account("bob")
    for owner in (OWNER, "bob"):
        one = meter(owner=owner)
        one.settle(one.reserve("videos.insert"), sent=True)
    assert (use("uploads").used, use("uploads").limit) == (2, 100)
    assert (use("channel_uploads", "my_youtube").used, use("units").used) == (1, 0)
    assert use("units").kept == 6000
    assert use("uploads").resets_at > datetime.now(UTC)
    assert abs(use("channel_uploads", "my_youtube").resets_at - datetime.now(UTC) - timedelta(days=1)).seconds < 60


def test_a_rate_is_full_again_after_a_while(desk, monkeypatch):
    app(monkeypatch, "tiktok")
    an_account(OWNER, "my_tiktok", "tiktok")
    assert (use("inits", "my_tiktok").used, use("inits", "my_tiktok").resets_at) == (0, None)
    one = meter("my_tiktok", "tiktok")
    for _ in range(3):
        one.reserve("video.init")
    found = use("inits", "my_tiktok")
    assert (found.used, found.limit, found.per) == (3, 5, "minute")
    assert timedelta(seconds=90) < found.resets_at - datetime.now(UTC) < timedelta(seconds=98)  # 3 × 65 / 2 s


def test_what_a_platform_told_is_told_on(desk, monkeypatch):
    app(monkeypatch, "instagram")
    an_account(OWNER, "my_instagram", "instagram")
    one = meter("my_instagram", "instagram")
    one.tell("publishes", used=12, limit=25)
    one.tell("calls", used=88, limit=100)
    until = datetime.now(UTC) + timedelta(hours=2)
    one.limited("media.publish", until, "No more today.", code="9/2207042", passing=False)
    publishes, calls = use("publishes", "my_instagram"), use("calls", "my_instagram")
    assert (publishes.used, publishes.limit, publishes.shut_until, publishes.why) == (12, 25, until, "No more today.")
    assert (calls.used, calls.limit, calls.per) == (88, 100, "percent")


def test_what_is_planned_is_in_the_forecast(studio):
    name = studio.connect("youtube")
    later = (datetime.now(UTC) + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%S")
    studio.register(targets=[{"account": name, "scheduled_for": later, "timezone": "UTC", "placement": "short"}])
    found = use("channel_uploads", name)
    assert (found.used, found.forecast) == (0, 1)


def test_of_two_workers_on_instagrams_last_place_one_calls(studio, source, monkeypatch):
    name = studio.connect("instagram")
    studio.sandbox.settings(instagram_quota_total=1)
    both = []
    try:
        for number in range(2):
            studio.export(source, f"last{number}")
            both += studio.register(f"job{number}", title_id=f"last{number}", targets=[{"account": name}])
        for each in both:
            steps.validate(OWNER, each)
            steps.upload(OWNER, each)
            while not isinstance(steps.check(OWNER, each), steps.Done):
                pass
        read = quota.reserve_place
        gate = Barrier(2)

        def read_at_the_same_moment(*given):
            read(*given)
            gate.wait(10)

        monkeypatch.setattr(quota, "reserve_place", read_at_the_same_moment)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda each: steps.finish(OWNER, each), both))
        monkeypatch.setattr(quota, "reserve_place", read)
        calls = studio.sandbox.calls("media.publish")
    finally:
        studio.sandbox.settings(instagram_quota_total=50)
    assert [call["status"] for call in calls] == [200]
    states = sorted(run_to_the_end(each, seconds=1).state for each in both)
    assert states == [State.PUBLISHED, State.WAITING_QUOTA]
    assert len(studio.sandbox.published("instagram")) == 1


def test_calls_without_a_publication_are_reads_and_looks_at_one_are_told_apart(studio):
    account = accounts.read(OWNER, studio.connect("youtube"))
    for turn, share in ((None, "read"), (Turn(publication_id="p", reads=True), "look"), (TURN, "publish")):
        with open_calls(account, turn=turn) as calls:
            assert calls.meter._share() == share  # type: ignore[attr-defined]
