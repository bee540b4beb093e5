"""Bytes to Meta's upload host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from include.platforms.errors import AccountTrouble, Rejected, TryAgain
from include.platforms.meta_graph.rupload import send_address, send_bytes
from tests.platforms.meta_graph.script import Line, Stage

ADDRESS = "https://upload.test/ig-api-upload/v26.0/1"


@dataclass
class Video:
    """Ten bytes."""

    name: str = "a.mp4"
    size: int = 10
    content_type: str = "video/mp4"

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        yield b"0123456789"[start:stop]


def debug(kind: str, *, retriable: bool, message: object = "no", status: int = 400) -> Line:
    info = {"retriable": retriable, "type": kind, "message": message}
    return httpx.Response(status, json={"debug_info": info})


def test_the_rest_of_the_file_goes_with_its_offset_and_the_whole_size() -> None:
    stage = Stage([{"success": True, "message": "Upload successful."}])
    assert send_bytes(stage.calls, ADDRESS, Video(), offset=4, endpoint="up")["success"] is True
    [asked] = stage.script.asked
    assert asked.content == b"456789"
    assert {name: asked.headers[name] for name in ("offset", "file_size", "content-length")} == {
        "offset": "4", "file_size": "10", "content-length": "6",
    }  # fmt: skip
    assert asked.headers["authorization"] == "OAuth EAAtoken0"


def test_an_address_goes_without_a_body() -> None:
    stage = Stage([{"success": True}])
    send_address(stage.calls, ADDRESS, "https://files.test/a.mp4?s=1", endpoint="up")
    assert stage.script.asked[0].headers["file_url"] == "https://files.test/a.mp4?s=1"
    assert stage.script.asked[0].content == b""


@pytest.mark.parametrize(
    "line",
    [
        httpx.ReadTimeout("x"),
        httpx.WriteError("x"),
        httpx.ConnectError("x"),
        httpx.Response(503, text="<html>"),
        httpx.Response(200, json={"success": False}),
        debug("ProcessingFailedError", retriable=True),
        debug("OffsetInvalidError", retriable=False, status=416),
        debug("PartialRequestError", retriable=False),
        debug("Whatever", retriable=False, status=500),
    ],
    ids=str,
)
def test_what_can_go_on_is_tried_again(line: Line) -> None:
    with pytest.raises(TryAgain):
        send_bytes(Stage([line]).calls, ADDRESS, Video(), offset=0, endpoint="up")


def test_a_refused_token_is_renewed_and_the_upload_goes_on() -> None:
    inner = json.dumps({"success": False, "error": {"message": "unauthorized user request"}})
    stage = Stage([debug("ProcessingFailedError", retriable=False, message=inner)])
    with pytest.raises(TryAgain, match="renewed"):
        send_bytes(stage.calls, ADDRESS, Video(), offset=0, endpoint="up")
    assert stage.tokens.number == 1
    with pytest.raises(AccountTrouble):
        send_bytes(stage.calls, ADDRESS, Video(), offset=0, endpoint="up")


def test_a_refused_file_is_refused_in_metas_words() -> None:
    line = debug("ProcessingFailedError", retriable=False, message="not a video")
    with pytest.raises(Rejected, match="not a video"):
        send_bytes(Stage([line]).calls, ADDRESS, Video(), offset=0, endpoint="up")
