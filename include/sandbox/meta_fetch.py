"""Meta's crawler: it really fetches an address, in ranges where they are offered, and tells what went wrong."""

from __future__ import annotations

import ipaddress
import re
import time
import urllib.error
import urllib.request
import urllib.robotparser
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

AGENT = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
PIECE_BYTES = 8 << 20
READ_BYTES = 1 << 18
TRIES = 6
PAUSE_SECONDS = 0.5
TOTAL = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
MEDIA = ("video/", "image/", "application/octet-stream", "binary/octet-stream")
OWN_HOSTS = ("fbcdn.net", "facebook.com", "cdninstagram.com")


class CannotFetch(Exception):
    """An address cannot be fetched; `timed_out` tells whether it just took too long, `detail` what happened."""

    def __init__(self, detail: str, *, timed_out: bool = False) -> None:
        super().__init__(detail)
        self.detail, self.timed_out = detail, timed_out


def check_address(address: str) -> None:
    """Want a public https address; http only on this machine, where the sandbox lives."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise CannotFetch("The address is no web address.")
    if parts.scheme == "http" and not is_loopback(host):
        raise CannotFetch("The address is not https.")
    if host.endswith(OWN_HOSTS):
        raise CannotFetch("Addresses of Meta's own network are refused.")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fetch(address: str, path: Path, *, seconds: float, most: int, robots: bool = False) -> int:
    """Copy what an address holds into a file and return its size; raises `CannotFetch`.

    With ranges a broken connection is gone on with where it broke, a few times. `robots` heeds robots.txt.
    """
    check_address(address)
    if robots:
        check_robots(address)
    deadline, failed = time.monotonic() + seconds, 0
    path.write_bytes(b"")
    total: int | None = None
    while total is None or path.stat().st_size < total:
        there = path.stat().st_size
        try:
            total = fetch_piece(address, path, there, total, deadline, most)
        except (OSError, HTTPException) as error:
            failed = failed + 1 if path.stat().st_size == there else 1
            refused = isinstance(error, urllib.error.HTTPError) and error.code < 500
            if refused or failed >= TRIES or time.monotonic() > deadline:
                raise told(error, deadline) from None
            time.sleep(PAUSE_SECONDS * failed)
    return total


def told(error: Exception, deadline: float) -> CannotFetch:
    """Return what a failed fetch is called."""
    late = isinstance(error, TimeoutError) or time.monotonic() > deadline
    return CannotFetch(f"{type(error).__name__}: {error}"[:200], timed_out=late)


def fetch_piece(address: str, path: Path, start: int, total: int | None, deadline: float, most: int) -> int:
    """Fetch the next piece, or everything when the server knows no ranges; return the total size."""
    request = urllib.request.Request(address, headers={"User-Agent": AGENT})  # noqa: S310  (the scheme was checked)
    request.add_header("Range", f"bytes={start}-{start + PIECE_BYTES - 1}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=max(1.0, min(30.0, deadline - time.monotonic()))) as answer:
        check_type(answer.headers.get("Content-Type", ""))
        found = TOTAL.fullmatch(answer.headers.get("Content-Range", "")) if answer.status == 206 else None
        if answer.status == 206 and (found is None or int(found.group(1)) != start):
            raise CannotFetch("The server answered another range than was asked.")
        if found is None and start:
            path.write_bytes(b"")  # no ranges: from the beginning again
        size = int(found.group(3)) if found else length_of(answer)
        if size is not None and size > most:
            raise CannotFetch("The file is too large.")
        if total is not None and size != total:
            raise CannotFetch("The file changed while it was fetched.")
        copied = copy(answer, path, deadline, most)
    expected = size if found is None else min(PIECE_BYTES, int(found.group(3)) - start)
    if expected is not None and copied < expected:
        raise OSError("the connection broke off")
    return path.stat().st_size if size is None else size


def length_of(answer: Any) -> int | None:
    """Return the announced length."""
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None


def check_type(kind: str) -> None:
    """Want a media type that can be a video or picture."""
    if kind and not kind.lower().startswith(MEDIA):
        raise CannotFetch(f"The address answers {kind}, which is no media.")


def copy(answer: Any, path: Path, deadline: float, most: int) -> int:
    """Append an answer's bytes to the file; return how many they were."""
    copied = 0
    with open(path, "ab") as target:
        while piece := answer.read(READ_BYTES):
            target.write(piece)
            copied += len(piece)
            if time.monotonic() > deadline:
                raise CannotFetch("The download took too long.", timed_out=True)
            if target.tell() > most:
                raise CannotFetch("The file is too large.")
    return copied


def check_robots(address: str) -> None:
    """Heed robots.txt where there is one."""
    parts = urlsplit(address)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{parts.scheme}://{parts.netloc}/robots.txt", timeout=10) as answer:
            text = answer.read(100_000).decode("utf-8", "replace") if answer.status == 200 else ""
    except (OSError, HTTPException):
        return
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(text.splitlines())
    if not rules.can_fetch("facebookexternalhit", address):
        raise CannotFetch("robots.txt forbids it.")
