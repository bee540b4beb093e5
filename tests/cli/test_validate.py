"""`./desk validate`: the exact JSON of the contract, its verdicts and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from include import platforms
from include.cli import validate
from include.media.clips import Clip, write_clip
from include.platforms.contract import Problem

app = typer.Typer()
app.command("validate")(validate.command)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shape = Clip(width=720, height=1280, seconds=4, video_options=(("preset", "ultrafast"),))
    return write_clip(tmp_path_factory.mktemp("good") / "good.mp4", shape)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.new("RGB", (64, 64)).save(tmp_path / "picture.mp4", format="png")
    return tmp_path / "picture.mp4"


def test_a_good_file_fits_everywhere_and_ends_with_0(good: Path) -> None:
    result = run(good, "--json")
    assert result.exit_code == 0
    (found,) = answers(result)
    assert list(found) == ["file", "readable", "problem", "video", "platforms"]
    assert (found["file"], found["readable"], found["problem"]) == (str(good), True, None)
    assert found["video"] == {
        "container": "mp4",
        "video_codec": "h264",
        "audio_codec": "aac",
        "width": 720,
        "height": 1280,
        "rotation": 0,
        "display_width": 720,
        "display_height": 1280,
        "fps": 30.0,
        "variable_frame_rate": False,
        "duration_seconds": pytest.approx(4.0, abs=0.05),
        "size_bytes": good.stat().st_size,
    }
    assert list(found["platforms"]) == list(platforms.NAMES)
    assert found["platforms"]["youtube"]["placements"]["short"] == {"verdict": "fits", "problems": []}
    assert found["platforms"]["tiktok"]["placements"]["video"] == {"verdict": "fits", "problems": []}


def test_several_files_are_answered_one_a_line_in_order(good: Path, picture: Path) -> None:
    result = run(picture, good, picture, "--json")
    assert result.exit_code == 1
    assert [found["readable"] for found in answers(result)] == [False, True, False]


def test_one_bad_file_among_good_ones_ends_with_1(good: Path, picture: Path) -> None:
    assert run(good, picture, good, "--json").exit_code == 1


def test_an_unreadable_file_says_why_and_ends_with_1(picture: Path) -> None:
    result = run(picture, "--json", "--platforms", "tiktok")
    assert result.exit_code == 1
    assert answers(result) == [
        {
            "file": str(picture),
            "readable": False,
            "problem": "The file is a PNG picture, not a video.",
            "video": None,
            "platforms": {"tiktok": {"placements": {}}},
        }
    ]
    assert "not readable: The file is a PNG picture" in run(picture).stdout


def test_only_the_asked_platforms_answer(good: Path) -> None:
    (found,) = answers(run(good, "--json", "--platforms", "tiktok"))
    assert list(found["platforms"]) == ["tiktok"]


def test_a_landscape_video_is_no_short_but_still_taken_by_youtube(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "wide.mp4", Clip(width=1280, height=720, seconds=0.5))
    result = run(path, "--json", "--platforms", "youtube")
    placements = answers(result)[0]["platforms"]["youtube"]["placements"]
    assert placements["video"]["verdict"] == "fits"
    assert placements["short"]["verdict"] != "fits"
    for problem in placements["short"]["problems"]:
        assert set(problem) == {"rule", "found", "allowed", "message"}
        assert all(isinstance(value, str) and value for value in problem.values())
    assert result.exit_code == 0


def test_a_platform_that_takes_it_nowhere_ends_with_1(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "tiny.mp4", Clip(width=128, height=72, seconds=0.5))
    result = run(path, "--json", "--platforms", "tiktok")
    placements = answers(result)[0]["platforms"]["tiktok"]["placements"]
    assert {answer["verdict"] for answer in placements.values()} == {"refused"}
    assert result.exit_code == 1


def problem(fix: Any) -> Problem:
    return Problem(rule="r", found="f", allowed="a", message="m", fix=fix)


@pytest.mark.parametrize(
    ("fixes", "expected"),
    [
        ([], "fits"),
        (["warning"], "fits"),
        (["convertible"], "convertible"),
        (["warning", "convertible"], "convertible"),
        (["convertible", "refused", "warning"], "refused"),
    ],
)
def test_the_worst_problem_decides(fixes: list[str], expected: str) -> None:
    assert validate.verdict_of([problem(fix) for fix in fixes]) == expected


def test_convertible_counts_as_taken_and_one_placement_is_enough() -> None:
    def checked(*verdicts: str) -> validate.Checked:
        placements = {str(n): validate.Verdict(verdict=verdict, problems=[]) for n, verdict in enumerate(verdicts)}
        return validate.Checked(file="x", facts=object(), problem=None, platforms={"youtube": placements})  # type: ignore[arg-type]

    assert checked("convertible").is_taken_everywhere
    assert checked("refused", "fits").is_taken_everywhere
    assert not checked("refused", "refused").is_taken_everywhere


def test_an_unknown_platform_is_wrong_usage_and_the_known_are_named(good: Path) -> None:
    result = run(good, "--json", "--platforms", "youtube,myspace")
    assert (result.exit_code, result.stdout) == (2, "")
    said = " ".join(result.stderr.split())
    assert "myspace" in said
    assert all(name in said for name in platforms.NAMES)


@pytest.mark.parametrize("asked", ["", ",", " "])
def test_no_platform_at_all_is_wrong_usage(good: Path, asked: str) -> None:
    assert run(good, "--platforms", asked).exit_code == 2


def test_a_missing_file_is_wrong_usage_and_nothing_else_is_checked(good: Path, tmp_path: Path) -> None:
    result = run(good, tmp_path / "nowhere.mp4", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no such file" in result.stderr
    assert run(tmp_path).exit_code == 2
    assert run().exit_code == 2


@pytest.fixture
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "160")
    return


@pytest.mark.usefixtures("_wide_terminal")
def test_a_person_reads_what_it_is_and_who_takes_it(good: Path) -> None:
    result = run(good)
    assert result.exit_code == 0
    assert "mp4, h264 and aac, 720 × 1280, 30 fps, 4.0 s" in result.stdout
    for word in ("youtube", "tiktok", "short", "fits"):
        assert word in result.stdout
