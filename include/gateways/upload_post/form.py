"""A form with one file, streamed: the file is never gathered in memory."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Form:
    """Fields in their order (names may repeat) and, unless `pieces` is None, a file of `size` bytes as `video`."""

    fields: Sequence[tuple[str, str]]
    name: str = ""
    content_type: str = ""
    size: int = 0
    pieces: Iterable[bytes] | None = None

    def encoded(self) -> tuple[dict[str, str], Iterator[bytes]]:
        """Return the headers and the body as multipart/form-data."""
        boundary = secrets.token_hex(16)
        head = b"".join(_field(boundary, name, value) for name, value in self.fields)
        if self.pieces is not None:
            head += (
                f'--{boundary}\r\nContent-Disposition: form-data; name="video"; filename="{_safe(self.name)}"\r\n'
                f"Content-Type: {self.content_type}\r\n\r\n"
            ).encode()
        tail = f"{'' if self.pieces is None else chr(13) + chr(10)}--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + self.size + len(tail)),
        }
        return headers, self._body(head, tail)

    def _body(self, head: bytes, tail: bytes) -> Iterator[bytes]:
        yield head
        yield from self.pieces or ()
        yield tail


def _field(boundary: str, name: str, value: str) -> bytes:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _safe(name: str) -> str:
    """Return a file name that cannot end the header it stands in."""
    return "".join(sign for sign in name if sign.isprintable() and sign not in '"\\') or "video.mp4"
