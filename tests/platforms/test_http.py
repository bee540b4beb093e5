"""The one door to the platforms: what a request leaves behind when it goes wrong."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator

import pytest

from include.platforms.errors import OutcomeUnknown
from include.platforms.http import Calls

PIECE = bytes(64 * 1024)


@pytest.fixture
def cut_off() -> Iterator[str]:
    """The address of a server that reads a little of each request and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def reading() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("read-ahead")]


def test_an_upload_that_breaks_off_leaves_no_thread_for_the_garbage_collector(cut_off: str) -> None:
    """One that the collector ended inside the start of another thread stopped both for ever."""
    gc.disable()
    try:
        body = (PIECE for _ in range(10_000))
        with Calls(platform="youtube", bases={"api": cut_off}) as calls, pytest.raises(OutcomeUnknown) as lost:
            calls.send("PUT", f"{cut_off}/upload", endpoint="upload", changes=True, signed=False, content=body)
        assert lost.value.code
        assert reading() == []
    finally:
        gc.enable()


def test_the_next_piece_is_read_while_one_is_sent_and_all_arrive_in_order() -> None:
    from include.platforms.http import read_ahead

    read: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(5):
            read.append(number)
            yield bytes([number])

    with read_ahead(pieces()) as ahead:
        assert next(ahead) == b"\0"
        for _ in range(100):
            if read == [0, 1]:
                break
            threading.Event().wait(0.02)
        assert read == [0, 1]
        assert list(ahead) == [bytes([number]) for number in range(1, 5)]
    assert reading() == []


def test_what_reading_raises_is_raised_where_it_is_sent() -> None:
    from include.platforms.http import read_ahead

    def broken() -> Iterator[bytes]:
        yield PIECE
        raise ValueError("the file changed")

    with pytest.raises(ValueError, match="the file changed"), read_ahead(broken()) as ahead:
        list(ahead)
    assert reading() == []
