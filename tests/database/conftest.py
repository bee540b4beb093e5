"""Two ways into a test's warehouse that go round our code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.postgres_server import PostgresServer, Warehouse


@pytest.fixture
def server(postgres_server: PostgresServer, warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """The superuser in this test's warehouse."""
    with postgres_server.superuser(warehouse) as connection:
        yield connection


@pytest.fixture
def app(warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """The product's own login, straight, without our code between."""
    with psycopg.connect(warehouse.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection
