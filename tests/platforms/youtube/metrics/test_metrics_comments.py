"""Comments: all of them, whatever they say; answers, edits and deletions; limits of pages and dead cursors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml

from include import settings
from include.platforms.reading import Asked
from include.platforms.youtube import comments
from include.platforms.youtube.threads import comment_row
from tests.platforms.youtube.metrics.stage import NOW, Channel

LONG = 10_000


def spoken(channel: Channel, video: str) -> dict[str, dict[str, Any]]:
    """Return every comment the sandbox lists below a video, read by hand."""
    found, token = {}, ""
    while True:
        params = {"part": "snippet,replies", "videoId": video, "maxResults": "100", "textFormat": "plainText"}
        body = channel.ask("GET", "commentThreads", params=params | ({"pageToken": token} if token else {})).json()
        for thread in body["items"]:
            found[thread["id"]] = thread["snippet"]["topLevelComment"]["snippet"]
            answers = channel.ask(
                "GET", "comments", params={"part": "snippet", "parentId": thread["id"], "maxResults": "100",
                                           "textFormat": "plainText"}
            ).json()["items"] if thread["snippet"]["totalReplyCount"] else []  # fmt: skip
            found |= {one["id"]: one["snippet"] for one in answers}
        token = body.get("nextPageToken", "")
        if not token:
            return found


def kept(channel: Channel) -> dict[str, Any]:
    return {row.comment_id: row for row in channel.rows("select * from youtube.comment")}


def test_everything_that_is_said_is_kept_as_it_is_said(channel: Channel):
    video = channel.plant_talked_about()
    assert channel.collect("comment_sweeps").state == "done"
    there, rows = spoken(channel, video), kept(channel)
    assert set(rows) == set(there)
    assert len(rows) >= 100
    for key, snippet in there.items():
        row = rows[key]
        assert (row.text, row.likes, row.author_name) == (
            snippet["textOriginal"], snippet["likeCount"], snippet["authorDisplayName"],
        )  # fmt: skip
        assert (row.parent_id, row.video_id, row.hidden, row.deleted_at) == (
            snippet.get("parentId"), video, False, None,
        )  # fmt: skip
    texts = [row.text for row in rows.values()]
    assert max(map(len, texts)) == LONG
    assert any("ك" in text for text in texts)
    assert any("👩‍👩‍👧‍👦" in text for text in texts)
    assert any(row.parent_id for row in rows.values())


def test_only_what_is_new_is_listed_again(channel: Channel, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(comments, "COMMENT_PAGES", 1000)
    channel.plant_talked_about(NOW - timedelta(days=60))
    channel.collect("comments")
    first, known = len(channel.calls("commentThreads.list")), set(kept(channel))
    channel.studio.sandbox.forget_calls()
    later = NOW + timedelta(days=1)
    channel.clock(later)
    assert channel.collect("comments", later).state == "done"
    again = len(channel.calls("commentThreads.list"))
    new = [row for key, row in kept(channel).items() if key not in known and row.parent_id is None]
    assert 3 <= again <= 3 + len(new) // 100 + 1 < first
    assert new


def test_a_sweep_notices_edits_deletions_and_what_is_held_back(channel: Channel):
    channel.plant_talked_about()
    channel.collect("comment_sweeps")
    tops = [key for key, row in kept(channel).items() if row.parent_id is None]
    edited, deleted, held = tops[:3]
    channel.studio.sandbox._call("POST", "/sandbox/youtube/comment", {"id": edited, "text": "I changed my mind"})
    channel.studio.sandbox._call("POST", "/sandbox/youtube/comment", {"id": deleted, "deleted": True})
    answer = channel.ask(
        "POST", "comments/setModerationStatus", params={"id": held, "moderationStatus": "heldForReview"}
    )
    assert answer.status_code == 204
    before = kept(channel)[edited].text
    later = NOW + timedelta(days=31)
    channel.clock(later)
    assert channel.collect("comment_sweeps", later).state == "done"
    rows = kept(channel)
    assert rows[edited].text == "I changed my mind"
    assert rows[edited].edited_at is not None
    (old,) = channel.rows("select * from youtube.comment_earlier")
    assert (old.comment_id, old.text) == (edited, before)
    assert rows[deleted].deleted_at == later
    assert rows[deleted].text
    assert rows[held].hidden
    assert rows[held].deleted_at is None
    gone = {key for key, row in rows.items() if row.deleted_at}
    assert gone - {deleted} <= {key for key, row in rows.items() if row.parent_id in (deleted, held)}


def test_an_answer_by_the_channel_is_its_own(channel: Channel):
    channel.plant_talked_about()
    channel.collect("comment_sweeps")
    parent = next(key for key, row in kept(channel).items() if row.parent_id is None)
    body = {"snippet": {"parentId": parent, "textOriginal": "Thank you! 🙏"}}
    assert channel.ask("POST", "comments", params={"part": "snippet"}, json=body).status_code == 200
    assert channel.collect("comment_sweeps", everything=True).state == "done"
    (own,) = [row for row in kept(channel).values() if row.is_own]
    assert (own.text, own.parent_id) == ("Thank you! 🙏", parent)


def test_a_capped_sweep_deletes_nothing_it_did_not_reach(channel: Channel):
    channel.plant_talked_about(NOW - timedelta(days=60))
    channel.collect("comment_sweeps")
    count = len(kept(channel))
    configured = channel.studio.folder / "config" / "analytics.yaml"
    known = yaml.safe_load(configured.read_text())
    configured.write_text(yaml.safe_dump(known | {"platforms": {"youtube": {"sweep_pages": 1}}}))
    settings.forget()
    later = NOW + timedelta(days=31)
    assert channel.collect("comment_sweeps", later).state == "done"
    (sweep,) = channel.rows("select * from youtube.comment_sweep where swept_at = %s", later)
    assert not sweep.whole
    assert sweep.reaches_to is not None
    assert len(kept(channel)) == count
    assert not any(row.deleted_at for row in kept(channel).values())


def test_a_cursor_that_expired_is_begun_anew_and_never_costs_the_rest(channel: Channel):
    channel.plant_talked_about(NOW - timedelta(days=60))
    channel.settings(youtube_comments_page_tokens_live=False)
    outcome = channel.collect("comments")
    assert (outcome.state, outcome.error) == ("done", None)
    assert len(kept(channel)) >= 100
    assert channel.collect("comment_sweeps").state == "done"
    assert not channel.rows("select * from youtube.comment_sweep")[0].whole


def test_a_video_without_comments_is_no_error(channel: Channel):
    on = channel.plant_talked_about()
    (off,) = channel.plant(1)
    closed = channel.ask(
        "PUT", "videos", params={"part": "status"},
        json={"id": off, "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": True}},
    )  # fmt: skip
    assert closed.status_code == 200
    assert channel.collect("comment_sweeps").state == "done"
    assert {row.video_id for row in kept(channel).values()} == {on}


def test_ids_and_numbers_beyond_what_fits_a_float_stay_exact():
    asked = Asked(now=NOW, first=NOW.date(), last=NOW.date())
    row = comment_row(asked, {"id": "Ugx9007199254740993", "snippet": {"likeCount": 2**53 + 1}}, None)
    assert (row["comment_id"], row["likes"]) == ("Ugx9007199254740993", 9007199254740993)
