"""Many releases at once: rows of anybody's files, every problem by row and column, and the way to jobs."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from include.database import engine
from include.publishing import batch, batch_jobs, batch_rows, jobs, verdicts
from include.publishing.batch_rows import BatchError
from tests.publishing.rows import an_account
from tests.publishing.studio import OWNER, Studio

ROW = {"segment": "women", "age_bucket": "18-23", "title_id": "t1"}


def put(desk: Path, title_id: str, metadata: str = '{"title": "A title"}') -> None:
    """Put three files down, of which only the metadata is real."""
    folder = desk / "export" / "women" / "18-23"
    folder.mkdir(parents=True, exist_ok=True)
    for ending, content in ((".mp4", "video"), ("_thumbnail.png", "picture"), ("_metadata.json", metadata)):
        (folder / f"{title_id}{ending}").write_text(content)


@pytest.fixture
def place(desk: Path) -> Path:
    """Alice with an account on two platforms, and five releases whose videos nobody looks at."""
    an_account(OWNER)
    an_account(OWNER, "my_tiktok", "tiktok")
    for number in range(1, 6):
        put(desk, f"t{number}")
    return desk


def told(found: batch.Checked) -> list[tuple[int, str | None, str]]:
    """Return problems as tuples."""
    return [(each.row, each.column, each.message) for each in found.problems]


def test_a_csv_file_with_other_names_becomes_the_conf_of_runs(place: Path):
    text = (
        "\ufeffFolder;Ages;Clip;Where;Words;When;Zone;Prio\r\n"
        'women;18-23;t1;"my_youtube, my_tiktok";"A; title";2027-01-15T09:00:00;Europe/Madrid;9\r\n'
        "\r\n"
        "women;18-23;t2;;;;;\r\n"
    )
    columns = {"Folder": "segment", "Ages": "age_bucket", "Clip": "title_id", "Where": "accounts", "Words": "title",
               "When": "scheduled_for", "Zone": "timezone", "Prio": "priority"}  # fmt: skip
    found = batch.check(
        OWNER, batch_rows.read_csv(text, at_most=10), columns=columns, defaults={"privacy": "private"}, depth="there"
    )
    assert found.problems == ()
    root = str(place / "export")
    assert [dict(each.conf) for each in found.good] == [
        ROW | {"owner": OWNER, "export_root": root, "priority": 9, "timezone": "Europe/Madrid",
               "scheduled_for": "2027-01-15T09:00:00", "targets": [
                   {"account": "my_youtube", "title": "A; title", "privacy": "private"},
                   {"account": "my_tiktok", "title": "A; title", "privacy": "private"}]},
        ROW | {"title_id": "t2", "owner": OWNER, "export_root": root, "targets": [
            {"account": "my_tiktok", "privacy": "private"}, {"account": "my_youtube", "privacy": "private"}]},
    ]  # fmt: skip
    assert found.summary == "2 of 2 rows can be published."


def test_every_problem_is_told_by_row_and_by_the_name_of_their_column(place: Path):
    put(place, "broken", "{")
    rows: list[dict[str, Any]] = [
        {"Clip": "t1", "segment": "women", "age_bucket": "18-23"},
        {"Clip": "t2", "segment": "aliens", "age_bucket": "7", "priority": "high"},
        {"Clip": "t2", "segment": "women", "age_bucket": "18-23", "accounts": "nobody"},
        {"Clip": "gone", "segment": "women", "age_bucket": "18-23"},
        {"segment": "women", "age_bucket": "18-23"},
        {"Clip": "t1", "segment": "women", "age_bucket": "18-23"},
        {"Clip": "broken", "segment": "women", "age_bucket": "18-23"},
        {"Clip": "t3", "segment": "women", "age_bucket": "18-23", "scheduled_for": "2027-03-28T02:30:00",
         "timezone": "Europe/Madrid"},
        {"Clip": "t3", "segment": "women", "age_bucket": "18-23", "platforms": "linkedin|youtube"},
        {"Clip": "t4", "segment": "women", "age_bucket": "18-23", "placement": "billboard", "made_for_kids": "maybe"},
        {"Clip": "t5", "segment": "women", "age_bucket": "18-23", "priority": 11},
    ]  # fmt: skip
    found = batch.check(OWNER, rows, columns={"Clip": "title_id"}, depth="there")
    assert [each.row for each in found.good] == [1]
    by_row = {row: [(column, message) for each, column, message in told(found) if each == row] for row in range(1, 12)}
    assert by_row[1] == []
    assert by_row[2] == [("priority", "must be a whole number, not 'high'.")]
    assert by_row[3][0][0] == "accounts"
    assert "gone.mp4 is missing" in by_row[4][0][1]
    assert by_row[5] == [("Clip", "is missing.")]
    assert by_row[6][0] == ("Clip", "is the same release to 'my_tiktok' as in row 1.")
    assert by_row[7][0][1]
    assert by_row[8][0][0] == "scheduled_for"
    assert "no connected account on linkedin" in by_row[9][0][1]
    assert {column for column, _ in by_row[10]} == {"made_for_kids"}
    assert by_row[11][0][0] == "priority"
    assert found.summary == "1 of 11 rows can be published; 10 cannot (13 problems)." or "cannot (" in found.summary


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("segment,segment\n1,2\n", "twice"),
        ("segment,age_bucket,title_id\nwomen,18-23,t1,more\n", "Line 2 has 4 values"),
        ('segment,title_id\n"women,t1\n', "Line"),
        ("PK\x03\x04\x00\x00", "no text file"),
        ("segment\n" + "women\n" * 11, "10 rows at most"),
        ("segment,x\n" + "a" * 200_000 + ",b\n", "Line"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(text: str, why: str):
    with pytest.raises(BatchError, match=why):
        batch_rows.read_csv(text, at_most=10)


@pytest.mark.parametrize("text", ["", "{", "5", '"x"', "[1]", '{"rows": 5}', "[" * 100_000, "[{}," * 20 + "{}]" * 20])
def test_json_that_is_no_batch_is_refused_as_a_whole(text: str):
    with pytest.raises(BatchError):
        batch_rows.read_json(text, at_most=10)


def test_names_nobody_knows_are_told_once_for_the_whole_file(place: Path):
    for rows, columns, why in (
        ([{"Titel": "x"}], {}, "'Titel'"),
        ([{"Clip": "x"}], {"Clip": "titel_id"}, "titel_id"),
        ([{"title_id": "x", "Clip": "y"}], {"Clip": "title_id"}, "Several columns stand for title_id"),
        ([], {}, "no rows"),
        ([ROW] * 10_001, {}, "10,000 rows"),
    ):
        with pytest.raises(BatchError, match=why):
            batch.check(OWNER, rows, columns=columns, depth="there")
    with pytest.raises(BatchError, match="titel"):
        batch.check(OWNER, [ROW], defaults={"titel": "x"}, depth="there")


@pytest.mark.long
def test_10_000_rows_with_100_bad_ones_are_checked_in_time_and_exactly_those_are_told(place: Path):
    (place / "export" / "women" / "18-23").mkdir(parents=True, exist_ok=True)
    source = place / "export" / "women" / "18-23"
    for number in range(10, 210):
        for ending in (".mp4", "_thumbnail.png", "_metadata.json"):
            (source / f"t{number}{ending}").hardlink_to(source / f"t1{ending}")
    rows = [
        ROW | {"title_id": f"t{10 + number % 200}", "accounts": f"acc{number // 200}", "title": f"Title {number}"}
        for number in range(10_000)
    ]
    for number in range(50):
        an_account(OWNER, f"acc{number}")
    wrong = {number * 97 + 5 for number in range(100)}
    for number in wrong:
        rows[number]["age_bucket"] = "7"
    began = time.monotonic()
    found = batch.check(OWNER, rows, depth="there")
    assert time.monotonic() - began < 60
    assert {each.row - 1 for each in found.problems} == wrong
    assert {each.column for each in found.problems} == {"age_bucket"}
    assert len(found.good) == 9_900


def test_rows_are_read_closely_when_asked(studio: Studio, source: Path):
    studio.connect("youtube")
    folder = studio.folder / "export" / "women" / "18-23"
    for name in ("t2", "t3"):
        for ending in (".mp4", "_thumbnail.png", "_metadata.json"):
            (folder / f"{name}{ending}").write_bytes((folder / f"t1{ending}").read_bytes())
    (folder / "t3.mp4").write_bytes(b"no video")
    rows = [ROW, ROW | {"title_id": "t2"}, ROW | {"title_id": "t3"}]
    assert [each.row for each in batch.check(OWNER, rows, depth="there").good] == [1, 2, 3]
    assert [each.row for each in batch.check(OWNER, rows, depth="read").good] == [1, 2]
    found = batch.check(OWNER, rows, depth="rehearse")
    assert [each.row for each in found.good] == [1]
    assert (2, "title_id", "is the same video to 'my_youtube' as in row 1.") in told(found)
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql("select count(*) from desk.release").scalar_one() == 0


def test_a_long_batch_is_kept_and_a_worker_registers_it_for_the_queue(studio: Studio, source: Path):
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    studio.connect("youtube", owner="bob")
    gone = ROW | {"title_id": "gone"}
    good = [batch.Good(row=number, conf=conf) for number, conf in ((1, ROW), (4, gone))]
    mine = batch_jobs.keep(OWNER, good, 7)
    theirs = batch_jobs.keep("bob", good[:1], 1)
    assert batch_jobs.read(OWNER, mine)[0].waiting == 2
    assert batch_jobs.register_waiting(at_most=1) == 1
    assert batch_jobs.register_waiting() == 2
    assert batch_jobs.register_waiting() == 0
    found, rows = batch_jobs.read(OWNER, mine)
    assert (found.asked_rows, found.waiting, found.registered, found.refused) == (7, 0, 1, 1)
    assert [(each.row, each.state) for each in rows] == [(1, "registered"), (4, "refused")]
    assert "gone.mp4 is missing" in rows[1].problems[0]
    job = jobs.read(OWNER, str(rows[0].job_id))
    assert {each["state"] for each in job.results} == {"scheduled"}
    assert all(each["next_try_at"] <= datetime.now(UTC) for each in job.results), "due now"
    assert len(verdicts.publications_of(OWNER, job.job_id)) == 2
    assert batch_jobs.read("bob", theirs)[0].registered == 1
    with pytest.raises(batch_jobs.UnknownBatch):
        batch_jobs.read("bob", mine)
    with pytest.raises(batch_jobs.UnknownBatch):
        batch_jobs.read(OWNER, "no-uuid")


def test_a_row_whose_worker_died_is_taken_again_and_registered_once(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    studio.connect("youtube")
    taken = batch_jobs.keep(OWNER, [batch.Good(row=n, conf=ROW | {"title_id": f"gone{n}"}) for n in (1, 2)], 2)
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.batch_row set taken_at = now() where row_number = 1")
    assert batch_jobs.register_waiting() == 1
    assert [each.state for each in batch_jobs.read(OWNER, taken)[1]] == ["waiting", "refused"], "one is somebody else's"
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("delete from desk.batch")
    kept = batch_jobs.keep(OWNER, [batch.Good(row=1, conf=ROW)], 1)
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.batch_row set taken_at = now()")
    assert batch_jobs.register_waiting() == 0, "somebody is at it"
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.batch_row set taken_at = now() - interval '11 minutes'")

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(batch_jobs.queue, "schedule", dies)
        with pytest.raises(KeyboardInterrupt):
            batch_jobs.register_waiting()
    assert batch_jobs.register_waiting() == 1
    assert batch_jobs.read(OWNER, kept)[0].registered == 1
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql("select count(*) from desk.publication").scalar_one() == 1
