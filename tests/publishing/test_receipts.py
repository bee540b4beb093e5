"""Receipts: the agreed keys, a name for each account, written whole or not at all, also on a full disk."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from include import settings
from include.publishing import receipts, verdicts
from include.publishing.registration import Refused
from include.releases.publication import State
from tests.publishing.rows import change
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end

KEYS = {
    "platform", "video_id", "title_id", "segment", "age_bucket", "upload_date", "url", "status", "metadata", "error",
    "account", "placement", "route",
}  # fmt: skip


def written(studio: Studio) -> dict[str, dict[str, Any]]:
    """Return every receipt by its name."""
    found = (studio.folder / "output").rglob("*_upload_response.json")
    return {path.name.removesuffix("_upload_response.json"): json.loads(path.read_text()) for path in found}


def test_a_receipt_has_the_agreed_keys_and_nothing_else(studio: Studio):
    studio.connect("youtube")
    (publication_id,) = studio.register("job1")
    published = run_to_the_end(publication_id)
    address = receipts.write(published)
    assert address.endswith("/output/distribution/youtube/women/18-23/t1_upload_response.json")
    (content,) = written(studio).values()
    assert set(content) == {"upload_response"}
    found = content["upload_response"]
    assert set(found) == KEYS
    assert set(found["metadata"]) == {"title", "description", "tags", "category", "privacy"}
    assert (found["video_id"], found["url"], found["status"]) == (published.video_id, published.url, "published")
    assert found["upload_date"] == published.published_at.isoformat()
    assert found["metadata"]["title"] == "A sunrise in 21 seconds"
    assert (found["account"], found["placement"], found["route"]) == ("my_youtube", "short", "direct")


def test_unknown_is_null_and_never_left_out(studio: Studio):
    studio.connect("youtube")
    studio.metadata(title=None)
    with pytest.raises(Refused):
        studio.register("job1")
    (content,) = written(studio).values()
    found = content["upload_response"]
    assert set(found) == KEYS
    assert found["video_id"] is found["url"] is found["upload_date"] is None
    assert found["metadata"] == dict.fromkeys(("title", "description", "tags", "category", "privacy"))


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.PUBLISHED, "published"), (State.PROCESSING, "processing"), (State.WAITING_QUOTA, "processing"),
        (State.SCHEDULED, "processing"), (State.FAILED, "failed"), (State.REJECTED, "failed"),
        (State.CANCELLED, "failed"), (State.UNCONFIRMED, "failed"),
    ],
)  # fmt: skip
def test_a_receipt_knows_three_states(studio: Studio, state: State, status: str):
    studio.connect("youtube")
    (publication_id,) = studio.register("job1")
    change(OWNER, publication_id, "state = %s::desk.publication_state", state.value)
    receipts.write(verdicts.publications_of(OWNER, "job1")[0])
    assert written(studio)["t1"]["upload_response"]["status"] == status


def test_several_accounts_on_a_platform_have_receipts_of_their_own(studio: Studio):
    for name in ("first", "second", "third"):
        studio.connect("youtube", name)
    studio.connect("tiktok")
    for publication_id in studio.register("job1"):
        run_to_the_end(publication_id)
    assert verdicts.verdict(CONF, "job1").good
    found = written(studio)
    names = {name: each["upload_response"]["account"] for name, each in found.items() if "youtube" in str(each)}
    assert names.pop("t1_second_short") == "second"
    assert names.pop("t1_third_short") == "third"
    paths = sorted(path.parent.parts[-3] for path in (studio.folder / "output").rglob("t1_upload_response.json"))
    assert paths == ["tiktok", "youtube"]


def test_the_first_account_keeps_its_name_when_another_is_added(studio: Studio):
    studio.connect("youtube", "zebra")
    run_to_the_end(studio.register("job1")[0])
    verdicts.verdict(CONF, "job1")
    studio.connect("youtube", "aardvark")
    for publication_id in studio.register("job2"):
        run_to_the_end(publication_id)
    verdicts.verdict(CONF, "job2")
    found = {name: each["upload_response"]["account"] for name, each in written(studio).items()}
    assert found == {"t1": "zebra", "t1_aardvark_short": "aardvark"}


@pytest.fixture
def ready(studio: Studio) -> Studio:
    """A studio whose one publication is out and whose receipt is not yet written."""
    studio.connect("youtube")
    run_to_the_end(studio.register("job1")[0])
    return studio


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An output root on a file system without room: a real one where we may mount it, else a disk that says so."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:

        def no_room(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", no_room)
    else:
        with contextlib.suppress(OSError):
            for number in range(16):
                (place / f"filler{number}").write_bytes(b"x" * 4096)
    monkeypatch.setenv("RELEASE_DESK_OUTPUT_ROOT", str(place))
    settings.forget()
    yield place
    if not mounted.returncode:
        subprocess.run(["umount", str(place)], check=True)


def test_on_a_full_disk_nothing_half_is_left_and_the_run_says_so(
    ready: Studio, full_disk: Path, monkeypatch: pytest.MonkeyPatch
):
    result = verdicts.verdict(CONF, "job1")
    assert not result.good
    assert result.summary.startswith("Published to 1 of 1 platforms")
    assert "could not be written: [Errno 28] No space left on device" in result.summary
    assert "Make room, then clear this task" in result.summary
    assert not [path for path in full_disk.rglob("*") if path.is_file() and not path.name.startswith("filler")]
    for filler in full_disk.glob("filler*"):
        filler.unlink()
    monkeypatch.setattr(os, "fsync", lambda _: None)
    assert verdicts.verdict(CONF, "job1").good  # the task was cleared
    (path,) = full_disk.rglob("*_upload_response.json")
    assert json.loads(path.read_text())["upload_response"]["status"] == "published"
    assert len(ready.sandbox.published()) == 1


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_receipt_that_cannot_be_written_leaves_the_one_before(
    ready: Studio, monkeypatch: pytest.MonkeyPatch, fails: str
):
    assert verdicts.verdict(CONF, "job1").good
    (before,) = (ready.folder / "output").rglob("*.json")
    old = before.read_bytes()

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, fails, no_room)
        (publication,) = verdicts.publications_of(OWNER, "job1")
        publication = replace(publication, url="https://www.youtube.com/shorts/another")
        with pytest.raises(receipts.NotWritten, match="No space left on device"):
            receipts.write(publication)
    assert before.read_bytes() == old
    assert [path.name for path in before.parent.iterdir()] == [before.name]


def test_a_folder_nobody_may_write_to_is_said(ready: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("RELEASE_DESK_OUTPUT_ROOT", str(tmp_path / "a file"))
    result = verdicts.verdict(CONF, "job1")
    assert not result.good
    assert "could not be written" in result.summary


def test_a_receipt_goes_into_a_bucket_in_one_request(ready: Studio, monkeypatch: pytest.MonkeyPatch):
    import fsspec

    monkeypatch.setenv("RELEASE_DESK_OUTPUT_ROOT", "memory://bucket/desk")
    assert verdicts.verdict(CONF, "job1").good
    memory = fsspec.filesystem("memory")
    (path,) = memory.find("/bucket")
    assert json.loads(memory.cat_file(path))["upload_response"]["status"] == "published"
    memory.rm("/bucket", recursive=True)
