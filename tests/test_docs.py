"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _tables() -> set[str]:
    made = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "sql/migrations").glob("*.sql"))
    return set(re.findall(r"create table (desk\.\w+)", made))


def test_every_dag_is_documented_and_no_other():
    listed = set(re.findall(r"^\| `(\w+)` \|", _text("docs/dags.md"), re.MULTILINE))
    assert listed == {path.stem for path in (ROOT / "dags").glob("*.py")}


def test_every_table_is_documented_and_no_other():
    assert set(re.findall(r"^\| `(desk\.\w+)`", _text("docs/database.md"), re.MULTILINE)) == _tables()


def test_every_command_is_documented_and_no_other():
    import typer.main

    from include.cli.app import app

    group = typer.main.get_command(app)
    told = _text("docs/commands.md")
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert re.search(rf"`(\./desk )?{name}\b", told), f"desk {name} is not in docs/commands.md"
        for verb in getattr(command, "commands", {}):
            assert re.search(rf"`(\./desk {name} )?{verb}\b", told), f"desk {name} {verb} is not in docs/commands.md"
    for name in re.findall(r"`\./desk ([a-z]+)", told):
        assert name in group.commands, f"docs/commands.md tells of desk {name}, which does not exist"  # type: ignore[attr-defined]


def test_every_variable_is_documented():
    read = set(
        re.findall(
            r'"((?:AIRFLOW_CONN|SECRET|RELEASE_DESK|[A-Z]+_(?:APP|CLIENT))_[A-Z_]+)"', _text("include/settings.py")
        )
    )
    assert len(read) > 8
    told = _text("docs/settings.md")
    for name in sorted(read):
        assert f"`{name}`" in told, f"{name} is not in docs/settings.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_named_file_exists(page: Path):
    for name in re.findall(
        r"`((?:include|dags|sql|tests|config|docs|plugins|benchmarks)/[\w./-]+\.\w+)`", page.read_text(encoding="utf-8")
    ):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_the_readme_says_the_two_commands_on_its_first_screen():
    first_screen = _text("README.md").splitlines()[:25]
    assert any(line.startswith("./desk demo") for line in first_screen)
    assert any(line.startswith("./desk test") for line in first_screen)
