"""docs/security.md names a proof for each promise, and docs/rest.md every route."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from include.settings import PROJECT
from tests.database.test_isolation import ACROSS_OWNERS
from tests.desk.people import Ask
from tests.desk.test_api import routes

PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def text(name: str) -> str:
    return (PROJECT / "docs" / name).read_text(encoding="utf-8")


def names_in(path: Path) -> set[str]:
    """Return the names of the tests a file has."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, functions)}


def test_every_promise_has_a_test_that_exists():
    rows = [
        line for line in text("security.md").splitlines() if line.startswith("| ") and not line.startswith("| promise")
    ]
    assert len(rows) > 25
    for row in rows:
        proofs = PROOF.findall(row)
        assert proofs, f"no proof: {row}"
        for file, name in proofs:
            assert name in names_in(PROJECT / file), f"{file} has no {name}"


def test_every_function_that_looks_across_owners_is_named():
    for name in ACROSS_OWNERS:
        assert f"`{name}`" in text("security.md"), name


def test_every_route_is_told_with_its_method_and_no_other(ask: Ask):
    told = set(re.findall(r"`(GET|POST|PATCH|PUT|DELETE) /api/publishing(/[\w/{}.]+)", text("rest.md")))
    assert told == set(routes())


def test_examples_are_what_the_api_answers(ask: Ask):
    """Every key of every JSON example is one of the answer it stands for."""
    from include.desk.app import app, described

    shapes = described(app)["components"]["schemas"]
    known = [set(shape.get("properties", {})) for shape in shapes.values()]
    examples = re.findall(r"```json\n(.*?)```", text("rest.md"), re.DOTALL)
    assert len(examples) >= 6
    for example in examples:
        keys = set(json.loads(example))
        assert any(keys <= each for each in known), keys
