"""Reads the named statements of sql/queries/*.sql.

A block begins with its name in a line of its own, `-- claim_publication --`, and goes to the next such line; comment
lines under the name say what it is for, a semicolon ends the statement. Parameters are written `%(name)s`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "sql" / "queries"
NAME = re.compile(r"^-- ([a-z0-9_]+) --$", re.MULTILINE)


@cache
def load(noun: str) -> dict[str, str]:
    """Return the statements of `sql/queries/<noun>.sql` by name; raise `ValueError` for a name given twice."""
    parts = NAME.split((FOLDER / f"{noun}.sql").read_text(encoding="utf-8"))
    names, statements = parts[1::2], parts[2::2]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise ValueError(f"{noun}.sql names twice: {', '.join(sorted(doubled))}")
    return {name: statement.strip().rstrip(";") for name, statement in zip(names, statements, strict=True)}
