"""The hosting folder: links and copies, whole or not at all, by several processes at once, on a full disk."""

from __future__ import annotations

import base64
import errno
import hashlib
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include.media import local
from include.media.local import INCOMING, LocalStore, content_type_of, path_of
from include.platforms.errors import Rejected, TryAgain
from include.releases.container import CONTENT_TYPES
from include.releases.files import File
from include.releases.video import FileChanged, Video
from tests.small_disk import small_disk

NAME = "c" * 64 + ".mp4"
CONTENT = b"a film, told in bytes " * 50_000


class Streamed:
    """A file without a path of ours, as from a bucket."""

    name, content_type = "film.mp4", "video/mp4"

    def __init__(self, content: bytes = CONTENT, wait: float = 0) -> None:
        self.content = content
        self.size = len(content)
        self.wait = wait

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        for at in range(start, stop, piece_bytes):
            time.sleep(self.wait)
            yield self.content[at : min(at + piece_bytes, stop)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "hosted"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(CONTENT)
    return path


def a_video(path: Path) -> Video:
    return Video(File(name=path.name, path=str(path)))


def hosted(root: Path) -> bytes:
    return path_of(root, NAME).read_bytes()


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if path.is_file() and path.name != NAME]


def test_a_file_on_the_same_disk_gets_a_second_name_and_costs_nothing(root: Path, film: Path):
    LocalStore(root).put(NAME, a_video(film))
    assert path_of(root, NAME).samefile(film)
    assert leftovers(root) == []
    assert (root.stat().st_mode & 0o777) == 0o700


def test_anything_else_is_copied_in_pieces(root: Path):
    LocalStore(root).put(NAME, Streamed())
    assert hosted(root) == CONTENT
    assert path_of(root, NAME).stat().st_nlink == 1
    assert leftovers(root) == []


def test_a_link_that_is_refused_becomes_a_copy(root: Path, film: Path, monkeypatch: pytest.MonkeyPatch):
    real = os.link

    def other_disk(source: object, target: object, **options: bool) -> None:
        if str(source) == str(film):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "link", other_disk)
    LocalStore(root).put(NAME, a_video(film))
    assert hosted(root) == CONTENT
    assert not path_of(root, NAME).samefile(film)


def test_putting_a_file_again_leaves_the_first_one(root: Path, film: Path, tmp_path: Path):
    store = LocalStore(root)
    store.put(NAME, a_video(film))
    before = os.stat(path_of(root, NAME))
    store.put(NAME, a_video(film))
    other = tmp_path / "again.mp4"
    other.write_bytes(CONTENT)
    store.put(NAME, a_video(other))  # exported once more: the same bytes in another file
    store.put(NAME, Streamed())
    after = os.stat(path_of(root, NAME))
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_hosted_file_that_was_written_to_through_its_other_name_is_replaced(root: Path, film: Path, tmp_path: Path):
    store = LocalStore(root)
    store.put(NAME, a_video(film))
    film.write_bytes(CONTENT[::-1])  # in place, of the same length
    good = tmp_path / "good.mp4"
    good.write_bytes(CONTENT)
    store.put(NAME, a_video(good))
    assert hosted(root) == CONTENT
    assert film.read_bytes() == CONTENT[::-1]
    assert leftovers(root) == []


def test_a_file_that_is_no_longer_as_registered_is_not_hosted(root: Path, film: Path):
    registered = a_video(film)
    film.write_bytes(CONTENT[::-1])
    with pytest.raises(FileChanged):
        LocalStore(root).put(NAME, registered)
    film.unlink()
    with pytest.raises(FileChanged):
        LocalStore(root).put(NAME, registered)
    assert not path_of(root, NAME).exists()
    assert leftovers(root) == []


def test_expiring_takes_our_name_away_and_leaves_the_exports_own(root: Path, film: Path):
    store = LocalStore(root)
    store.put(NAME, a_video(film))
    store.expire(NAME)
    store.expire(NAME)
    assert not path_of(root, NAME).exists()
    assert film.read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["", "../film.mp4", f"../{NAME}", "film.mp4", "/etc/passwd", NAME + "\n"])
def test_only_names_that_we_made_are_touched(root: Path, film: Path, name: str):
    store = LocalStore(root)
    with pytest.raises(ValueError, match="not the name"):
        store.expire(name)
    with pytest.raises(ValueError, match="not the name"):
        store.put(name, a_video(film))
    assert local.open_hosted(root, name) is None
    assert film.exists()


def _put(root: Path, barrier: object, queue: object) -> None:
    barrier.wait(10)  # type: ignore[attr-defined]
    LocalStore(root).put(NAME, Streamed(wait=0.05))
    status = os.stat(path_of(root, NAME))
    queue.put((status.st_ino, status.st_mtime_ns, hashlib.sha256(hosted(root)).hexdigest()))  # type: ignore[attr-defined]


def test_two_processes_that_put_the_same_file_at_once_get_the_same_whole_one(root: Path):
    fork = multiprocessing.get_context("fork")
    barrier, queue = fork.Barrier(3), fork.Queue()
    workers = [fork.Process(target=_put, args=(root, barrier, queue)) for _ in range(3)]
    for worker in workers:
        worker.start()
    seen = {queue.get(timeout=20) for _ in workers}
    for worker in workers:
        worker.join(10)
    assert {digest for _, _, digest in seen} == {hashlib.sha256(CONTENT).hexdigest()}
    assert len(seen) == 1, "one's file was replaced by another's: the first one's address would be dead"
    assert leftovers(root) == []


@pytest.fixture
def disk(root: Path) -> Iterator[Path]:
    """A hosting folder on a disk of 512 KiB."""
    with small_disk(root, 512) as folder:
        yield folder


def test_a_full_disk_leaves_no_half_file_and_is_tried_again(disk: Path, film: Path):
    store = LocalStore(disk)
    for file in (Streamed(), a_video(film)):  # the second lies on another disk: no link
        with pytest.raises(TryAgain, match="is full") as refusal:
            store.put(NAME, file)
        assert refusal.value.after == local.FULL_SECONDS
        assert not path_of(disk, NAME).exists()
        assert leftovers(disk) == []
    store.put(NAME, Streamed(CONTENT[:1000]))
    assert hosted(disk) == CONTENT[:1000]


def test_a_worker_killed_half_way_leaves_nothing_under_the_name_and_the_rest_is_swept(root: Path):
    code = (
        "import sys; from pathlib import Path; from include.media.local import LocalStore\n"
        "from tests.media.test_hosting_local import NAME, Streamed\n"
        "LocalStore(Path(sys.argv[1])).put(NAME, Streamed(bytes(64 << 20), wait=0.05))"
    )
    worker = subprocess.Popen([sys.executable, "-c", code, str(root)])
    until = time.monotonic() + 20
    while not any(part.stat().st_size > 1 << 20 for part in (root / INCOMING).glob("*.part")):
        assert time.monotonic() < until
        time.sleep(0.02)
    worker.kill()
    worker.wait(10)
    assert not path_of(root, NAME).exists()
    store = LocalStore(root)
    assert store.sweep(3600) == 0  # it might be on its way
    assert store.sweep(0) == 1
    assert leftovers(root) == []


def test_a_folder_that_cannot_be_written_is_named(root: Path):
    root.write_text("a file where the folder should be")
    with pytest.raises(Rejected, match=r"hosting folder .* cannot be used"):
        LocalStore(root).put(NAME, Streamed())


def test_a_source_that_cannot_be_read_is_not_blamed_on_the_folder(root: Path):
    class Broken(Streamed):
        def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
            yield CONTENT[:1000]
            raise ConnectionResetError("the bucket left")

    with pytest.raises(TryAgain, match="cannot be read"):
        LocalStore(root).put(NAME, Broken())
    assert leftovers(root) == []


def test_an_address_needs_a_public_address_and_a_file(root: Path, film: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET_MASTER_KEY", base64.b64encode(bytes(32)).decode())
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", "https://desk.example.com/airflow/")
    store, until = LocalStore(root), datetime.now(UTC) + timedelta(hours=24)
    with pytest.raises(TryAgain, match="was removed"):
        store.address(NAME, until)
    store.put(NAME, a_video(film))
    assert store.address(NAME, until).startswith(f"https://desk.example.com/airflow/hosted/{NAME}?until=")
    monkeypatch.delenv("RELEASE_DESK_PUBLIC_ADDRESS")
    with pytest.raises(Rejected, match="RELEASE_DESK_PUBLIC_ADDRESS"):
        store.address(NAME, until)


def test_every_kind_of_file_we_know_is_served_with_its_own_type():
    for content_type in CONTENT_TYPES.values():
        assert content_type_of(f"{'0' * 64}.{local.ENDINGS[content_type]}") == content_type
    assert content_type_of("0.bin") == "application/octet-stream"
