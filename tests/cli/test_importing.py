"""`./desk import` prints what the contract says and asks with exit code 3."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from include.cli import launcher
from include.cli.app import app
from tests.cli import saying
from tests.publishing.rows import an_account

run = partial(saying.run, app)


@pytest.fixture(autouse=True)
def _installation(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "enter", lambda: None)
    an_account("admin", "tt", "tiktok")


def a_file(folder: Path, text: str) -> str:
    path = folder / "rewards.csv"
    path.write_text(text)
    return str(path)


def test_json_has_every_key_of_the_contract(tmp_path: Path):
    file = a_file(tmp_path, "\ufeffvideo id;date;rewards\nv1;2026-10-01;1,50\nTotal;;1,50\n")
    code, said = run("import", "tiktok_rewards", file, "--json")
    told = json.loads(said)
    assert code == 0
    assert (told["rows_read"], told["rows_imported"], told["questions"]) == (2, 1, [])
    assert told["rows_skipped"] == [{"row": 2, "line": 3, "reason": "total row"}]
    assert told["columns"] == {"video id": "video_id", "date": "day", "rewards": "rewards"}


def test_what_is_open_is_asked_with_exit_three_and_answered_with_an_option(tmp_path: Path):
    file = a_file(tmp_path, "video id,date,rewards\nv1,03/04/2026,1.5\n")
    code, said = run("import", "tiktok_rewards", file, "--json")
    told = json.loads(said)
    assert (code, told["rows_imported"], len(told["questions"])) == (3, 0, 1)
    code, said = run("import", "tiktok_rewards", file, "--date-order", "dmy")
    assert code == 0
    assert "1 of 1 rows imported, 2026-04-03 to 2026-04-03." in said


def test_a_file_that_cannot_be_used_is_one_sentence_and_exit_one(tmp_path: Path):
    code, said = run("import", "costs", a_file(tmp_path, "a,b\n1,2\n"))
    assert code == 1
    assert "The file is not of this kind" in said
