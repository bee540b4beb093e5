"""docs/data.md is what the database says, and the database explains every column."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import create_engine

from include.analytics import dictionary


@pytest.fixture
def connection(warehouse):
    engine = create_engine(warehouse.owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_page_is_up_to_date(connection):
    page = dictionary.page(connection)
    assert dictionary.PAGE.read_text(encoding="utf-8") == page, "write it anew: ./desk dictionary"


def test_every_column_of_every_collected_table_and_mart_is_explained(connection):
    found = dictionary.columns(connection)
    assert {one.schema for one in found} >= {"marts"}
    assert dictionary.lacking(found) == []


def test_every_table_says_what_a_row_is(connection):
    rows = connection.exec_driver_sql(dictionary.SQL["tables"], {"schemas": list(dictionary.SCHEMAS)}).all()
    assert [f"{row.schema}.{row.name}" for row in rows if not row.comment] == []


def test_a_comment_is_taken_apart():
    said = dictionary.parts("Views | all. Unit: count. Source: videos.list statistics.viewCount. Lag: minutes.")
    assert said == {
        "": "Views | all.", "Unit": "count", "Source": "videos.list statistics.viewCount", "Lag": "minutes",
    }  # fmt: skip
    assert dictionary.parts("Just a meaning.") == {"": "Just a meaning."}


def test_partitions_are_not_listed_but_their_table_is(connection):
    before = dictionary.page(connection)
    connection.exec_driver_sql("select desk.make_month('marts.video_daily', '2026-11-20')")
    assert dictionary.page(connection) == before
    assert "### marts.video_daily" in before
    assert not re.search(r"_20\d{4}", before)
