"""What a release cost is what files of costs say, else its metadata; never a sum over currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from include.analytics import warehouse
from include.database import engine
from tests.analytics import stage
from tests.analytics.stage import mart, touch_days

DAY = date(2026, 11, 20)


@pytest.fixture
def marts(desk: Any, postgres_server: Any, warehouse: Any) -> Any:
    """The warehouse with staging tables, and a superuser to publish with."""
    with postgres_server.superuser(warehouse) as connection:
        stage.set_up(connection)
        yield connection


def cost(release: str, amount: str | None, currency: str | None, row: int, owner: str = "alice", **more: Any) -> None:
    """Write a row of a file of costs; `release` is a title id, and its release is looked up unless `found` is False."""
    given = {"owner": owner, "title": release, "amount": amount, "currency": currency, "row": row, "found": True} | more
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(
            "insert into desk.release_cost"
            " (owner, import_id, row_number, release_id, title_id, segment, amount, currency)"
            " values (%(owner)s, 1, %(row)s, (select release_id from desk.release where title_id = %(title)s"
            " and %(found)s), %(title)s, %(segment)s, %(amount)s, %(currency)s)", {"segment": None} | given,
        )  # fmt: skip


def test_what_a_release_cost_is_what_the_files_of_costs_say(marts):
    for release in ("paid", "mixed", "late", "elsewhere", "unknown", "told"):
        stage.publish(marts, release)
    stage.publish(marts, "paid", owner="bob")
    cost("paid", "10", "EUR", 1)
    cost("paid", "2.50", "EUR", 2)
    cost("mixed", "10", "EUR", 3)
    cost("mixed", "10", "USD", 4)
    cost("late", "7", "EUR", 5, found=False)
    cost("elsewhere", "7", "EUR", 6, found=False, segment="men")
    cost("unknown", "3", None, 7)
    cost("paid", "99", "EUR", 1, owner="bob")
    touch_days([DAY])
    warehouse.build("alice")
    assert {row.title_id: (row.cost, row.cost_currency) for row in mart("content_piece")} == {
        "paid": (Decimal("12.50"), "EUR"), "mixed": (None, None), "late": (Decimal(7), "EUR"),
        "elsewhere": (Decimal("12.50"), None), "unknown": (Decimal(3), None), "told": (Decimal("12.50"), None),
    }  # fmt: skip
