"""The rules of the house: who may import whom, what files are called, how long they are, what is documented."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    path for folder in ("include", "dags", "plugins", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))
]
MAX_LINES = 400
MAX_DAG_LINES = 100
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "base", "misc", "shared", "manager"}

# Each folder may import from those on its own line's right, and from itself. Arrows point down only.
BOTTOM = {"settings", "database", "measurement"}
RELEASES = {"releases"}
PLATFORMS = RELEASES | {"platforms"}
GATEWAYS = PLATFORMS | {"gateways"}
MEDIA = GATEWAYS | {"accounts", "media"} | BOTTOM
WORK = MEDIA | {"publishing", "analytics", "audience", "scoring", "reports", "market"}
MAY_IMPORT = {
    "distribution": set(),
    "measurement": set(),
    "settings": {"distribution", "measurement"},
    "releases": RELEASES,
    "platforms": PLATFORMS,
    "gateways": GATEWAYS,
    "database": BOTTOM,
    "accounts": MEDIA,
    "media": MEDIA,
    "publishing": WORK,
    "analytics": WORK,
    "audience": WORK,
    "scoring": WORK,
    "reports": WORK,
    "market": WORK,
    "triggers": WORK | {"triggers"},
    "sensors": WORK | {"triggers", "sensors"},
    "desk": WORK | {"triggers", "desk"},
    "cli": WORK | {"triggers", "cli", "client"},
    "dags": WORK | {"triggers", "sensors", "desk"},
    "plugins": {"desk", "triggers"},
    "client": {"client"},
    "benchmarks": WORK | {"cli", "client"},
    "sandbox": {"sandbox"},
}
AIRFLOW_MAY_BE_IN = (
    "dags/",
    "plugins/",
    "include/sensors/",
    "include/triggers/",
    "include/desk/access.py",
    "include/settings.py",
)


def _imports(path: Path) -> set[str]:
    """Return the dotted names a file imports; relative ones keep their dots."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def _folder(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if parts[0] != "include" else Path(parts[1]).stem


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_point_down_only():
    found = []
    for path in CODE:
        folder = _folder(path)
        if folder == "__init__":
            continue
        for name in _imports(path):
            if name.startswith("."):
                found.append(f"{_name(path)}: use the full path, not {name}")
            elif name.startswith("include.") and name.split(".")[1] not in MAY_IMPORT[folder]:
                found.append(f"{_name(path)} ({folder}) may not import {name}")
    assert not found


def test_airflow_is_known_only_where_it_has_to_be():
    elsewhere = [path for path in CODE if not _name(path).startswith(AIRFLOW_MAY_BE_IN)]
    assert not [
        f"{_name(path)}: {name}" for path in elsewhere for name in _imports(path) if name.split(".")[0] == "airflow"
    ]


def test_a_platform_knows_no_other_platform():
    platforms = ROOT / "include/platforms"
    names = {each.name for each in platforms.iterdir() if each.is_dir()}
    found = []
    for path in (path for path in CODE if path.is_relative_to(platforms) and path.parent != platforms):
        own = path.relative_to(platforms).parts[0]
        for name in _imports(path):
            pieces = name.split(".")
            if pieces[:2] == ["include", "platforms"] and set(pieces[2:3]) & (names - {own, "meta_graph"}):
                found.append(f"{_name(path)}: {name}")
    assert not found


def test_a_file_is_short_and_named_after_something():
    found = []
    for path in CODE:
        lines = path.read_text(encoding="utf-8").count("\n")
        most = MAX_DAG_LINES if path.parent == ROOT / "dags" else MAX_LINES  # a DAG file is wiring only
        if lines > most:
            found.append(f"{_name(path)} has {lines} lines; {most} are allowed")
        if path.stem in FORBIDDEN_NAMES:
            found.append(_name(path))
    assert not found


def test_a_dag_file_is_named_after_its_dag_and_explains_it():
    dags = sorted((ROOT / "dags").glob("*.py"))
    assert dags
    for path in dags:
        text = path.read_text(encoding="utf-8")
        for wanted in (f'dag_id="{path.stem}"', f"def {path.stem}(", "doc_md=__doc__"):
            assert wanted in text, f"{_name(path)} lacks {wanted}"


def test_the_plugins_folder_holds_one_file_at_most():
    assert len(list((ROOT / "plugins").glob("*.py"))) <= 1


def test_everything_public_says_what_it_is():
    found = []
    for path in (each for each in CODE if each.name != "__init__.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            found.append(_name(path))
        if path.parent == ROOT / "dags":
            continue
        public = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        named = [node for node in tree.body if isinstance(node, public) and not node.name.startswith("_")]
        found += [f"{_name(path)}: {node.name}" for node in named if not ast.get_docstring(node)]
    assert not found, "without a docstring"


def test_only_the_ledger_changes_a_publications_state():
    writes = re.compile(r"update\s+desk\.publication\b", re.IGNORECASE)
    for path in [*sorted((ROOT / "sql/queries").glob("*.sql")), *CODE]:
        if writes.search(path.read_text(encoding="utf-8")):
            assert path.name == "ledger.sql", f"{_name(path)} changes publications"
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        for statement in ("claim_publication", "move_publication", "save_note"):
            if f'"{statement}"' in text:
                assert path.name == "ledger.py", f"{_name(path)} uses {statement}"


def test_no_sql_is_built_from_strings():
    built = re.compile(r"exec_driver_sql\(\s*[fb]?[\"']")
    for path in CODE:
        assert not built.search(path.read_text(encoding="utf-8")), _name(path)


def test_every_platform_folder_has_the_same_files():
    wanted = {"README.md", "limits.py", "auth.py", "payloads.py", "client.py", "errors.py", "publish.py"}
    from include.platforms import NAMES

    for name in NAMES:
        there = {path.name for path in (ROOT / "include/platforms" / name).iterdir()}
        assert wanted <= there, f"{name} lacks {sorted(wanted - there)}"


def test_no_file_names_a_machine_or_a_package_index():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    bad = re.compile(
        r"pypi" + r"\.org|files\.pythonhosted|/root/|registry\.npmjs|/work/(main|shared)|--index-url|extra-index"
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path == Path(__file__) or not path.is_file() or path.suffix in {".png", ".jpg", ".mp4"}:
            continue
        found = bad.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{name}: {found.group(0) if found else ''}"
