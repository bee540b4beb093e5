"""What is purged, and everything that keeps a file."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from include.database import engine, queries
from include.media import purge as purging
from include.media.local import LocalStore
from include.media.purge import NotPurged, purge
from include.releases.publication import State
from tests.media.hosted_rows import a_film, a_publication, a_release, change, hosting_of, rows

OLD = "asked_at = now() - interval '8 days', address_until = now() - interval '7 days'"


@pytest.fixture
def hosted(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hosting folder; the exports beside it hold one film."""
    monkeypatch.setenv("RELEASE_DESK_HOSTING_ROOT", str(desk / "hosted"))
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", "https://desk.example.com")
    return desk / "hosted"


def a_hosted_film(hosted: Path, title_id: str = "t1", content: str = "abc", owner: str = "alice") -> Path:
    """Host a film for a publication; return where it is."""
    release = a_release(title_id, owner)
    video = a_film(hosted.parent / "export", f"{content}.mp4", b"\x00\x00\x00\x18ftypisom" + content.encode() * 99)
    address = hosting_of(release, a_publication(release, owner=owner), video, content, owner).video_address()
    name = address.partition("/hosted/")[2].partition("?")[0]
    return hosted / name[:2] / name


def over(state: str = "published", owner: str = "alice") -> None:
    change("publication", f"state = '{state}'", owner)


@pytest.mark.parametrize("state", ["published", "rejected", "failed", "cancelled"])
def test_a_copy_goes_when_its_publication_is_over_and_it_is_old(hosted: Path, state: str):
    path = a_hosted_film(hosted)
    over(state)
    change("hosted_file", OLD)
    size = path.stat().st_size
    assert purge() == purging.Purged(files=1, bytes=size, leftovers=0)
    assert not path.exists()
    assert rows() == []
    assert (hosted.parent / "export/abc.mp4").stat().st_size == size, "the export's own file stays"
    assert purge().files == 0


@pytest.mark.parametrize("state", sorted(set(State) - {"published", "rejected", "failed", "cancelled"}))
def test_a_copy_stays_while_a_publication_of_its_release_is_not_over(hosted: Path, state: str):
    path = a_hosted_film(hosted)
    change("hosted_file", OLD)
    over(state)
    assert purge().files == 0
    assert path.exists()
    assert len(rows()) == 1


def test_a_publication_that_never_asked_for_it_keeps_it_too(hosted: Path):
    path = a_hosted_film(hosted)
    over()
    a_publication(str(rows()[0]["release_id"]), "waits_for_its_turn")
    change("hosted_file", OLD)
    assert purge().files == 0
    assert path.exists()


def test_a_file_that_two_releases_share_stays_while_one_needs_it(hosted: Path):
    path = a_hosted_film(hosted)
    over()
    assert a_hosted_film(hosted, "t2") == path
    change("hosted_file", OLD)
    assert purge().files == 0
    assert path.exists()
    assert len(rows()) == 2
    over()
    assert purge().files == 1
    assert rows() == []


@pytest.mark.parametrize(
    "young",
    [
        "asked_at = now() - interval '6 days', address_until = now() - interval '5 days'",
        "asked_at = now() - interval '8 days', address_until = now() + interval '1 minute'",
    ],
)
def test_a_copy_stays_while_it_is_young_or_an_address_of_it_works(hosted: Path, young: str):
    path = a_hosted_film(hosted)
    over()
    change("hosted_file", young)
    assert purge().files == 0
    assert path.exists()


def test_the_days_are_a_setting(hosted: Path, monkeypatch: pytest.MonkeyPatch):
    a_hosted_film(hosted)
    over()
    change("hosted_file", OLD)
    monkeypatch.setenv("VIDEO_RETENTION_DAYS", "9")
    assert purge().files == 0
    monkeypatch.setenv("VIDEO_RETENTION_DAYS", "0")
    with pytest.raises(ValueError, match="VIDEO_RETENTION_DAYS"):
        purge()


def test_files_of_all_owners_are_purged_each_as_its_owner(hosted: Path):
    paths = [a_hosted_film(hosted, content=f"of_{owner}", owner=owner) for owner in ("alice", "bob")]
    for owner in ("alice", "bob"):
        over(owner=owner)
        change("hosted_file", OLD, owner)
    assert purge().files == 2
    assert not any(path.exists() for path in paths)
    assert rows() == rows("bob") == []


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("hosted_file", "asked_at = now()"),
        ("hosted_file", "address_until = now() + interval '1 hour'"),
        ("publication", "state = 'planned'"),
    ],
)
def test_a_file_needed_again_in_the_last_moment_stays(
    hosted: Path, monkeypatch: pytest.MonkeyPatch, table: str, what: str
):
    path = a_hosted_film(hosted)
    over()
    change("hosted_file", OLD)
    real = purging._remove

    def late(row, since):  # type: ignore[no-untyped-def]
        change(table, what)  # between the list and the lock
        return real(row, since)

    monkeypatch.setattr(purging, "_remove", late)
    assert purge().files == 0
    assert path.exists()
    assert len(rows()) == 1


def test_one_that_cannot_be_removed_keeps_its_row_and_stops_no_other(hosted: Path, monkeypatch: pytest.MonkeyPatch):
    stubborn = a_hosted_film(hosted)
    other = a_hosted_film(hosted, "t2", "other")
    over()
    change("hosted_file", OLD)
    real = LocalStore.expire

    def expire(self: LocalStore, name: str) -> None:
        if name == stubborn.name:
            raise PermissionError("not yours")
        real(self, name)

    monkeypatch.setattr(LocalStore, "expire", expire)
    with pytest.raises(NotPurged, match="1 of 2"):
        purge()
    assert not other.exists()
    assert [row["stored_name"] for row in rows()] == [stubborn.name]


def test_an_address_given_out_while_a_file_is_removed_waits_and_puts_it_there_again(
    hosted: Path, monkeypatch: pytest.MonkeyPatch
):
    path = a_hosted_film(hosted)
    release = str(rows()[0]["release_id"])
    other = a_publication(release, "other")
    over()
    change("hosted_file", OLD)
    asking, real = [], LocalStore.expire
    video = a_film(hosted.parent / "export", "abc.mp4", b"\x00\x00\x00\x18ftypisom" + b"abc" * 99)
    again = hosting_of(release, other, video)

    def expire(self: LocalStore, name: str) -> None:
        asking.append(threading.Thread(target=again.video_address))
        asking[0].start()
        asking[0].join(0.5)
        assert asking[0].is_alive(), "it did not wait for the lock"
        real(self, name)

    monkeypatch.setattr(LocalStore, "expire", expire)
    assert purge().files == 1
    asking[0].join(10)
    assert path.exists()
    assert len(rows()) == 1


def listed() -> list[Any]:
    with engine.transaction("*") as connection:
        statement = queries.load("hosting")["hosted_files_past"]
        return list(connection.exec_driver_sql(statement, {"since": "2999-01-01"}).mappings())


def test_what_is_needed_is_not_even_listed(hosted: Path):
    a_hosted_film(hosted)
    change("hosted_file", OLD)
    assert listed() == []
    over()
    assert len(listed()) == 1
    a_publication(str(rows()[0]["release_id"]), "another")
    assert listed() == []


def test_the_list_across_owners_tells_names_only(hosted: Path):
    a_hosted_film(hosted)
    over()
    change("hosted_file", OLD)
    assert [set(row) for row in listed()] == [{"owner", "kind", "place", "stored_name"}]
    with engine.transaction("*") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.hosted_file").scalar_one() == 0
