"""How LinkedIn shows a post's text: a reserved character that is not escaped ends it there, silently (B.4)."""

from __future__ import annotations

import re

RESERVED = set("\\|{}@[]()<>#*_~")
MENTION = re.compile(r"@\[([^\[\]\n]+)\]\(urn:li:(?:organization|person):[A-Za-z0-9_-]+\)")
TEMPLATE = re.compile(r"\{hashtag\|\\#\|(\w+)\}")
HASHTAG = re.compile(r"#\w*[^\W\d_]\w*")


def rendered(text: str) -> str:
    """Return what people see of a commentary."""
    shown, at = [], 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in RESERVED and at + 1 < len(text):
            shown.append(text[at + 1])
            at += 2
        elif text[at] not in RESERVED:
            shown.append(text[at])
            at += 1
        elif piece := _markup(text, at):
            words, at = piece
            shown.append(words)
        else:
            break
    return "".join(shown)


def _markup(text: str, at: int) -> tuple[str, int] | None:
    """Return what a hashtag or mention shows and where it ends; None for a lone reserved character."""
    if match := MENTION.match(text, at):
        return match[1], match.end()
    if match := TEMPLATE.match(text, at):
        return f"#{match[1]}", match.end()
    if match := HASHTAG.match(text, at):
        return match[0], match.end()
    return None
