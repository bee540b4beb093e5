"""The files of sql/marts and sql/checks: which there are, in which order they are built, and their statements.

A file is one model (or one check) and uses two parameters, `%(owner)s` and `%(day)s`, so that it runs as it is from
Python, in a test and in Airflow. Statements end with a semicolon at the end of a line.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "sql"
BY_DAY = ("account_daily", "video_daily", "revenue_daily", "revenue_monthly", "traffic_daily", "audience_daily")
"""Built for each touched day, in this order."""
AT_THE_END = ("content_piece", "interaction", "content_performance")
"""Built once, after the last day."""
BY_MONTH = tuple(
    f"marts.{name}" for name in ("account_daily", "video_daily", "revenue_daily", "traffic_daily", "audience_daily")
)
"""Tables with a partition for each month."""
_END = re.compile(r";[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"^--.*$", re.MULTILINE)


@cache
def statements(kind: str, name: str) -> tuple[str, ...]:
    """Return the statements of `sql/<kind>/<name>.sql` in order; comment lines are left out."""
    text = _COMMENT.sub("", (FOLDER / kind / f"{name}.sql").read_text(encoding="utf-8"))
    return tuple(part.strip() for part in _END.split(text) if part.strip())


@cache
def checks(model: str) -> tuple[str, ...]:
    """Return the names of a model's checks: files `sql/checks/<model>__<what>.sql`."""
    return tuple(sorted(path.stem for path in (FOLDER / "checks").glob(f"{model}__*.sql")))
