"""Which accounts publish when a run names none: by segment and age bucket, else the default ones."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from include import settings
from include.accounts import accounts
from include.publishing.registration import Refused, choose_accounts
from include.releases.conf import ConfError, read_conf
from tests.publishing.rows import an_account

OWNER = "alice"


@pytest.fixture
def named(desk: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a way to write `accounts` into the configuration."""

    def write(content: dict[str, Any]) -> None:
        config = yaml.safe_load((settings.PROJECT / "config" / "distribution.yaml").read_text())
        (desk / "distribution.yaml").write_text(yaml.safe_dump(config | {"accounts": content}))
        monkeypatch.setenv("RELEASE_DESK_CONFIG", str(desk))
        settings.forget()

    for name, platform in (("tube", "youtube"), ("tok", "tiktok"), ("kids_tube", "youtube")):
        an_account(OWNER, name, platform)
    return write


def chosen(owner: str = OWNER, segment: str = "kids", age: str = "10-13", **conf: Any) -> list[str]:
    """Return the names of the accounts a run would use."""
    distribution = settings.distribution()
    read = read_conf(
        {"segment": segment, "age_bucket": age, "title_id": "t1", **conf},
        segments=distribution.segments, age_buckets=distribution.age_buckets, platforms=("youtube", "tiktok"),
    )  # fmt: skip
    return [account.account_id for account, _ in choose_accounts(read, owner)]


def test_without_a_line_every_default_account_publishes(named: Any) -> None:
    named({"women": ["tube"]})
    assert chosen() == ["tok", "kids_tube", "tube"]
    assert chosen(segment="women", age="18-23") == ["tube"]


def test_a_segment_may_differ_by_age_bucket(named: Any) -> None:
    named({"kids": {"10-13": ["kids_tube"]}})
    assert chosen() == ["kids_tube"]
    assert chosen(age="14-17") == ["tok", "kids_tube", "tube"]


def test_a_platform_that_was_asked_for_and_is_not_named_gets_the_defaults(named: Any) -> None:
    named({"kids": ["kids_tube"]})
    assert chosen(platforms=["tiktok", "youtube"]) == ["kids_tube", "tok"]


def test_what_a_run_names_itself_wins(named: Any) -> None:
    named({"kids": ["kids_tube"]})
    assert chosen(targets=[{"account": "tok"}]) == ["tok"]


def test_an_owner_who_has_none_of_them_uses_the_defaults(named: Any) -> None:
    named({"kids": ["kids_tube"]})
    an_account("bob", "bobs", "tiktok")
    assert chosen("bob") == ["bobs"]


def test_a_name_that_is_wrong_is_said(named: Any) -> None:
    named({"kids": ["kids_tube", "typo"]})
    with pytest.raises(ConfError, match="names the account 'typo' for kids, 10-13, and 'alice' has none"):
        chosen()


@pytest.mark.parametrize("content", [{"nobody": ["tube"]}, {"kids": {"5-9": ["tube"]}}])
def test_an_unknown_segment_or_age_bucket_is_refused_when_it_is_read(named: Any, content: dict[str, Any]) -> None:
    named(content)
    with pytest.raises(settings.SettingsError, match="is called"):
        settings.distribution()


def test_an_account_of_a_gateway_publishes_only_when_it_is_named(named: Any) -> None:
    named({})
    row = {"platform": "tiktok", "route": "blotato", "is_default": True, "scopes": []}
    accounts.keep(OWNER, "via", row, {"platform_user_id": "1"}, {})
    assert "via" not in chosen()
    assert chosen(targets=[{"account": "via"}]) == ["via"]


def test_a_service_that_publishes_nothing_is_refused(named: Any) -> None:
    named({})
    row = {"platform": "social_blade", "route": "social_blade", "is_default": False, "scopes": []}
    accounts.keep(OWNER, "figures", row, {"platform_user_id": "1"}, {})
    with pytest.raises(Refused, match="'figures' is at social_blade, which publishes nothing"):
        chosen(targets=[{"account": "figures"}])
