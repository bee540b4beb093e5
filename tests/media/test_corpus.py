"""Every kind of file against a hand-written table of verdicts; and what is called convertible really is."""

from __future__ import annotations

from pathlib import Path

import pytest

from include import platforms
from include.cli import validate
from include.media.convert import convert, describe, plan
from include.platforms.file_rules import file_problems
from include.releases import video_facts
from include.releases.publication import Placement
from tests.media.corpus import UNREADABLE, Case
from tests.media.corpus_table import CASES

pytestmark = pytest.mark.long
CONVERTED_FOR = (("instagram", Placement.REEL), ("linkedin", Placement.POST))
"""The two that ask for most."""


def named(each: Case) -> str:
    return each.name


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files that were made already, by name: the second test needs the first one's."""
    return {"": tmp_path_factory.mktemp("corpus")}


def made(each: Case, files: dict[str, Path]) -> Path:
    if each.name not in files:
        files[each.name] = each.make(files[""])
    return files[each.name]


def verdicts(checked: validate.Checked) -> dict[str, str] | str:
    if checked.facts is None:
        return UNREADABLE
    return {
        f"{platform} {placement}": answer.verdict
        for platform, placements in checked.platforms.items()
        for placement, answer in placements.items()
    }


def test_there_are_enough_files_and_every_name_is_its_own() -> None:
    assert len(CASES) >= 60
    assert len({each.name for each in CASES}) == len(CASES)


@pytest.mark.parametrize("each", CASES, ids=named)
def test_the_verdict_is_the_one_in_the_table(each: Case, files: dict[str, Path]) -> None:
    checked = validate.check(made(each, files), platforms.NAMES)
    assert verdicts(checked) == each.expected, checked.problem
    if checked.facts is None:
        assert checked.problem is not None
        assert checked.problem.endswith(".")
    for placements in checked.platforms.values():
        for answer in placements.values():
            assert (answer.would is not None) == (answer.verdict == "convertible")


@pytest.mark.parametrize("each", [each for each in CASES if "C" in (each.says or "")], ids=named)
def test_what_is_called_convertible_fits_after_the_conversion(
    each: Case, files: dict[str, Path], tmp_path: Path
) -> None:
    facts = video_facts.read(source := made(each, files))
    for platform, placement in CONVERTED_FOR:
        rules = platforms.get(platform).file_rules(placement)
        if any(problem.fix == "refused" for problem in file_problems(facts, rules)):
            continue
        recipe = plan(facts, rules)
        if recipe is None:
            continue
        found = convert(source, recipe, tmp_path / "made.mp4")
        left = [problem for problem in file_problems(found, rules) if problem.rule != "size"]
        assert left == [], describe(recipe)
        assert plan(found, rules) is None or found.size_bytes < 75_000
