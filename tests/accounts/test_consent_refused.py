"""What leads to no account: foreign, forged, used and old states, a person's no, unticked boxes, lost answers."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from include.accounts import accounts, consent
from include.accounts.consent import ConsentRefused
from include.database import engine
from tests.accounts.conftest import BACK, LOGINS, OWNER, Stage

NOT_VALID = "This sign-in is not valid any more. Start again."


def change(what: str) -> None:
    """Change the sign-ins under way, as no code of ours could."""
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql(f"update desk.connect_attempt set {what}").rowcount


def refused(state: str, parameters: dict[str, str], owner: str = OWNER) -> str:
    """Return the sentence a callback is refused with; nothing is kept."""
    with pytest.raises(ConsentRefused) as caught:
        consent.complete(owner, state=state, parameters=parameters)
    assert accounts.list_all(owner) == []
    return caught.value.message


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "A" * 10_000, "é\x00'--"])
def test_a_forged_state_is_refused(stage: Stage, state: str) -> None:
    back = stage.allow(consent.begin(OWNER, "youtube", redirect_uri=BACK).address)
    assert refused(state, back) == NOT_VALID
    assert stage.sandbox.calls("oauth.token") == []


def test_a_state_counts_once_even_when_two_come_at_once(stage: Stage) -> None:
    begun = consent.begin(OWNER, "youtube", redirect_uri=BACK)
    back = stage.allow(begun.address)

    def come(_: int) -> str:
        try:
            return str(consent.complete(OWNER, state=begun.state, parameters=back).account is not None)
        except ConsentRefused as refusal:
            return refusal.message

    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(come, range(8)))
    assert sorted(answers) == sorted([*[NOT_VALID] * 7, "True"])


def test_a_refused_state_is_used_up_too(stage: Stage) -> None:
    begun = consent.begin(OWNER, "youtube", redirect_uri=BACK)
    back = stage.allow(begun.address)
    refused(begun.state, {"error": "access_denied", "state": begun.state})
    assert refused(begun.state, back) == NOT_VALID


def test_a_state_is_only_its_owners(stage: Stage) -> None:
    begun = consent.begin(OWNER, "youtube", redirect_uri=BACK)
    back = stage.allow(begun.address)
    assert refused(begun.state, back, owner="mallory") == NOT_VALID
    done = consent.complete(OWNER, state=begun.state, parameters=back)  # and it is not used up by that
    assert done.account is not None
    assert done.account.owner == OWNER


def test_a_state_lives_ten_minutes(stage: Stage) -> None:
    begun = consent.begin(OWNER, "youtube", redirect_uri=BACK)
    back = stage.allow(begun.address)
    with engine.transaction(OWNER) as connection:
        lasts = connection.exec_driver_sql("select expires_at - begun_at from desk.connect_attempt").scalar_one()
    assert lasts.total_seconds() == 600
    change("expires_at = now() - interval '1 second'")
    assert refused(begun.state, back) == NOT_VALID


def test_only_a_hash_of_the_state_and_a_sealed_verifier_are_stored(stage: Stage) -> None:
    begun = consent.begin(OWNER, "tiktok", redirect_uri=BACK)
    with engine.transaction(OWNER) as connection:
        [row] = connection.exec_driver_sql("select t::text, verifier from desk.connect_attempt as t").all()
    assert begun.state not in row[0]
    assert base64.urlsafe_b64decode(begun.state + "=").hex() not in row[0]
    assert bytes(row[1])[:1] == b"\x01"  # an envelope of the vault


def test_what_is_over_is_deleted_whoever_began_it(stage: Stage) -> None:
    consent.begin(OWNER, "youtube", redirect_uri=BACK)
    change("expires_at = now() - interval '1 second'")
    consent.begin("bob", "youtube", redirect_uri=BACK)
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql("select count(*) from desk.connect_attempt").scalar_one() == 0
    assert consent.forget_over() == 0


@pytest.mark.parametrize(("platform", "login"), LOGINS)
def test_a_no_is_said_in_words(stage: Stage, platform: str, login: str | None) -> None:
    begun = consent.begin(OWNER, platform, redirect_uri=BACK, login=login)
    back = stage.allow(begun.address, decision="deny")
    assert "You did not allow access on" in refused(begun.state, back)
    assert [call for call in stage.sandbox.calls() if "token" in call["endpoint"]] == []


@pytest.mark.parametrize(
    "parameters",
    [{}, {"code": ""}, {"error": "server_error", "error_description": "x\x1b[31m" * 200}, {"error": "", "code": ""}],
)
def test_a_callback_without_a_code_is_refused_in_printable_words(stage: Stage, parameters: dict[str, str]) -> None:
    begun = consent.begin(OWNER, "youtube", redirect_uri=BACK)
    sentence = refused(begun.state, parameters)
    assert "YouTube ended the sign-in" in sentence
    assert sentence.isprintable()
    assert len(sentence) < 350


def test_a_wrong_code_is_refused(stage: Stage) -> None:
    begun = consent.begin(OWNER, "youtube", redirect_uri=BACK)
    assert "reconnect" in refused(begun.state, {"code": "4/0Anonsense"})


def test_a_code_from_another_sign_in_does_not_fit(stage: Stage) -> None:
    """Code injection (RFC 9700, 4.5): PKCE binds the code to the sign-in it was made for."""
    mallorys = stage.allow(consent.begin("mallory", "youtube", redirect_uri=BACK).address, "Mallory")
    begun = consent.begin(OWNER, "youtube", redirect_uri=BACK)
    refused(begun.state, {**mallorys, "state": begun.state})


UNTICKED: list[tuple[str, str | None, list[str], str]] = [
    ("youtube", None, ["https://www.googleapis.com/auth/youtube.readonly"], "upload videos (youtube.upload)"),
    ("tiktok", None, ["user.info.basic", "video.upload"], "publish videos (video.publish)"),
    ("facebook", None, ["pages_show_list"], "read your Pages (pages_read_engagement), publish on your Pages"),
    ("instagram", "facebook", ["instagram_basic", "pages_show_list"], "publish (instagram_content_publish)"),
    ("instagram", "instagram", ["instagram_business_basic"], "publish (instagram_business_content_publish)"),
    ("linkedin", None, ["openid", "profile"], "post as you (w_member_social)"),
]


@pytest.mark.parametrize(("platform", "login", "ticked", "named"), UNTICKED)
def test_a_needed_box_that_was_unticked_is_named(
    stage: Stage, platform: str, login: str | None, ticked: list[str], named: str
) -> None:
    begun = consent.begin(OWNER, platform, redirect_uri=BACK, login=login)
    back = stage.allow(begun.address, scope=ticked)
    with pytest.raises(ConsentRefused) as caught:
        consent.complete(OWNER, state=begun.state, parameters=back)
    assert named in caught.value.message
    assert caught.value.missing_scopes
    assert not set(caught.value.missing_scopes) & set(ticked)
    assert accounts.list_all(OWNER) == []


def test_a_useful_box_that_was_unticked_is_said_and_the_account_kept(stage: Stage) -> None:
    ticked = ["user.info.basic", "user.info.profile", "video.publish", "video.upload"]
    done = stage.sign_in("tiktok", form={"scope": ticked})
    assert done.account is not None
    assert done.missing_scopes == ("user.info.stats", "video.list")
    assert "read your follower and like counts (user.info.stats)" in str(done.advice)
    assert done.account.scopes == tuple(sorted(ticked, key=done.account.scopes.index))


@pytest.mark.parametrize(("platform", "login"), LOGINS)
@pytest.mark.parametrize("action", ["drop_after", "drop_before"])
def test_a_lost_answer_of_the_code_exchange_changes_nothing(
    stage: Stage, platform: str, login: str | None, action: str
) -> None:
    before = stage.sign_in(platform, login=login, account_id="mine").account
    begun = consent.begin(OWNER, platform, redirect_uri=BACK, login=login, account_id="mine")
    back = stage.allow(begun.address)
    stage.sandbox.forget_calls()
    stage.sandbox.fault(match={"path": TOKEN_PATHS[platform, login]}, action=action)
    with pytest.raises(ConsentRefused, match=r"Nothing was changed here; start again"):
        consent.complete(OWNER, state=begun.state, parameters=back)
    asked = [call for call in stage.sandbox.calls() if call["path"] == TOKEN_PATHS[platform, login]]
    assert len(asked) == 1  # a code is never sent twice
    stage.sandbox.clear_faults()
    assert accounts.read(OWNER, "mine") == before
    again = stage.sign_in(platform, login=login, account_id="mine").account
    assert again is not None
    assert again.state == "connected"


TOKEN_PATHS = {
    ("youtube", None): "/youtube/oauth/token",
    ("tiktok", None): "/tiktok/v2/oauth/token/",
    ("linkedin", None): "/linkedin/www/oauth/v2/accessToken",
    ("facebook", None): "/facebook/graph/v26.0/oauth/access_token",
    ("instagram", "facebook"): "/instagram/graph/v26.0/oauth/access_token",
    ("instagram", "instagram"): "/instagram/api-ig/oauth/access_token",
}


def test_a_platform_that_fails_for_a_moment_after_the_exchange_does_not_cost_the_sign_in(stage: Stage) -> None:
    begun = consent.begin(OWNER, "youtube", redirect_uri=BACK)
    back = stage.allow(begun.address)
    stage.sandbox.fault(match={"endpoint": "channels.list"}, action="status", status=503, times=1)
    assert consent.complete(OWNER, state=begun.state, parameters=back).account is not None


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "/desk//evil.example", "desk", "", "/deskevil",
        "/", "javascript:alert(1)", "/desk/../admin", "/desk\nLocation: x", "/desk#@evil.example", "/desk/%2e%2e/x",
        "/desk@evil.example", " /desk",
    ],
)  # fmt: skip
def test_only_our_own_pages_can_be_returned_to(stage: Stage, return_to: str) -> None:
    with pytest.raises(ConsentRefused, match="must be one of ours"):
        consent.begin(OWNER, "youtube", redirect_uri=BACK, return_to=return_to)


@pytest.mark.parametrize("return_to", ["/desk", "/desk/", "/desk/accounts", "/desk/accounts?tab=youtube&x=%20"])
def test_our_own_pages_come_back_with_the_account(stage: Stage, return_to: str) -> None:
    assert stage.sign_in("youtube", return_to=return_to).return_to == return_to


@pytest.mark.parametrize(
    ("begin", "told"),
    [
        ({"account_id": "../x"}, "letters, digits"), ({"login": "google"}, "one way to sign in only"),
        ({"platform": "linkedin", "login": "facebook"}, "member, organization"),
    ],
)  # fmt: skip
def test_what_could_not_be_kept_is_refused_before_anybody_is_sent_away(
    stage: Stage, begin: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConsentRefused, match=told):
        consent.begin(OWNER, begin.pop("platform", "youtube"), redirect_uri=BACK, **begin)
