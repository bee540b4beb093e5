"""One cell as what its column holds: texts, ids, counts, money, grades; what cannot be read says why."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from include.analytics.imports.amounts import Written, is_nothing, seconds, written
from include.analytics.imports.percents import Percent

NUMERIC = frozenset({"whole", "number", "money", "percent", "hours", "clock", "grade"})
CURRENCY_OF = {
    "$": "USD", "us$": "USD", "usd$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "円": "JPY", "cn¥": "CNY", "元": "CNY",
    "r$": "BRL", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "mx$": "MXN", "hk$": "HKD",
    "₹": "INR", "rs": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "zł": "PLN", "kč": "CZK", "chf": "CHF", "sfr": "CHF",
    "₴": "UAH", "₫": "VND", "฿": "THB", "₱": "PHP", "₪": "ILS",
}  # fmt: skip
CODE = re.compile(r"\b[A-Z]{3}\b")
GRADES = {"very poor": 10, "poor": 30, "low": 30, "fair": 50, "medium": 50, "average": 50, "good": 70, "high": 70,
          "very good": 85, "very high": 85, "excellent": 95}  # fmt: skip
"""Our own convention for grades in words (tiktok_linkedin_gateways.md E.3: TubeBuddy's files are not documented)."""
LARGEST_EXACT = 2**53
"""A spreadsheet keeps numbers as doubles: an id beyond this has lost its last digits."""
ROUNDED = re.compile(r"^\d[.,]\d+E\+\d{1,2}$", re.IGNORECASE)
PATH_ID = re.compile(r"/(?:shorts|video|videos|reel|reels|embed|live|p)/([\w-]+)")


class Unreadable(ValueError):
    """A cell that is not what its column holds; the message is a reason for its row to be left out."""


def shown(value: Any) -> str:
    """Return a cell short enough for a sentence."""
    text = str(value)
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


def text(value: Any) -> str | None:
    """Return a cell's text; Excel's ="…" is taken off. None when it is empty."""
    if value is None:
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Percent):
        return f"{value}%"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = str(value).replace("\x00", "").strip()
    if len(found) > 2 and found.startswith('="') and found.endswith('"'):
        found = found[2:-1].strip()
    return found or None


def video_id(value: Any) -> str | None:
    """Return a video's id, also from its address; raise `Unreadable` for one that a spreadsheet has rounded."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > LARGEST_EXACT:
        raise Unreadable(f"the id {shown(value)} was rounded by the spreadsheet: keep the column as text")
    found = text(value)
    if found is None:
        return None
    found = found.lstrip("'")
    if ROUNDED.match(found):
        raise Unreadable(f"the id {shown(found)} was rounded by the spreadsheet: keep the column as text")
    return id_of_address(found) if "://" in found else found


def id_of_address(address: str) -> str:
    """Return the id a video's address ends in; the address itself where it cannot be told."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if named := parse_qs(parts.query).get("v"):
        return named[0]
    if parts.hostname == "youtu.be":
        return parts.path.strip("/")
    found = PATH_ID.search(parts.path)
    return found[1] if found else address


def number(value: Any, holds: str) -> Written | None:
    """Return how a cell of a numeric column can be read; None when it tells nothing; raise `Unreadable`."""
    if is_nothing(value):
        return None
    if holds == "grade" and isinstance(value, str) and value.strip().casefold() in GRADES:
        return written(GRADES[value.strip().casefold()])
    if holds in ("hours", "clock") and (found := seconds(value)) is not None:
        return written(found / 3600 if holds == "hours" else found)
    read = written(value, whole=holds == "whole")
    if read is None:
        if isinstance(value, str) and value.lstrip().startswith("="):
            raise Unreadable(f"{shown(value)} is a formula without a value: save the file with values")
        raise Unreadable(f"{shown(value)} is no {'whole ' if holds == 'whole' else ''}number")
    return read


def kept(value: Decimal, holds: str) -> Decimal | int:
    """Return a number in our unit: counts as whole numbers, hours as seconds, percent as a share (0–1)."""
    if holds == "whole":
        return int(value)
    if holds == "hours":
        return value * 3600
    return value / 100 if holds == "percent" else value


def currency(*hints: str | None) -> str | None:
    """Return the first ISO code that a hint tells: a code, a sign, or a text that holds one of them."""
    for hint in hints:
        if not hint:
            continue
        word = hint.strip()
        if found := CODE.search(word.upper() if len(word) == 3 else word):
            return found[0]
        if word.casefold() in CURRENCY_OF:
            return CURRENCY_OF[word.casefold()]
    return None


def country(value: Any) -> str | None:
    """Return a country as it stands, codes in capitals."""
    found = text(value)
    return found.upper() if found is not None and len(found) == 2 else found
