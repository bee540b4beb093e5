"""Addresses for a publication's files: shared, kept account of, and refused with what to do."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import yaml

from include import settings
from include.desk.hosted import HostedFiles
from include.media.hosting import chosen, stored_name
from include.platforms.errors import Rejected
from include.releases.picture import Picture
from tests.media.hosted_rows import OWNER, a_film, a_publication, a_release, hosting_of, rows

PUBLIC = "https://desk.example.com"
PICTURE = Picture(content=b"\xff\xd8\xff" + b"picture" * 10, content_type="image/jpeg", width=1, height=1)


@pytest.fixture
def folder(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's folder, with hosting by the desk set up."""
    monkeypatch.setenv("RELEASE_DESK_HOSTING_ROOT", str(desk / "hosted"))
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", PUBLIC)
    return desk


async def fetched(address: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(HostedFiles()), base_url=PUBLIC) as client:
        return await client.get(address)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "hosted").rglob("*") if path.is_file())


async def test_a_platform_fetches_the_video_and_its_picture(folder: Path):
    release = a_release()
    video = a_film(folder / "export")
    hosted = hosting_of(release, a_publication(release), video)
    answer = await fetched(hosted.video_address())
    assert answer.content == (folder / "export/film.mp4").read_bytes()
    assert answer.headers["content-type"] == "video/mp4"
    answer = await fetched(hosted.picture_address(PICTURE))
    assert (answer.content, answer.headers["content-type"]) == (PICTURE.content, "image/jpeg")


def test_nothing_is_put_anywhere_before_an_address_is_asked_for(folder: Path):
    release = a_release()
    hosting_of(release, a_publication(release), a_film(folder / "export"))
    assert not (folder / "hosted").exists()
    assert rows() == []


def test_publications_of_one_release_share_one_file(folder: Path):
    release = a_release()
    video = a_film(folder / "export")
    first, second = a_publication(release), a_publication(release, "other")
    addresses = [hosting_of(release, each, video).video_address() for each in (first, second, first)]
    assert len({address.partition("?")[0] for address in addresses}) == 1
    assert len(files(folder)) == 1
    assert {str(row["publication_id"]) for row in rows()} == {first, second}
    assert {(row["kind"], row["place"], row["bytes"]) for row in rows()} == {("local", "", video.size)}


def test_owners_share_nothing_and_names_tell_nothing(folder: Path):
    assert stored_name("alice", "abc", "video/mp4") != stored_name("bob", "abc", "video/mp4")
    assert stored_name("a", "b:c", "video/mp4") != stored_name("a:b", "c", "video/mp4")
    assert "alice" not in stored_name("alice", "abc", "video/mp4")
    release = a_release()
    hosting_of(release, a_publication(release), a_film(folder / "export")).video_address()
    assert rows() != []
    assert rows("bob") == []


def test_a_name_ends_as_its_content_wants(folder: Path):
    kinds = ("video/mp4", "video/quicktime", "image/png", "application/x-unknown")
    endings = {kind: stored_name(OWNER, "x", kind).rpartition(".")[2] for kind in kinds}
    assert list(endings.values()) == ["mp4", "mov", "png", "bin"]


def test_without_a_public_address_the_publication_is_refused_with_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    release = a_release()
    hosted = hosting_of(release, a_publication(release), a_film(folder / "export"))
    monkeypatch.delenv("RELEASE_DESK_PUBLIC_ADDRESS")
    with pytest.raises(Rejected, match="set RELEASE_DESK_PUBLIC_ADDRESS"):
        hosted.video_address()
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", "desk.example.com")
    with pytest.raises(Rejected, match="must be like https"):
        hosted.video_address()
    assert rows() == []


@pytest.mark.parametrize("mine", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080", "http://0.0.0.0"])
def test_this_machines_own_address_is_only_good_for_platforms_on_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, mine: str
):
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", mine)
    with pytest.raises(Rejected, match="reachable from outside"):
        chosen()
    (folder / "endpoints.yaml").write_text(yaml.safe_dump({"instagram": {"graph": "http://127.0.0.1:9400/graph"}}))
    monkeypatch.setenv("RELEASE_DESK_ENDPOINTS", str(folder / "endpoints.yaml"))
    settings.forget()
    assert chosen().kind == "local"


def test_the_hosting_folder_and_the_exports_lie_apart(folder: Path, monkeypatch: pytest.MonkeyPatch):
    for hosted in (folder / "export", folder / "export" / "hosted", folder):
        monkeypatch.setenv("RELEASE_DESK_HOSTING_ROOT", str(hosted))
        with pytest.raises(Rejected, match="must lie apart"):
            chosen()
    monkeypatch.setenv("RELEASE_DESK_EXPORT_ROOT", "gs://bucket/exports")
    assert chosen().kind == "local"


def test_a_bucket_without_a_name_is_refused_when_the_settings_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch):
    content = yaml.safe_load((settings.config_folder() / "distribution.yaml").read_text())
    content["hosting"] = {"kind": "gcs"}
    (folder / "distribution.yaml").write_text(yaml.safe_dump(content))
    monkeypatch.setenv("RELEASE_DESK_CONFIG", str(folder))
    settings.forget()
    with pytest.raises(settings.SettingsError, match="needs a bucket"):
        settings.distribution()
