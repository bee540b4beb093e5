"""Closes the network for the tests: only this machine's loopback can be reached."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock


class NetworkIsClosed(Exception):
    """A test tried to leave this machine. No OSError: the code under test must not take it for bad luck."""


def is_here(host: Any) -> bool:
    """Tell whether a host name or address is this machine's loopback (or only asks where to listen)."""
    text = host.decode() if isinstance(host, bytes) else host
    if text in (None, "", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(str(text).split("%")[0]).is_loopback or text in ("0.0.0.0", "::")
    except ValueError:
        return str(text).endswith(".localhost")


def _check(host: Any) -> None:
    if not is_here(host):
        raise NetworkIsClosed(f"this test tried to reach {host}; tests reach the loopback only")


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the socket method `original` with its address checked; the address is its last argument."""

    def call(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check(arguments[-1][0])
        return original(self, *arguments)

    return call


@contextmanager
def closed() -> Iterator[None]:
    """Refuse every connection, datagram and name look-up that leaves this machine."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        _check(host)
        return resolve(host, *arguments, **named)

    guards = {name: _guarded(getattr(socket.socket, name)) for name in ("connect", "connect_ex", "sendto")}
    with mock.patch.multiple(socket.socket, **guards), mock.patch.object(socket, "getaddrinfo", getaddrinfo):
        yield
