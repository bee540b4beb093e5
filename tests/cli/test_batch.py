"""`desk batch`: a file of anybody's making, checked row by row, and nothing begun that nobody asked for."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from include.cli import errors, launcher
from include.cli.app import app
from include.database import engine
from include.publishing import batch_jobs
from tests.publishing.rows import an_account
from tests.publishing.test_batch import put

GOOD = "Clip,segment,age_bucket\nt1,women,18-23\n"
NAMED = ["--column", "Clip=title_id"]


@pytest.fixture
def place(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's warehouse with an account and releases of which only the metadata is real."""
    monkeypatch.setattr(launcher, "enter", lambda: None)
    monkeypatch.setattr(launcher, "current", lambda: None)
    an_account("admin")
    for number in range(1, 13):
        put(desk, f"t{number}")
    return desk


def run(file: Path, content: str | bytes, *words: str) -> tuple[int, str]:
    """Write a file and run the command with it; return exit code and what was said."""
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = CliRunner().invoke(app, ["batch", str(file), *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        code = errors.exit_code(done.exception)
        assert code is not None, done.exception
        return code, errors.sentence(done.exception)
    return done.exit_code, done.output


def shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at files no closer than that they are there: these videos are none."""
    from include.publishing import batch

    check = batch.check
    monkeypatch.setattr(batch, "check", lambda *some, **more: check(*some, **more | {"depth": "there"}))


def batches() -> int:
    """Return how many batches were kept."""
    with engine.transaction("admin") as connection:
        return int(connection.exec_driver_sql("select count(*) from desk.batch").scalar_one())


@pytest.mark.parametrize(
    ("content", "words", "why"),
    [
        (b"PK\x03\x04rest", [], "packed, or a spreadsheet"),
        (gzip.compress(b"x" * (1 << 20)), [], "packed, or a spreadsheet"),
        (b"\xff\xfe\x00", [], "not UTF-8"),
        (b"x" * ((64 << 20) + 1), [], "more than 64 MiB"),
        ("", [], "empty"),
        (GOOD, [], "'Clip'"),
        (GOOD, ["--column", "Clip"], ""),
        (GOOD, [*NAMED, "--set", "titel=x"], "titel"),
        ("Clip,segment,age_bucket\n" + "t1,women,18-23\n" * 10_001, NAMED, "10,000 rows"),
    ],
    ids=["zip", "gzip", "utf-16", "large", "empty", "unmapped", "no-pair", "unknown", "long"],
)
def test_a_file_that_is_no_batch_is_wrong_usage(place: Path, content: Any, words: list[str], why: str):
    code, said = run(place / "file.csv", content, *words)
    assert code == 2
    assert why in said


def test_a_file_that_is_not_there_is_wrong_usage(place: Path):
    done = CliRunner().invoke(app, ["batch", str(place / "nothing.csv")])
    assert done.exception is not None
    assert errors.exit_code(done.exception) == 2  # type: ignore[arg-type]


def test_bad_rows_are_shown_by_row_and_column_and_nothing_is_begun(place: Path, monkeypatch: pytest.MonkeyPatch):
    shallow(monkeypatch)
    text = GOOD + "t2,aliens,18-23\n"
    code, said = run(place / "file.csv", text, *NAMED)
    assert code == 1
    assert "1 of 2 rows can be published; 1 cannot (1 problem). Nothing was begun; --partial" in said
    assert "segment" in said
    code, said = run(place / "file.csv", text, *NAMED, "--json")
    told = json.loads(said)
    assert (code, told["begun"], told["good"], told["batch_id"]) == (1, 0, 1, None)
    assert [(each["row"], each["column"]) for each in told["problems"]] == [(2, "segment")]
    assert batches() == 0


def test_a_long_batch_goes_to_the_queue_and_a_dry_run_nowhere(place: Path, monkeypatch: pytest.MonkeyPatch):
    shallow(monkeypatch)
    rows = [{"title_id": f"t{n}", "segment": "women", "age_bucket": "18-23", "accounts": "my_youtube"}
            for n in range(1, 13)]  # fmt: skip
    code, said = run(place / "file.json", json.dumps(rows), "--dry-run", "--json")
    assert (code, json.loads(said)["good"], batches()) == (0, 12, 0)
    code, said = run(place / "file.json", json.dumps(rows), "--json", "--set", "privacy=private")
    told = json.loads(said)
    assert (code, told["queued"], told["begun"]) == (0, True, 12)
    found, kept = batch_jobs.read("admin", told["batch_id"])
    assert (found.waiting, found.asked_rows, len(kept)) == (12, 12, 12)
    with engine.transaction("admin") as connection:
        conf = connection.exec_driver_sql("select conf from desk.batch_row where row_number = 1").scalar_one()
    assert conf["targets"] == [{"account": "my_youtube", "privacy": "private"}]


def test_a_short_batch_needs_an_installation_to_start_runs(place: Path, monkeypatch: pytest.MonkeyPatch):
    shallow(monkeypatch)
    code, said = run(place / "file.csv", GOOD, *NAMED)
    assert (code, said) == (1, "Nothing was started yet; run `./desk up` first.")
    with engine.transaction("admin") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.publication").scalar_one() == 0
