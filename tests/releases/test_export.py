"""The export's three files: found, kept inside their root, streamed, and watched."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.releases import files
from include.releases.export import ExportError, FileChanged, Video, find_release, list_triples, sha256
from include.releases.files import open_root
from include.releases.picture import PictureError
from include.releases.release import MetadataError

Write = Callable[..., Path]


def find(root: Path | str, segment: str = "women", age_bucket: str = "18-23", title_id: str = "abc"):
    return find_release(str(root), segment, age_bucket, title_id)


def refusal(*arguments, **named) -> str:
    with pytest.raises(ExportError) as caught:
        find(*arguments, **named)
    return str(caught.value)


def test_the_three_files_are_found(triple: Write) -> None:
    found = find(triple())
    assert (found.video.name, found.video.content_type) == ("abc.mp4", "video/mp4")
    assert found.metadata().title == "A title"
    assert (found.thumbnail(max_bytes=10_000).width, found.video.facts().video_codec) == (72, "h264")


def test_a_file_address_is_as_good_as_a_path(triple: Write, tmp_path: Path) -> None:
    spaced = tmp_path / "a b ü"
    shutil.move(triple(), spaced)
    for address in (str(spaced), f"file://{spaced}", spaced.as_uri(), f"{spaced}/"):
        assert find(address).video.size


def test_each_missing_file_is_named(triple: Write) -> None:
    root = triple()
    (root / "women/18-23/abc_metadata.json").unlink()
    (root / "women/18-23/abc_thumbnail.png").unlink()
    said = refusal(root)
    assert "women/18-23/abc_metadata.json is missing" in said
    assert "women/18-23/abc_thumbnail.png is missing" in said
    assert "abc.mp4" not in said


def test_a_folder_is_no_file(triple: Write) -> None:
    root = triple()
    (root / "women/18-23/abc.mp4").unlink()
    (root / "women/18-23/abc.mp4").mkdir()
    assert "abc.mp4 is missing" in refusal(root)


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    assert "is not a folder" in refusal(tmp_path / "nowhere")
    assert "is not an export root" in refusal("https://example.org/x")
    assert "is not a folder" in refusal("file://relative")


@pytest.mark.parametrize("title_id", ["../abc", "..", "/etc/passwd", "a/b", "abc\x00"])
def test_a_title_id_that_is_no_file_name_is_refused(triple: Write, title_id: str) -> None:
    assert "not a safe file name" in refusal(triple(), title_id=title_id)


@pytest.mark.parametrize("segment", ["..", ".", "", "../women", "/women", "women/../../x", "a\\b", "w\x00"])
def test_a_segment_cannot_lead_out(triple: Write, segment: str) -> None:
    assert "is not a path below the export root" in refusal(triple(), segment=segment)


def test_a_link_that_leads_out_is_refused(triple: Write, tmp_path: Path) -> None:
    root = triple()
    secret = tmp_path / "secret.mp4"
    shutil.move(root / "women/18-23/abc.mp4", secret)
    (root / "women/18-23/abc.mp4").symlink_to(secret)
    assert "leads outside the export root" in refusal(root)
    shutil.move(root / "women", tmp_path / "elsewhere")
    (root / "women").symlink_to(tmp_path / "elsewhere")
    assert "leads outside the export root" in refusal(root)


def test_a_link_that_stays_inside_is_followed(triple: Write) -> None:
    root = triple()
    shutil.move(root / "women/18-23/abc.mp4", root / "real.mp4")
    (root / "women/18-23/abc.mp4").symlink_to("../../real.mp4")
    assert find(root).video.size


def test_the_root_itself_may_be_a_link(triple: Write, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(triple())
    assert find(tmp_path / "link").video.size


NAMES = st.text(st.sampled_from("a./\\\x00~%:"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES)
def test_no_name_leads_outside_the_root(tmp_path: Path, name: str) -> None:
    try:
        path = open_root(str(tmp_path)).file(name).path
    except ExportError:
        return
    assert path.startswith(f"{os.path.realpath(tmp_path)}/")


def test_wrong_metadata_and_wrong_thumbnails_are_refused_when_read(triple: Write) -> None:
    root = triple()
    (root / "women/18-23/abc_metadata.json").write_bytes(b"{}")
    (root / "women/18-23/abc_thumbnail.png").write_bytes(b"GIF89a" * 100)
    with pytest.raises(MetadataError, match="title is missing"):
        find(root).metadata()
    with pytest.raises(PictureError, match="GIF picture"):
        find(root).thumbnail(max_bytes=1000)
    with pytest.raises(PictureError, match="600 bytes; allowed are 5"):
        find(root).thumbnail(max_bytes=5)


def test_a_huge_metadata_file_is_not_read_whole(triple: Write) -> None:
    root = triple()
    os.truncate(root / "women/18-23/abc_metadata.json", 10 << 30)
    with pytest.raises(MetadataError, match="1,048,576 bytes"):
        find(root).metadata()


# The video


def test_pieces_are_the_bytes_asked_for(triple: Write) -> None:
    root = triple()
    content = (root / "women/18-23/abc.mp4").read_bytes()
    video = find(root).video
    for start, stop, size in [(0, len(content), 1000), (5, 6, 10), (100, 5000, 4900), (100, 5001, 4900), (7, 7, 1)]:
        pieces = list(video.pieces(start, stop, size))
        assert b"".join(pieces) == content[start:stop]
        assert all(len(piece) == size for piece in pieces[:-1])
    assert sha256(video) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, 10**9)])
def test_bytes_that_are_not_there_cannot_be_asked_for(triple: Write, start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="are not in a file"):
        find(triple()).video.pieces(start, stop)


def spoil_in_place(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"spoiled")


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shrink(path: Path) -> None:
    os.truncate(path, 3000)


def replace_by_rename(path: Path) -> None:
    shutil.copy2(path, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


def remove(path: Path) -> None:
    path.unlink()


CHANGES = [spoil_in_place, grow, shrink, replace_by_rename, remove]


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_while_it_is_read_is_never_read_on(triple: Write, change: Callable[[Path], None]) -> None:
    root = triple()
    video = find(root).video
    pieces = video.pieces(0, video.size, 1000)
    next(pieces)
    change(root / "women/18-23/abc.mp4")
    with pytest.raises(FileChanged, match=r"women/18-23/abc\.mp4 was changed, replaced or removed"):
        next(pieces)


@pytest.mark.parametrize("change", CHANGES)
def test_the_last_piece_of_a_changed_file_is_not_handed_out(
    triple: Write, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change happens in the worst moment: after the last bytes were read, before they are handed out."""
    root = triple()
    video = find(root).video
    real = os.pread

    def read_then_change(*arguments: int) -> bytes:
        piece = real(*arguments)
        change(root / "women/18-23/abc.mp4")
        return piece

    monkeypatch.setattr(os, "pread", read_then_change)
    with pytest.raises(FileChanged):
        list(video.pieces(video.size - 10, video.size))


def test_another_file_that_stood_there_for_a_moment_is_not_read(
    triple: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was swapped just while we opened it, and swapped back: the path looks untouched."""
    video = find(triple()).video
    other = tmp_path / "other.mp4"
    other.write_bytes(bytes(video.size))
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *more: real(other if path == video.file.path else path, *more))
    with pytest.raises(FileChanged):
        list(video.pieces(0, video.size))


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changed_since_it_was_found_is_refused(triple: Write, change: Callable[[Path], None]) -> None:
    root = triple()
    video = find(root).video
    change(root / "women/18-23/abc.mp4")
    with pytest.raises(FileChanged):
        sha256(video)
    with pytest.raises((FileChanged, ExportError)):
        Video(video.file, fingerprint=video.fingerprint)


def test_facts_of_a_file_that_changed_are_refused(triple: Write) -> None:
    root = triple()
    video = find(root).video
    os.utime(root / "women/18-23/abc.mp4", (1, 1))
    with pytest.raises(FileChanged):
        video.facts()


def test_a_kept_fingerprint_recognises_the_same_file(triple: Write) -> None:
    video = find(triple()).video
    assert Video(video.file, fingerprint=video.fingerprint).size == video.size


def test_no_file_stays_open_when_the_reader_stops_early(triple: Write) -> None:
    video = find(triple()).video
    before = len(os.listdir("/proc/self/fd"))
    pieces = video.pieces(0, video.size, 10)
    next(pieces)
    pieces.close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_large_file_passes_without_being_kept_in_memory(tmp_path: Path, triple: Write) -> None:
    import resource

    root = triple()
    os.truncate(root / "women/18-23/abc.mp4", 256 << 20)
    video = find(root).video
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(len(piece) for piece in video.pieces(0, video.size)) == 256 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 << 10  # KiB


# Buckets, by fsspec's memory file system in the place of a real store


@pytest.fixture
def bucket(triple: Write, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(files, "BUCKETS", (*files.BUCKETS, "memory"))
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    root = triple()
    for path in root.rglob("abc*"):
        memory.pipe(f"/final/{path.relative_to(root)}", path.read_bytes())
    return "memory://final"


def test_a_release_in_a_bucket_is_found_and_read(bucket: str, clip: Path) -> None:
    found = find(bucket)
    assert (found.metadata().title, found.thumbnail(max_bytes=10_000).height) == ("A title", 128)
    assert (found.video.name, found.video.size, found.video.content_type) == (
        "abc.mp4",
        clip.stat().st_size,
        "video/mp4",
    )
    assert found.video.facts().display_height == 640
    assert b"".join(found.video.pieces(10, 5000, 999)) == clip.read_bytes()[10:5000]
    assert sha256(found.video) == hashlib.sha256(clip.read_bytes()).hexdigest()


def test_a_missing_file_in_a_bucket_is_named(bucket: str) -> None:
    fsspec.filesystem("memory").rm("/final/women/18-23/abc_thumbnail.png")
    assert refusal(bucket) == "women/18-23/abc_thumbnail.png is missing under memory://final."
    assert "is not a path below" in refusal(bucket, segment="..")


def test_a_bucket_file_that_changes_is_never_sent_to_its_end(bucket: str) -> None:
    video = find(bucket).video
    pieces = video.pieces(0, video.size, 1000)
    next(pieces)
    fsspec.filesystem("memory").pipe("/final/women/18-23/abc.mp4", bytes(video.size))
    with pytest.raises(FileChanged):
        list(pieces)


def test_what_lies_in_a_bucket_is_listed(bucket: str) -> None:
    (found,) = list_triples(bucket)
    assert (found.segment, found.age_bucket, found.title_id, found.is_complete) == ("women", "18-23", "abc", True)
    fsspec.filesystem("memory").pipe("/final/women/18-23/new.mp4", b"x")
    assert [one.is_complete for one in list_triples(bucket)] == [True, False]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"size": 5, "ETag": '"a"', "LastModified": datetime(2026, 1, 1, tzinfo=UTC)}, {"ETag": '"b"'}),
        ({"size": 5, "generation": "1", "updated": "2026-01-01T00:00:00Z"}, {"generation": "2"}),
        ({"size": 5, "mtime": 1.0}, {"mtime": 2.0}),
        ({"size": 5, "etag": "a"}, {"size": 6}),
    ],
)
def test_a_new_object_has_a_new_fingerprint(before: dict, after: dict) -> None:
    assert files.bucket_state(before).fingerprint != files.bucket_state(before | after).fingerprint
    assert files.bucket_state(before).modified_at.tzinfo is not None


# What has landed


def test_what_has_landed_is_listed_with_what_is_missing(triple: Write) -> None:
    root = triple(title_id="b")
    triple(title_id="a")
    (root / "men/18-23").mkdir(parents=True)
    (root / "men/18-23/half.mp4").write_bytes(b"x")
    found = list(list_triples(str(root)))
    assert [(one.segment, one.title_id, one.is_complete) for one in found] == [
        ("men", "half", False),
        ("women", "a", True),
        ("women", "b", True),
    ]
    assert found[0].missing == ("half_metadata.json", "half_thumbnail.png")


@pytest.mark.parametrize("ending", [".mp4", "_metadata.json", "_thumbnail.png"])
def test_a_touched_file_changes_the_fingerprint_and_the_time(triple: Write, ending: str) -> None:
    root = triple()
    (before,) = list_triples(str(root))
    assert (before,) == tuple(list_triples(str(root)))
    os.utime(root / f"women/18-23/abc{ending}", (4_000_000_000, 4_000_000_000))
    (after,) = list_triples(str(root))
    assert after.fingerprint != before.fingerprint
    assert after.modified_at == datetime.fromtimestamp(4_000_000_000, UTC)


def test_unfinished_odd_and_linked_files_are_left_out(triple: Write, tmp_path: Path) -> None:
    root = triple()
    folder = root / "women/18-23"
    for name in (".abc.unfinished.mp4", "a b.mp4", "notes.txt", "a..b.mp4"):
        (folder / name).write_bytes(b"x")
    (folder / "linked.mp4").symlink_to(folder / "abc.mp4")
    (root / "men").symlink_to(root / "women")
    (root / "stray.mp4").write_bytes(b"x")
    assert [one.title_id for one in list_triples(str(root))] == ["abc"]


def test_ten_thousand_files_are_listed_in_a_blink(tmp_path: Path) -> None:
    import time

    for segment in ("women", "men"):
        folder = tmp_path / segment / "18-23"
        folder.mkdir(parents=True)
        for number in range(1667):
            for ending in (".mp4", "_metadata.json", "_thumbnail.png"):
                (folder / f"{number}{ending}").touch()
    begun = time.perf_counter()
    assert sum(one.is_complete for one in list_triples(str(tmp_path))) == 3334
    assert time.perf_counter() - begun < 3  # seconds; 0.15 on an idle machine
