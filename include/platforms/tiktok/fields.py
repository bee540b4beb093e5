"""Which fields a reading asks for, and what happens when TikTok refuses one: the others are asked again without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from include.platforms.errors import Rejected
from include.platforms.reading import Refused

Answer = TypeVar("Answer")
WRONG_FIELDS = frozenset({"invalid_param", "invalid_params", "40000", "40002", "40700"})
"""What a request with a field that TikTok does not know is answered (reference A.2, A.12)."""


class Fields:
    """The fields of one reading: `key` is always asked, `asked` only as long as TikTok knows it."""

    def __init__(self, key: str, asked: Iterable[str]) -> None:
        self.key = key
        self.asked = tuple(dict.fromkeys(asked))
        self._untold: list[Refused] = []

    def ask(self, send: Callable[[Sequence[str]], Answer]) -> Answer:
        """Return what `send` returns for the fields; raises its errors, but not for a field that can be left out."""
        try:
            return send((self.key, *self.asked))
        except Rejected as refusal:
            if refusal.code not in WRONG_FIELDS or not self.asked:
                raise
            refused = self._named(refusal) or self._found(send)
            if not refused:
                raise
            self._untold += [Refused(field=name, why=refusal.message) for name in refused]
            self.asked = tuple(name for name in self.asked if name not in refused)
        return self.ask(send)

    def told(self) -> Iterator[Refused]:
        """Yield the refusals that were not told yet."""
        while self._untold:
            yield self._untold.pop(0)

    def _named(self, refusal: Rejected) -> list[str]:
        """Return the fields that TikTok's sentence names."""
        words = set(re.findall(r"\w+", refusal.message.partition("TikTok says:")[2]))
        return [name for name in self.asked if name in words]

    def _found(self, send: Callable[[Sequence[str]], Answer]) -> list[str]:
        """Return the fields TikTok refuses, by asking each alone; none when it refuses the key, too."""
        send((self.key,))
        refused = []
        for name in self.asked:
            try:
                send((self.key, name))
            except Rejected as refusal:
                if refusal.code not in WRONG_FIELDS:
                    raise
                refused.append(name)
        return refused
