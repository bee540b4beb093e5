"""The upload against the sandbox: whatever happens to a request, one video with the right bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from include.platforms import http
from include.platforms.contract import Pending, Published, Unfinished
from include.platforms.errors import AccountTrouble, OutcomeUnknown, QuotaExhausted, Rejected, TryAgain
from tests.platforms.youtube.scene import UNIT, ClipVideo, Desk, clip, posting
from tests.sandbox_server import SandboxServer


def assert_one_whole_video(sandbox: SandboxServer, what: Any) -> dict[str, Any]:
    (video,) = sandbox.published("youtube")
    assert video["sha256"] == what.video.sha256
    assert video["size"] == what.video.size
    return video


def test_a_video_arrives_whole_and_in_chunks(desk: Desk, sandbox: SandboxServer) -> None:
    what = posting(made_for_kids=True, synthetic_media=True)
    answer = desk.upload(what)
    assert isinstance(answer, Pending)
    video = assert_one_whole_video(sandbox, what)
    assert answer.note["video_id"] == video["id"]
    assert desk.endpoints() == ["videos.insert"] + ["videos.insert.put"] * 4
    assert desk.counts == [UNIT, 2 * UNIT, 3 * UNIT, what.video.size]
    assert video["file_name"] == "3f1c0c52-publication.mp4"
    told = {name: video[name] for name in ("title", "description", "tags", "privacy")}
    assert told == {
        "title": what.title,
        "description": what.description,
        "tags": ["sea", "slow walk"],
        "privacy": "public",
    }
    assert (video["made_for_kids"], video["synthetic_media"]) == (True, True)
    assert video["options"] == {"license": "youtube", "embeddable": True, "language": "en"}
    assert isinstance(desk.check(what, answer.note), Published)


def test_the_session_is_saved_before_the_first_byte(desk: Desk) -> None:
    def save(note: dict[str, Any]) -> None:
        assert what.video.read == 0 or note["stage"] != "sending"
        desk.save(note)

    what = posting()
    desk.publisher.upload(what, None, save, desk.counts.append)
    assert [note["stage"] for note in desk.notes] == ["sending", "last_chunk", "uploaded"]
    assert "upload_id=" in desk.notes[0]["session"]
    assert "session" not in desk.notes[-1]


def test_one_chunk_is_enough_when_it_holds_everything(make_desk: Callable[..., Desk], sandbox: SandboxServer) -> None:
    desk, what = make_desk(chunk_bytes=64 * UNIT), posting()
    desk.upload(what)
    assert_one_whole_video(sandbox, what)
    assert desk.endpoints() == ["videos.insert", "videos.insert.put"]


FAULTS = {
    "dropped before": {"action": "drop_before"},
    "dropped after": {"action": "drop_after"},
    "cut after some bytes": {"action": "cut_after_bytes", "bytes": 100_000},
    "500 before": {"action": "status", "status": 500, "body": "<html>oops</html>"},
    "503 after": {"action": "status", "status": 503, "act": True},
    "429": {"action": "status", "status": 429, "headers": {"Retry-After": "3"}},
    "hanging before": {"action": "hang", "seconds": 3},
    "hanging after": {"action": "hang", "seconds": 3, "act": True},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("chunk", [1, 2, 4], ids=["first chunk", "a chunk", "last chunk"])
def test_a_fault_at_a_chunk_is_got_over_in_one_go(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, fault: str, chunk: int
) -> None:
    monkeypatch.setattr(http, "UPLOAD_TIMEOUT", httpx.Timeout(0.5))
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": chunk}, **FAULTS[fault])
    what = posting()
    answer = desk.upload(what)
    assert answer.note["video_id"] == assert_one_whole_video(sandbox, what)["id"]
    assert desk.endpoints().count("videos.insert") == 1
    assert "videos.insert.status" in desk.endpoints()
    if fault == "429":
        assert desk.pauses == [3.0]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_the_status_query_is_got_over_too(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(http, "UPLOAD_TIMEOUT", httpx.Timeout(0.5))
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 4}, action="drop_after")
    sandbox.fault(match={"endpoint": "videos.insert.status"}, **FAULTS[fault])
    what = posting()
    assert desk.upload(what).note["video_id"] == assert_one_whole_video(sandbox, what)["id"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_the_start_created_nothing(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(http, "TIMEOUT", httpx.Timeout(0.5))
    sandbox.fault(match={"endpoint": "videos.insert.start"}, **FAULTS[fault])
    what = posting()
    with pytest.raises(TryAgain) as error:
        desk.upload(what)
    assert error.value.after == (3.0 if fault == "429" else None)
    assert desk.notes == []
    assert desk.find(what, None) is None
    desk.upload(what)
    assert_one_whole_video(sandbox, what)


def test_an_upload_goes_on_where_another_worker_died(desk: Desk, sandbox: SandboxServer) -> None:
    class Killed(BaseException):
        pass

    def die(count: int) -> None:
        if count == 2 * UNIT:
            raise Killed

    first = posting()
    with pytest.raises(Killed):
        desk.publisher.upload(first, None, desk.save, die)
    what = posting()  # another process: the file is opened anew
    found = desk.find(what, desk.notes[-1])
    assert isinstance(found, Unfinished)
    desk.upload(what, found.note)
    assert_one_whole_video(sandbox, what)
    assert what.video.read == what.video.size - 2 * UNIT
    assert desk.endpoints().count("videos.insert") == 1


def test_a_finished_session_is_recognised_by_its_status(desk: Desk, sandbox: SandboxServer) -> None:
    what = posting()
    desk.upload(what)
    found = desk.find(what, desk.notes[0])  # killed before the id was saved
    assert isinstance(found, Pending)
    assert found.note["video_id"] == assert_one_whole_video(sandbox, what)["id"]
    again = desk.upload(what, desk.notes[0])
    assert again.note["video_id"] == found.note["video_id"]
    assert_one_whole_video(sandbox, what)


def test_a_server_that_keeps_failing_leaves_an_upload_that_can_go_on(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 2}, times=None, action="status", status=503)
    what = posting()
    with pytest.raises(TryAgain, match="stopped after 262,144 of"):
        desk.upload(what)
    assert len(desk.pauses) == 5  # six tries
    assert all(0 <= pause <= 2**turn for turn, pause in enumerate(desk.pauses))
    sandbox.clear_faults()
    found = desk.find(what, desk.notes[-1])
    desk.upload(what, found.note)
    assert_one_whole_video(sandbox, what)


def test_faults_with_progress_in_between_never_use_the_tries_up(desk: Desk, sandbox: SandboxServer) -> None:
    for number in range(1, 17, 2):
        sandbox.fault(match={"endpoint": "videos.insert.put", "nth": number}, action="status", status=503)
    what = posting(video=ClipVideo(clip(7 * UNIT + 5)))
    desk.upload(what)
    assert_one_whole_video(sandbox, what)
    assert len(desk.pauses) == 8


def test_a_last_chunk_without_an_answer_is_an_unknown_outcome(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 4}, action="drop_after")
    sandbox.fault(match={"endpoint": "videos.insert.status"}, times=None, action="status", status=502)
    what = posting()
    with pytest.raises(OutcomeUnknown):
        desk.upload(what)
    sandbox.clear_faults()
    found = desk.find(what, desk.notes[-1])
    assert isinstance(found, Pending)
    assert found.note["video_id"] == assert_one_whole_video(sandbox, what)["id"]


def test_a_long_wish_to_wait_frees_the_worker(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put"}, action="status", status=503, headers={"Retry-After": "900"})
    with pytest.raises(TryAgain) as error:
        desk.upload(posting())
    assert error.value.after == 900
    assert desk.pauses == []


def test_a_token_that_expires_in_the_middle_is_renewed_once(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 3}, action="expire_token")
    what = posting()
    desk.upload(what)
    assert_one_whole_video(sandbox, what)
    assert desk.tokens.refreshed == 1
    assert desk.endpoints().count("videos.insert.status") == 1


def test_a_long_upload_may_outlive_several_tokens(desk: Desk, sandbox: SandboxServer) -> None:
    for number in (1, 3, 5):
        sandbox.fault(match={"endpoint": "videos.insert.put", "nth": number}, action="expire_token")
    what = posting()
    desk.upload(what)
    assert_one_whole_video(sandbox, what)
    assert desk.tokens.refreshed == 3


def test_a_token_that_is_refused_again_at_once_is_the_accounts_trouble(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put"}, times=None, action="expire_token")
    with pytest.raises(AccountTrouble, match="reconnect"):
        desk.upload(posting())
    assert desk.tokens.refreshed == 1


def test_a_dead_grant_is_the_accounts_trouble_and_the_upload_goes_on_later(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 3}, action="expire_token")
    desk.tokens.dead = True
    what = posting()
    with pytest.raises(AccountTrouble):
        desk.upload(what)
    desk.tokens.dead = False
    desk.upload(what, desk.find(what, desk.notes[-1]).note)
    assert_one_whole_video(sandbox, what)


def test_the_range_is_trusted_and_not_what_was_sent(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(youtube_store_at_most=UNIT)
    desk = Desk(sandbox=sandbox, credentials=desk.credentials, settings={"chunk_bytes": 2 * UNIT})
    what = posting(video=ClipVideo(clip(7 * UNIT + 5)))
    desk.upload(what)
    assert_one_whole_video(sandbox, what)
    assert desk.counts[:3] == [UNIT, 2 * UNIT, 3 * UNIT]


def test_a_session_that_moves_is_followed_and_its_address_saved(desk: Desk, sandbox: SandboxServer) -> None:
    class Moving:
        """Passes everything on, but sends the client to another name of this machine after each chunk."""

        def __init__(self, send: Any) -> None:
            self.send = send

        def __call__(self, method: str, url: str, **rest: Any) -> httpx.Response:
            response: httpx.Response = self.send(method, url, **rest)
            if response.status_code == 308:
                response.headers["Location"] = f"{url.partition('&hop=')[0]}&hop={what.video.read}"
            urls.append(url)
            return response

    urls: list[str] = []
    desk.calls.send = Moving(desk.calls.send)  # type: ignore[method-assign]
    what = posting()
    desk.upload(what)
    assert_one_whole_video(sandbox, what)
    assert [url.partition("&hop=")[2] for url in urls[1:]] == ["", f"{UNIT}", f"{2 * UNIT}", f"{3 * UNIT}"]
    assert [note["session"] for note in desk.notes[1:4]] == urls[2:]


def test_without_a_range_it_begins_again(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(youtube_hide_range=True)
    with pytest.raises(TryAgain, match="no more bytes"):
        desk.upload(posting())


def test_an_answer_200_is_as_good_as_201(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(youtube_finished_status=200)
    what = posting()
    desk.upload(what)
    assert_one_whole_video(sandbox, what)


def test_a_file_of_another_size_is_not_continued(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 2}, times=None, action="status", status=503)
    with pytest.raises(TryAgain):
        desk.upload(posting())
    with pytest.raises(Rejected, match="changed during its upload"):
        desk.upload(posting(video=ClipVideo(clip(2 * UNIT))), desk.notes[-1])
    assert sandbox.published() == []


def test_a_file_that_changes_while_it_is_read_is_refused(desk: Desk, sandbox: SandboxServer) -> None:
    class Changing(ClipVideo):
        def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Any:
            if start:
                raise Rejected("The video file has changed.")
            return super().pieces(start, stop, piece_bytes)

    with pytest.raises(Rejected, match="has changed"):
        desk.upload(posting(video=Changing(clip(3 * UNIT))))
    assert sandbox.published() == []


@pytest.mark.parametrize(
    ("switches", "traits", "sentence"),
    [
        ({"youtube_quota_uploads": 1}, {}, "YouTube's daily upload limit is reached."),
        ({}, {"uploads_per_day": 1}, "YouTube's daily upload limit for this channel is reached."),
    ],
    ids=["app", "channel"],
)
def test_a_used_up_limit_stops_the_upload_before_anything_exists(
    make_desk: Callable[..., Desk],
    sandbox: SandboxServer,
    switches: dict[str, int],
    traits: dict[str, int],
    sentence: str,
) -> None:
    sandbox.settings(**switches)
    desk = make_desk(traits=traits)
    desk.upload(posting())
    desk.notes.clear()
    with pytest.raises(QuotaExhausted) as error:
        desk.upload(posting(publication_id="second"))
    assert error.value.message.startswith(sentence)
    assert desk.notes == []
    assert len(sandbox.published("youtube")) == 1


def test_refused_texts_send_no_byte(desk: Desk, sandbox: SandboxServer) -> None:
    what = posting(title="x" * 101)
    with pytest.raises(Rejected, match="1 to 100 characters") as error:
        desk.upload(what)
    assert error.value.code == "invalidTitle"
    assert what.video.read == 0


def test_no_secret_reaches_a_record_or_an_error(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put"}, times=None, action="status", status=503)
    with pytest.raises(TryAgain) as error:
        desk.upload(posting())
    text = f"{desk.records}{error.value.as_record()}"
    for secret in (desk.notes[0]["session"], "upload_id", desk.tokens.token()):
        assert secret not in text
