"""Resumable uploads: what is stored, what is refused, what is answered again (youtube.md 2)."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.callers import UNIT, YouTubeCaller, reason_of, sha256
from tests.sandbox_server import SandboxServer

BYTES = bytes(range(256)) * (3 * 1024 + 7)
"""Three units and a bit."""
TOTAL = len(BYTES)


@pytest.fixture
def session(youtube: YouTubeCaller) -> str:
    """The address of a new upload of `BYTES`."""
    started = youtube.start(TOTAL)
    assert (started.status_code, started.content) == (200, b"")
    return str(started.headers["Location"])


def test_chunks_arrive_in_order_and_make_one_video(
    sandbox: SandboxServer, youtube: YouTubeCaller, session: str
) -> None:
    first = youtube.put(session, BYTES[: 2 * UNIT], f"bytes 0-{2 * UNIT - 1}/{TOTAL}")
    assert (first.status_code, first.headers["Range"]) == (308, f"bytes=0-{2 * UNIT - 1}")
    last = youtube.put(session, BYTES[2 * UNIT :], f"bytes {2 * UNIT}-{TOTAL - 1}/{TOTAL}")
    assert last.status_code == 201
    (entry,) = sandbox.published()
    assert (entry["id"], entry["sha256"], entry["size"]) == (last.json()["id"], sha256(BYTES), TOTAL)
    assert entry["file_name"] == "clip.mp4"


def test_new_session_has_no_range(youtube: YouTubeCaller, session: str) -> None:
    asked = youtube.ask(session, TOTAL)
    assert (asked.status_code, "Range" in asked.headers) == (308, False)


def test_status_query_says_how_much_is_stored(youtube: YouTubeCaller, session: str) -> None:
    youtube.put(session, BYTES[:UNIT], f"bytes 0-{UNIT - 1}/{TOTAL}")
    assert youtube.ask(session, TOTAL).headers["Range"] == f"bytes=0-{UNIT - 1}"
    assert youtube.ask(session, "*").headers["Range"] == f"bytes=0-{UNIT - 1}"


@pytest.mark.parametrize("start", [0, UNIT // 2, 2 * UNIT])
def test_wrong_start_stores_nothing(youtube: YouTubeCaller, session: str, start: int) -> None:
    youtube.put(session, BYTES[:UNIT], f"bytes 0-{UNIT - 1}/{TOTAL}")
    odd = youtube.put(session, BYTES[start : start + UNIT], f"bytes {start}-{start + UNIT - 1}/{TOTAL}")
    assert (odd.status_code, odd.headers["Range"]) == (308, f"bytes=0-{UNIT - 1}")


def test_unaligned_chunk_is_refused(youtube: YouTubeCaller, session: str) -> None:
    odd = youtube.put(session, BYTES[: UNIT - 1], f"bytes 0-{UNIT - 2}/{TOTAL}")
    assert odd.status_code == 400
    assert "Range" not in youtube.ask(session, TOTAL).headers


def test_unaligned_chunk_keeps_its_aligned_part_when_told(
    sandbox: SandboxServer, youtube: YouTubeCaller, session: str
) -> None:
    sandbox.settings(youtube_unaligned_stores_prefix=True)
    odd = youtube.put(session, BYTES[: UNIT + 5], f"bytes 0-{UNIT + 4}/{TOTAL}")
    assert (odd.status_code, odd.headers["Range"]) == (308, f"bytes=0-{UNIT - 1}")


@pytest.mark.parametrize(
    "content_range", [f"bytes 0-{UNIT - 1}/{TOTAL + 1}", f"bytes 0-{UNIT}/{TOTAL}", "bytes 5-4/9", "bytes zero"]
)
def test_contradictions_are_refused(youtube: YouTubeCaller, session: str, content_range: str) -> None:
    assert youtube.put(session, BYTES[:UNIT], content_range).status_code == 400


def test_body_shorter_than_announced_is_refused(youtube: YouTubeCaller, session: str) -> None:
    assert youtube.put(session, BYTES[:UNIT]).status_code == 400


def test_finished_session_repeats_its_answer(sandbox: SandboxServer, youtube: YouTubeCaller, session: str) -> None:
    done = youtube.put(session, BYTES)
    assert youtube.ask(session, TOTAL).json() == done.json()
    assert youtube.put(session, BYTES).json() == done.json()
    assert len(sandbox.published()) == 1


def test_finished_upload_can_answer_200(sandbox: SandboxServer, youtube: YouTubeCaller, session: str) -> None:
    sandbox.settings(youtube_finished_status=200)
    assert youtube.put(session, BYTES).status_code == 200


@pytest.mark.parametrize("status", [404, 410])
def test_session_ends_after_a_week(sandbox: SandboxServer, youtube: YouTubeCaller, session: str, status: int) -> None:
    sandbox.settings(youtube_gone_status=status, youtube_token_seconds=30 * 86_400)
    lasting = YouTubeCaller(sandbox)
    sandbox.settings(clock_offset_seconds=7 * 86_400 - 60)
    assert lasting.ask(session, TOTAL).status_code == 308
    sandbox.settings(clock_offset_seconds=7 * 86_400 + 60)
    assert lasting.ask(session, TOTAL).status_code == status


def test_unknown_session_is_not_found(youtube: YouTubeCaller, session: str) -> None:
    assert youtube.ask(session.replace("upload_id=xa", "upload_id=xb"), TOTAL).status_code == 404


def test_chunk_without_token_is_refused_unless_told(
    sandbox: SandboxServer, youtube: YouTubeCaller, session: str
) -> None:
    assert httpx.put(session, content=BYTES).status_code == 401
    sandbox.settings(youtube_put_without_token=True)
    assert httpx.put(session, content=BYTES).status_code == 201


def test_foreign_token_cannot_write_to_a_session(sandbox: SandboxServer, session: str) -> None:
    assert YouTubeCaller(sandbox, "Somebody else").put(session, BYTES).status_code == 403


def test_total_may_be_unknown_until_the_end(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    session = youtube.start(None).headers["Location"]
    assert youtube.put(session, BYTES[:UNIT], f"bytes 0-{UNIT - 1}/*").status_code == 308
    assert youtube.put(session, BYTES[UNIT:], f"bytes {UNIT}-{TOTAL - 1}/{TOTAL}").status_code == 201
    assert sandbox.published()[0]["sha256"] == sha256(BYTES)


def test_server_may_store_less_than_was_sent(sandbox: SandboxServer, youtube: YouTubeCaller, session: str) -> None:
    sandbox.settings(youtube_store_at_most=UNIT)
    short = youtube.put(session, BYTES[: 2 * UNIT], f"bytes 0-{2 * UNIT - 1}/{TOTAL}")
    assert (short.status_code, short.headers["Range"]) == (308, f"bytes=0-{UNIT - 1}")
    youtube.put(session, BYTES[UNIT : 2 * UNIT], f"bytes {UNIT}-{2 * UNIT - 1}/{TOTAL}")
    assert youtube.put(session, BYTES[2 * UNIT :], f"bytes {2 * UNIT}-{TOTAL - 1}/{TOTAL}").status_code == 201
    assert sandbox.published()[0]["sha256"] == sha256(BYTES)


def test_session_may_move(sandbox: SandboxServer, youtube: YouTubeCaller, session: str) -> None:
    sandbox.settings(youtube_move_sessions=True)
    moved = youtube.put(session, BYTES[:UNIT], f"bytes 0-{UNIT - 1}/{TOTAL}").headers["Location"]
    assert youtube.put(moved, BYTES[UNIT:], f"bytes {UNIT}-{TOTAL - 1}/{TOTAL}").status_code == 201


def test_empty_file_is_taken_and_fails_later(youtube: YouTubeCaller) -> None:
    status = youtube.video(youtube.publish(b""))["status"]
    assert (status["uploadStatus"], status["failureReason"]) == ("failed", "emptyFile")


def test_bad_file_name_is_refused(youtube: YouTubeCaller) -> None:
    address = f"{youtube.upload}/videos?uploadType=resumable&part=snippet"
    refused = youtube.http.post(address, json={"snippet": {"title": "A"}}, headers={"Slug": "a" * 300})
    assert (refused.status_code, reason_of(refused)) == (400, "invalidFilename")
