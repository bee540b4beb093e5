"""The tests' own fence."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from tests.closed_network import NetworkIsClosed


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_an_outside_address_is_refused(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(NetworkIsClosed):
        outside.connect((address, 80))
    with socket.socket(family, socket.SOCK_DGRAM) as outside, pytest.raises(NetworkIsClosed):
        outside.sendto(b"?", (address, 53))


def test_a_name_is_not_even_looked_up() -> None:
    with pytest.raises(NetworkIsClosed):
        httpx.get("http://platform.invalid/")


async def test_asyncio_is_fenced_in_too() -> None:
    with pytest.raises(NetworkIsClosed):
        await asyncio.open_connection("192.0.2.1", 80)


def test_the_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
