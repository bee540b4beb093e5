"""LinkedIn's "little text": the post's text, with everything escaped that LinkedIn would take for markup.

A reserved character that is not escaped cuts the text off at that place, without any error (reference B.4).
"""

from __future__ import annotations

import re

RESERVED = "\\|{}@[]()<>#*_~"
MENTION = r"@\[[^\[\]\n]+\]\(urn:li:(?:organization|person):[A-Za-z0-9_-]+\)"
HASHTAG = r"(?<![\w/&#])#(?=\w*[^\W\d_])\w+"
"""A word with a letter in it, not in the middle of a word or an address: "#1", "C#" and "…/page#top" are plain text."""

_MARKUP = re.compile(f"{MENTION}|{HASHTAG}")
_TO_ESCAPE = re.compile(f"[{re.escape(RESERVED)}]")


def escaped(text: str) -> str:
    """Return `text` with every reserved character escaped, but for hashtags and mentions.

    A mention is written ``@[Name](urn:li:organization:123)``; for organisations the name must be exactly theirs.
    """
    done, at = [], 0
    for markup in _MARKUP.finditer(text):
        done += [_plain(text[at : markup.start()]), markup[0]]
        at = markup.end()
    return "".join([*done, _plain(text[at:])])


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units: an emoji counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _plain(text: str) -> str:
    return _TO_ESCAPE.sub(r"\\\g<0>", text)
