"""A reply is sent once whatever happens to its answer; everything done to a comment is written down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from include.accounts.accounts import UnknownAccount
from include.audience import moderation
from include.audience.moderation import UnknownComment
from include.database import engine
from include.platforms.errors import OutcomeUnknown, PlatformError, Rejected
from include.publishing.decisions import NotPossible
from tests.audience.conftest import Below
from tests.publishing.rows import an_account
from tests.publishing.studio import OWNER

WORDS = "Thank you, all of you! 🙏"


def outcomes() -> list[tuple[str, str]]:
    return [(each["action"], each["outcome"]) for each in reversed(moderation.acts(OWNER))]


def test_a_reply_is_out_once_and_the_same_words_again_send_nothing(below: Below):
    first = moderation.reply(OWNER, below.account_id, below.comment_id, WORDS)
    again = moderation.reply(OWNER, below.account_id, below.comment_id, f"  {WORDS}\n")
    assert (first.outcome, first.again, again.again, again.reply_id) == ("done", False, True, first.reply_id)
    assert below.answers(WORDS) == 1
    assert outcomes() == [("reply", "done")]


def test_a_lost_answer_is_looked_for_and_found(below: Below):
    below.studio.sandbox.fault(match={"method": "POST"}, action="drop_after", times=1)
    done = moderation.reply(OWNER, below.account_id, below.comment_id, WORDS)
    assert done.outcome == "found"
    assert below.answers(WORDS) == 1


def test_a_reply_that_is_not_to_be_seen_is_never_sent_again(below: Below):
    below.studio.sandbox.fault(match={"method": "POST"}, action="drop_before", times=1)
    for _ in range(3):
        with pytest.raises(OutcomeUnknown, match="will not be sent again"):
            moderation.reply(OWNER, below.account_id, below.comment_id, WORDS)
    assert below.answers(WORDS) == 0
    assert outcomes() == [("reply", "unknown")]
    assert moderation.reply(OWNER, below.account_id, below.comment_id, "Other words").outcome == "done"


def test_a_reply_that_was_surely_not_sent_may_be_sent_again(below: Below):
    if below.platform != "youtube":
        pytest.skip("an answer of Meta's without its own error proves nothing; it counts as lost")
    below.studio.sandbox.fault(match={"method": "POST"}, action="status", status=429, times=1)
    with pytest.raises(PlatformError):
        moderation.reply(OWNER, below.account_id, below.comment_id, WORDS)
    with engine.transaction(OWNER) as connection:  # a minute's patience
        connection.exec_driver_sql("delete from desk.bucket")
        connection.exec_driver_sql("delete from desk.quota_pause")
    assert moderation.reply(OWNER, below.account_id, below.comment_id, WORDS).outcome == "done"
    assert below.answers(WORDS) == 1
    assert outcomes() == [("reply", "nothing"), ("reply", "done")]


KILLED = """
import os, signal
from include.audience import moderation
ended = moderation._end
def die(*a, **k):
    os.kill(os.getpid(), signal.SIGKILL)
moderation._end = die
moderation.reply({owner!r}, {account!r}, {comment!r}, {words!r})
"""


@pytest.mark.long
def test_a_process_killed_between_the_call_and_its_note_sends_nothing_twice(below: Below):
    code = KILLED.format(owner=OWNER, account=below.account_id, comment=below.comment_id, words=WORDS)
    killed = subprocess.run([sys.executable, "-c", code], env=dict(os.environ), capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-500:]
    assert outcomes() == [("reply", "begun")]
    done = moderation.reply(OWNER, below.account_id, below.comment_id, WORDS)
    assert (done.outcome, below.answers(WORDS)) == ("found", 1)


def test_eight_at_once_send_one(below: Below):
    def send(_: int) -> str:
        try:
            return moderation.reply(OWNER, below.account_id, below.comment_id, WORDS).outcome
        except NotPossible:
            return "busy"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(send, range(8)))
    assert set(told) <= {"done", "busy"}
    assert below.answers(WORDS) == 1


def test_hiding_and_showing_again_are_seen_there_and_here(below: Below):
    for action, hidden in (("hide", True), ("hide", True), ("unhide", False)):
        moderation.act(OWNER, below.account_id, below.comment_id, action)  # type: ignore[arg-type]
        told = {each["id"]: each["hidden"] for each in below.said()}
        assert told[below.comment_id] is hidden
        (row,) = moderation.comments(OWNER, below.account_id, video_id=below.video_id)
        assert row["hidden"] is hidden
    assert [outcome for _, outcome in outcomes()] == ["done"] * 3


def test_deleting_takes_it_away_and_is_refused_in_words_where_the_author_alone_may(below: Below):
    if below.platform == "youtube":
        with pytest.raises(Rejected, match="Reject it instead"):
            moderation.act(OWNER, below.account_id, below.comment_id, "delete")
        moderation.act(OWNER, below.account_id, below.comment_id, "reject")
    else:
        for _ in range(2):
            moderation.act(OWNER, below.account_id, below.comment_id, "delete")
    assert below.comment_id not in {each["id"] for each in below.said()}


def test_holding_and_rejecting_are_youtubes_alone(below: Below):
    if below.platform != "youtube":
        with pytest.raises(Rejected, match="lets nobody hold comments by API"):
            moderation.act(OWNER, below.account_id, below.comment_id, "hold")


def test_too_many_words_are_refused_before_anything_is_sent(below: Below):
    with pytest.raises(Rejected, match="characters"):
        moderation.reply(OWNER, below.account_id, below.comment_id, "x" * 10_001)
    assert outcomes() == []


def test_platforms_without_moderation_and_strangers_are_refused(below: Below):
    an_account(OWNER, "tt", "tiktok")
    with pytest.raises(Rejected, match="TikTok lets nobody reply comments by API"):
        moderation.reply(OWNER, "tt", "1", WORDS)
    with pytest.raises(UnknownComment):
        moderation.reply(OWNER, below.account_id, "none", WORDS)
    with pytest.raises(UnknownAccount):
        moderation.reply("bob", below.account_id, below.comment_id, WORDS)
    with pytest.raises(UnknownAccount):
        moderation.comments("bob", below.account_id)
