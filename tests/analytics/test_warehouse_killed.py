"""A builder that is killed leaves whole days only, and the next one goes on where it stood."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest

from tests.analytics import stage
from tests.analytics.stage import mart, read

DAY = date(2026, 11, 20)
KILLED = 9
BUILDER = """
import os, sys
from include.analytics import warehouse
run, left = warehouse.engine.Connection.exec_driver_sql, [int(sys.argv[1])]

def counted(connection, *given, **more):
    left[0] -= 1
    if left[0] < 0:
        os._exit(9)
    return run(connection, *given, **more)

warehouse.engine.Connection.exec_driver_sql = counted
warehouse.build("alice")
"""
"""Dies just before so many statements, wherever that is."""


@pytest.mark.parametrize("statements", [12, 24, 30, 36, 45, 52, 70, 85, 100, 120, 140])
def test_a_kill_at_any_statement_leaves_whole_days_only(
    statements: int, desk: Any, postgres_server: Any, warehouse: Any
):
    from include.analytics import warehouse as builder

    with postgres_server.superuser(warehouse) as connection:
        stage.set_up(connection)
        for video in ("v", "w"):
            stage.publish(connection, video)
        for number in range(3):
            day = DAY + timedelta(days=number)
            read("video_daily", *({"video_id": one, "day": day, "views_total": 10 + number} for one in ("v", "w")))
            read("account_daily", {"day": day, "followers_total": number})
            read("traffic_daily", {"video_id": "v", "day": day, "source": "search", "views": 3})
        done = subprocess.run([sys.executable, "-c", BUILDER, str(statements)], check=False)
        assert done.returncode in (0, KILLED)
        seen = {name: [row.day for row in mart(name, order="day")] for name in _BY_DAY}
        for day in (DAY + timedelta(days=number) for number in range(3)):
            counts = [seen[name].count(day) for name in _BY_DAY]
            assert counts in ([2, 1, 1], [0, 0, 0]), f"{day} is half there"
        builder.build("alice")
        totals = [
            (row.video_id, row.views_total, row.views_delta) for row in mart("video_daily", order="video_id, day")
        ]
        assert totals == [(one, *pair) for one in ("v", "w") for pair in ((10, 10), (11, 1), (12, 1))]
        assert builder.owners() == []


_BY_DAY = ("video_daily", "account_daily", "traffic_daily")
