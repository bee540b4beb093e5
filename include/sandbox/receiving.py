"""Uploaded bytes on their way to disk: streamed, never whole in memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import ClientDisconnect, Request


@dataclass(kw_only=True)
class Intake:
    """A body being stored. `stored` grows; `whole` turns true when the client sent everything it announced.

    Setting `stopped` from outside ends it: a newer request has taken over.
    """

    stored: int = 0
    offered: int = 0
    whole: bool = False
    stopped: bool = False


async def take_in(request: Request, path: Path, start: int, most: int, intake: Intake) -> None:
    """Store the request's body in the file from byte `start` on, at most `most` bytes of it.

    More than `most` is counted in `offered` and thrown away. A client that leaves early leaves `whole` false.
    """
    target = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        async for piece in request.stream():
            if intake.stopped:
                return
            intake.offered += len(piece)
            keep = piece if intake.stored + len(piece) <= most else piece[: most - intake.stored]
            if keep:
                write_all(target, keep, start + intake.stored)
                intake.stored += len(keep)
        intake.whole = not intake.stopped
    except ClientDisconnect:
        return
    finally:
        os.close(target)


def write_all(target: int, piece: bytes, position: int) -> None:
    """Write every byte; the system may take fewer at once."""
    view = memoryview(piece)
    while view:
        done = os.pwrite(target, view, position)
        position += done
        view = view[done:]


def truncate(path: Path, size: int) -> None:
    """Make the file exactly `size` bytes long, also when it does not exist yet."""
    with open(path, "ab") as file:
        file.truncate(size)
