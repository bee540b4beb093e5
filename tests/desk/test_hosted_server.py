"""The real thing over TCP, behind Airflow-like middlewares: restarts, clients that leave, files that change."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from include.releases.files import File
from include.releases.video import Video
from tests.desk.conftest import NAME, address_of
from tests.sandbox_server import ROOT, free_port

MIB = 1 << 20
SIZE = 24 * MIB
START_SECONDS = 20


class Desk:
    """One process that serves; `kill` and `start` again keep the port."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.desk.hosted_server", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=dict(os.environ))
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(self.base, trust_env=False)
                return
            time.sleep(0.05)
        raise RuntimeError(self.log.read_text())

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def served(root: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk that serves one file of random bytes."""
    source = tmp_path / "film.mp4"
    source.write_bytes(os.urandom(SIZE))
    put_link(root, source)
    desk = Desk(tmp_path / "desk.log")
    desk.start()
    yield desk
    desk.kill()


def put_link(root: Path, source: Path) -> None:
    from include.media.local import LocalStore

    LocalStore(root).put(NAME, Video(File(name=source.name, path=str(source))))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_whole_file_arrives_as_it_is_also_at_clients_that_take_gzip(served: Desk, root: Path):
    for encoding in ("identity", "gzip, br"):
        url = served.base + address_of(root)
        answer = httpx.get(url, headers={"Accept-Encoding": encoding}, trust_env=False)
        assert answer.headers["content-length"] == str(SIZE)
        assert "content-encoding" not in answer.headers
        assert hashlib.sha256(answer.content).hexdigest() == sha256(root / "aa" / NAME)


def test_a_fetch_goes_on_where_a_restart_cut_it(served: Desk, root: Path):
    url, got = served.base + address_of(root), b""
    with contextlib.suppress(httpx.TransportError), httpx.stream("GET", url, trust_env=False) as answer:
        etag = answer.headers["etag"]
        for piece in answer.iter_raw(MIB):
            got += piece
            if len(got) >= 3 * MIB:
                served.kill()
    assert 0 < len(got) < SIZE
    served.start()
    rest = httpx.get(url, headers={"Range": f"bytes={len(got)}-", "If-Range": etag}, trust_env=False)
    assert rest.status_code == 206
    assert hashlib.sha256(got + rest.content).hexdigest() == sha256(root / "aa" / NAME)


def test_memory_stays_flat_and_a_client_that_leaves_stops_the_reading(served: Desk, root: Path):
    assert served.process
    process, url = psutil.Process(served.process.pid), served.base + address_of(root)
    httpx.get(url, trust_env=False)
    before = process.memory_info().rss
    for _ in range(6):
        with httpx.stream("GET", url, trust_env=False) as answer:
            next(answer.iter_raw(1000))
    until = time.monotonic() + 10
    while any(opened.path.endswith(NAME) for opened in process.open_files()):
        assert time.monotonic() < until, "a file is still open though nobody reads it"
        time.sleep(0.05)
    assert process.memory_info().rss - before < SIZE


def test_a_file_that_is_written_to_while_it_is_sent_is_never_taken_for_whole(served: Desk, root: Path, tmp_path: Path):
    url, got = served.base + address_of(root), 0
    with pytest.raises(httpx.TransportError), httpx.stream("GET", url, trust_env=False) as answer:  # noqa: PT012
        for piece in answer.iter_raw(1000):
            if not got:
                with (tmp_path / "film.mp4").open("r+b") as film:  # a hard link: the export's file is ours
                    film.write(b"x")
            got += len(piece)
    assert got < SIZE
    assert httpx.get(url, trust_env=False).status_code == 403


def test_a_removed_file_is_sent_to_its_end_to_whoever_has_begun(served: Desk, root: Path):
    expected, got = sha256(root / "aa" / NAME), hashlib.sha256()
    with httpx.stream("GET", served.base + address_of(root), trust_env=False) as answer:
        for number, piece in enumerate(answer.iter_raw(MIB)):
            if number == 0:
                (root / "aa" / NAME).unlink()
            got.update(piece)
    assert got.hexdigest() == expected


def test_the_servers_log_names_the_file_and_hides_the_signature(served: Desk, root: Path, tmp_path: Path):
    address = address_of(root)
    assert httpx.get(served.base + address, trust_env=False).status_code == 200
    assert httpx.get(served.base + address + "x", trust_env=False).status_code == 403
    log = (tmp_path / "desk.log").read_text()
    assert f'GET /hosted/{NAME} HTTP/1.1" 403' in log
    assert "token" not in log
