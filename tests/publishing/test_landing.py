"""What lands in the export folder: due when complete and quiet by our clock, and started once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from include import settings
from include.database import engine
from include.publishing import landing
from tests.publishing.studio import Studio

ENDINGS = (".mp4", "_metadata.json", "_thumbnail.png")


@pytest.fixture
def watched(studio: Studio) -> Studio:
    """A studio whose releases belong to alice and must be quiet for an hour."""
    path = studio.folder / "config/distribution.yaml"
    config = yaml.safe_load(path.read_text())
    config["exports"] |= {"owner": "alice", "unchanged_for_seconds": 3600}
    path.write_text(yaml.safe_dump(config))
    settings.forget()
    return studio


def an_hour_passes() -> None:
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql("update desk.landed_export set since = since - interval '1 hour 1 second'")


def place(studio: Studio, ending: str, title_id: str = "t1") -> Path:
    return studio.folder / f"export/women/18-23/{title_id}{ending}"


def titles() -> list[str]:
    return [each.triple.title_id for each in landing.due()]


def test_a_complete_triple_is_due_when_it_has_been_quiet(watched: Studio):
    assert landing.look() == 0
    assert landing.due() == []
    an_hour_passes()
    assert landing.look() == 1
    (found,) = landing.due()
    assert (found.triple.segment, found.triple.age_bucket, found.triple.title_id) == ("women", "18-23", "t1")
    assert found.conf == {
        "segment": "women", "age_bucket": "18-23", "title_id": "t1", "owner": "alice",
        "export_root": str(watched.folder / "export"),
    }  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_triple_with_a_file_missing_is_not_seen_at_all(watched: Studio, ending: str):
    place(watched, ending).unlink()
    landing.look()
    an_hour_passes()
    assert landing.look() == 0
    assert landing.due() == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_change_of_any_file_begins_the_quiet_time_anew(watched: Studio, ending: str):
    landing.look()
    an_hour_passes()
    os.utime(place(watched, ending), (1, 1))  # also one that looks older than it was
    assert landing.look() == 0
    assert landing.due() == []
    assert landing.look() == 0
    an_hour_passes()
    assert landing.look() == 1


def test_the_files_own_times_count_for_nothing(watched: Studio):
    for ending in ENDINGS:
        os.utime(place(watched, ending), (0, 0))
    assert landing.look() == 0
    for ending in ENDINGS:
        os.utime(place(watched, ending), (4e9, 4e9))
    landing.look()
    an_hour_passes()
    assert landing.look() == 1


def test_a_triple_nobody_looked_at_is_not_due(watched: Studio):
    assert landing.due() == []


def test_what_was_started_is_started_once(watched: Studio, source: Path):
    landing.look()
    an_hour_passes()
    (found,) = landing.due()
    landing.started(landing.fields_of(found.triple), found.job_id)
    assert landing.run_started("women", "18-23", "t1") == found.job_id
    assert landing.look() == 0
    assert landing.due() == []
    watched.export(source, "t2")
    landing.look()
    an_hour_passes()
    assert titles() == ["t2"]


def test_what_changed_between_its_reading_and_its_start_is_due_again(watched: Studio):
    landing.look()
    an_hour_passes()
    (found,) = landing.due()
    place(watched, "_metadata.json").write_text('{"title": "Another title"}')
    landing.look()
    landing.started(landing.fields_of(found.triple), found.job_id)
    assert landing.run_started("women", "18-23", "t1") is None
    an_hour_passes()
    (again,) = landing.due()
    assert again.job_id != found.job_id


def test_the_same_content_has_the_same_run_however_often_it_lands(watched: Studio, source: Path):
    landing.look()
    an_hour_passes()
    (first,) = landing.due()
    landing.started(landing.fields_of(first.triple), first.job_id)
    watched.export(source)
    for ending in ENDINGS:
        os.utime(place(watched, ending), (5, 5))
    landing.look()
    an_hour_passes()
    (second,) = landing.due()
    assert second.job_id == first.job_id


CONF: dict[str, Any] = {"segment": "women", "age_bucket": "18-23", "title_id": "t1", "owner": "alice"}


def test_a_runs_id_follows_content_and_targets_and_nothing_else(watched: Studio):
    conf = CONF | {"export_root": str(watched.folder / "export")}
    first = landing.job_id_for(conf)
    assert first.startswith("release~t1~")
    assert landing.job_id_for(dict(reversed(conf.items()))) == first
    assert landing.job_id_for(conf | {"platforms": ["tiktok"]}) != first
    assert landing.job_id_for(conf | {"owner": "bob"}) != first
    for ending in ENDINGS:
        before, kept = landing.job_id_for(conf), place(watched, ending).read_bytes()
        place(watched, ending).write_bytes(kept + b" ")
        assert landing.job_id_for(conf) != before
        place(watched, ending).write_bytes(kept)
    assert landing.job_id_for(conf) == first


def test_what_vanishes_after_it_was_seen_is_left_for_later(watched: Studio, source: Path, monkeypatch):
    watched.export(source, "t2")
    landing.look()
    an_hour_passes()
    triples = list(landing.list_triples(settings.export_root()))
    place(watched, ".mp4").unlink()
    monkeypatch.setattr(landing, "list_triples", lambda root: iter(triples))
    assert titles() == ["t2"]


def test_files_that_are_no_release_are_ignored(watched: Studio):
    for name in (".t9.mp4", "t9.mp4.part", "notes.txt", "..mp4"):
        (watched.folder / "export/women/18-23" / name).write_bytes(b"x")
    landing.look()
    an_hour_passes()
    assert titles() == ["t1"]
