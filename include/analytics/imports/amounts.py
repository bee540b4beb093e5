"""Numbers as people write them: which sign is the decimal one is decided by the whole column, or asked.

1.234,56 and 1,234.56 are clear; 1.234 alone is not, and another value of its column (or file) decides. Counts have no
decimals, so 1.234 views are one thousand two hundred and thirty-four.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Sign = Literal[".", ","]
SIGNS: tuple[Sign, ...] = (".", ",")
NOTHING = frozenset({"", "-", "--", "–", "—", "n/a", "na", "n.a.", "null", "none", "nan", "#n/a", "k. a.", "s/o"})
SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009\u2007'’`_"), None)
"""What stands between thousands and never is a decimal sign."""
ARABIC = str.maketrans({"٫": ",", "٬": ".", "،": ","})
BODY = re.compile(r"^\d[\d.,]*$|^[.,]\d+$")
POWER = re.compile(r"^[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}$")
AROUND = re.compile(r"^(?P<before>[^\d.,+\-−(]*)(?P<body>.*?)(?P<after>[^\d.,)]*)$", re.DOTALL)
CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,3}):(\d{2})(?:[.,]\d+)?$")
MAX_DIGITS = 30


class AskSign(Exception):
    """The column could be read with either sign as the decimal one; `example` shows it."""

    def __init__(self, example: str) -> None:
        super().__init__(example)
        self.example = example


@dataclass(frozen=True, kw_only=True)
class Written:
    """A number as it stands in the file: every reading by decimal sign, and what stood around it."""

    readings: dict[Sign, Decimal]
    around: str = ""

    @property
    def is_clear(self) -> bool:
        """Say whether both signs read the same."""
        return len(self.readings) == len(SIGNS) and len(set(self.readings.values())) == 1


def written(value: Any, *, whole: bool = False) -> Written | None:
    """Return how a cell can be read; None when it is no number. `whole`: a count, which has no decimals."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float, Decimal)):
        return _exact(value, whole)
    text = unicodedata.normalize("NFKC", str(value)).translate(ARABIC).strip()
    text = "".join(str(unicodedata.digit(s)) if s.isdigit() and not s.isascii() else s for s in text)
    if POWER.match(text):  # as programs write very small and very large numbers
        return _exact(Decimal(text.replace(",", ".")), whole)
    negative = text.startswith("(") and text.endswith(")")
    around = AROUND.match(text.strip("()") if negative else text)
    if around is None:
        return None
    body, sign = _unsigned(around["body"], around["before"])
    after, before = around["after"].strip(), around["before"].strip().rstrip("-−+")
    body = body.translate(SPACES)
    if len(before) > 5 or len(after) > 5 or not BODY.match(body) or len(body) > MAX_DIGITS:
        return None
    factor = Decimal(-1 if negative or sign else 1)
    found = {each: number * factor for each in SIGNS if (number := _reading(body, each, whole)) is not None}
    return Written(readings=found, around=f"{before} {after}".strip()) if found else None


def _exact(value: float | Decimal, whole: bool) -> Written | None:
    number = Decimal(str(value))
    if not number.is_finite() or (whole and number != number.to_integral_value()):
        return None
    return Written(readings=dict.fromkeys(SIGNS, number))


def _unsigned(body: str, before: str) -> tuple[str, bool]:
    minus = body[:1] in "-−" and body[:1] != ""
    rest = body.lstrip("+-−").strip()
    inner = AROUND.match(rest)  # "-$12": the currency stands behind the sign
    return (inner["body"] if inner else rest), minus or before.rstrip().endswith(("-", "−"))


def _reading(body: str, sign: Sign, whole: bool) -> Decimal | None:
    """Read digits with `sign` as the decimal one; None when it cannot be that."""
    other = "," if sign == "." else "."
    if body.count(sign) > 1:
        return None
    before, _, after = body.partition(sign)
    if other in after or (other in before and not _is_grouped(before, other)):
        return None
    if whole and after.strip("0"):
        return None
    if whole and len(after) == 3 and _is_grouped(body, sign):  # 1.000 views are a thousand
        return None
    return Decimal(f"{before.replace(other, '') or '0'}.{after or '0'}")


def _is_grouped(digits: str, sign: str) -> bool:
    """Say whether `sign` separates thousands: groups of three, or India's of two before the last."""
    first, *groups = digits.split(sign)
    if not 1 <= len(first) <= 3 or first.startswith("0") or not groups or len(groups[-1]) != 3:
        return False
    return all(len(group) == 3 for group in groups) or (len(first) <= 2 and all(len(g) == 2 for g in groups[:-1]))


def signs_of(values: Iterable[Written | None]) -> set[Sign]:
    """Return the decimal signs a column leaves possible: two when nothing in it decides, none when it is mixed."""
    possible = set(SIGNS)
    for value in values:
        if value is not None and not value.is_clear:
            possible &= set(value.readings)
    return possible


def decide(
    values: Sequence[Written | None], *, elsewhere: set[Sign] | None = None, wanted: Sign | None = None
) -> tuple[Decimal | None, ...]:
    """Return a column's numbers; raise `AskSign` when nothing decides between two readings.

    `elsewhere` is what the file's other columns leave possible, `wanted` what a person said. In a column that mixes
    conventions each clear value is read as it stands.
    """
    possible = {wanted} if wanted else signs_of(values)
    if len(possible) == len(SIGNS) and elsewhere is not None and len(elsewhere) == 1:
        possible = elsewhere
    return tuple(_chosen(value, possible) for value in values)


def _chosen(value: Written | None, possible: set[Sign]) -> Decimal | None:
    if value is None:
        return None
    found = {number for sign, number in value.readings.items() if sign in possible}
    if not found and possible:
        return None
    found = found or set(value.readings.values())
    if len(found) > 1:
        raise AskSign(str(value.readings[","]))
    return found.pop()


def seconds(value: Any) -> Decimal | None:
    """Return a duration written as a clock (1:02:03, 4:05) in seconds; None when it is none."""
    found = CLOCK.match(str(value).strip())
    if found is None:
        return None
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return Decimal(hours * 3600 + minutes * 60 + rest)


def is_nothing(value: Any) -> bool:
    """Say whether a cell tells no value: empty, a dash, n/a."""
    return value is None or (isinstance(value, str) and value.strip().casefold() in NOTHING)
