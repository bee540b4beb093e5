"""A platform is added by its own files, one word in each of two lists and its lines in `config/`; nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
from difflib import ndiff
from pathlib import Path

import pytest

from include import platforms
from include.media.clips import Clip, write_clip
from include.settings import PROJECT
from tests.platforms.building_site import LINES, NAMES_FILES, TEMPLATE, BuildingSite, build, files_of

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
PARROTS = ("include/platforms/parrot", "include/sandbox/parrot.py", "tests/platforms/parrot")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> BuildingSite:
    """The project with a platform more; whatever the tests below run in it must not change it any further."""
    return build(tmp_path_factory.mktemp("site") / "release-desk")


def said(done: subprocess.CompletedProcess[str]) -> str:
    return f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"


def test_a_release_goes_out_to_the_new_platform_once_whatever_is_killed(site: BuildingSite) -> None:
    done = site.run("-m", "pytest", "tests/platforms/parrot", "-p", "no:cacheprovider")
    assert done.returncode == 0, said(done)
    assert " passed" in done.stdout


def test_the_crash_matrix_has_the_new_platform_by_itself(site: BuildingSite) -> None:
    done = site.run("-m", "pytest", "tests/publishing/test_crashes.py", "-k", "parrot", "-p", "no:cacheprovider")
    assert done.returncode == 0, said(done)
    [cases] = re.findall(r"crash matrix: (\d+) cases", done.stdout)
    assert int(cases) > 40


def test_the_new_files_keep_the_rules_of_the_house(site: BuildingSite) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=site.root, check=True)  # one rule asks git for the names of files
    wanted = "parrot or platform_folder or ledger or sql or machine"  # rules of one file each, and of all together
    done = site.run("-m", "pytest", "tests/test_house_rules.py", "-k", wanted, "-p", "no:cacheprovider")
    assert done.returncode == 0, said(done)
    for command in (("ruff", "check", "--no-cache"), ("ruff", "format", "--check", "--no-cache")):
        done = site.run("-m", *command, *PARROTS)
        assert done.returncode == 0, said(done)
    done = site.run("-m", "mypy", f"--cache-dir={os.devnull}", "--follow-imports=silent", *PARROTS[:2])
    assert done.returncode == 0, said(done)


def test_the_command_that_checks_files_knows_the_new_platform(site: BuildingSite, tmp_path: Path) -> None:
    short = write_clip(tmp_path / "short.mp4", Clip(seconds=2))
    tiny = write_clip(tmp_path / "tiny.mp4", Clip(width=128, height=128, seconds=2))
    asked = ("validate", str(short), str(tiny), "--platforms", "parrot", "--json")
    done = site.run("-m", "include.cli", *asked)
    verdicts = [json.loads(line)["platforms"]["parrot"]["placements"]["video"] for line in done.stdout.splitlines()]
    assert [each["verdict"] for each in verdicts] == ["fits", "refused"], said(done)
    assert [each["rule"] for each in verdicts[1]["problems"]] == ["side"]


def test_the_form_of_the_dag_offers_the_new_platform(site: BuildingSite) -> None:
    ask = "from include.sensors.publish_params import publish_params; print(publish_params()['platforms'].schema)"
    done = site.run("-c", ask)
    assert "'parrot'" in done.stdout, said(done)


def test_its_app_is_configured_like_every_other(site: BuildingSite) -> None:
    done = site.run("-m", "pytest", "tests/test_compose.py", "-k", "example or variable", "-p", "no:cacheprovider")
    assert done.returncode == 0, said(done)


@pytest.mark.parametrize("name", platforms.NAMES)
def test_every_platform_offers_what_the_page_says(name: str) -> None:
    page = (PROJECT / "docs/add-a-platform.md").read_text(encoding="utf-8")
    table = page.split("## What the package offers")[1].split("For the consent page")[0]
    promised = [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"\w+", row)]
    assert len(promised) == 9
    assert [each for each in promised if not hasattr(platforms.get(name), each)] == []


def test_nothing_else_changed(site: BuildingSite) -> None:
    lines = {name: (TEMPLATE / "lines" / name).read_text(encoding="utf-8").splitlines() for name in LINES}
    template = {str(path.relative_to(TEMPLATE)) for path in files_of(TEMPLATE)}
    assert site.added() == template - {f"lines/{name}" for name in LINES}
    changed = site.changed()
    assert set(changed) == {*NAMES_FILES, *(target for target, _ in LINES.values())}
    for name in NAMES_FILES:
        before, now = changed[name]
        assert now.replace(', "parrot"', "", 1) == before
    for target in {target for target, _ in LINES.values()}:
        expected = sorted(line for name, (where, _) in LINES.items() if where == target for line in lines[name])
        difference = [line for line in ndiff(*(each.splitlines() for each in changed[target])) if line[0] in "+-"]
        assert sorted(line[2:] for line in difference) == expected
        assert all(line.startswith("+ ") for line in difference)
