"""The text as LinkedIn shows it is the text as it was written: the sandbox cuts it off where something is amiss."""

from __future__ import annotations

import pytest

from include.platforms.linkedin.little_text import RESERVED, escaped, units
from tests.platforms.linkedin.scene import Desk, posting


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, text. No. 1 – «ünï»!", "plain, text. No. 1 – «ünï»!"),
        ("a (b) [c] {d} <e>", "a \\(b\\) \\[c\\] \\{d\\} \\<e\\>"),
        ("back\\slash", "back\\\\slash"),
        ("me@example.com | *now* ~ _really_", "me\\@example.com \\| \\*now\\* \\~ \\_really\\_"),
        ("#sea and #two_words, (#three)", "#sea and #two_words, \\(#three\\)"),
        ("#año #日本 #sea2", "#año #日本 #sea2"),
        ("We are #1 in C# and a#b", "We are \\#1 in C\\# and a\\#b"),
        ("https://x.org/a_b#top ##twice", "https://x.org/a\\_b\\#top \\#\\#twice"),
        ("by @[Acme (Inc)](urn:li:organization:123)!", "by @[Acme (Inc)](urn:li:organization:123)!"),
        ("@[no urn](https://x.org)", "\\@\\[no urn\\]\\(https://x.org\\)"),
        ("", ""),
    ],
)
def test_everything_reserved_is_escaped_but_hashtags_and_mentions(text: str, expected: str) -> None:
    assert escaped(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A (very) [odd] {text} <with> |all| of * it _ ~ and \\ too",
        "".join(sorted(RESERVED)),
        "#hash_tag #1 C# a#b ##x me@x.org https://x.org/#a_(b) \\#not",
        "line one\nline (two)\n\n#three 🎬",
    ],
)
def test_people_see_the_whole_text(desk: Desk, text: str) -> None:
    desk.publish(posting(caption=text))
    assert desk.the_post()["description"] == text


def test_a_mention_is_shown_by_its_name(desk: Desk) -> None:
    desk.publish(posting(caption="With @[Acme](urn:li:organization:123) (today)"))
    assert desk.the_post()["description"] == "With Acme (today)"


def test_emoji_count_two() -> None:
    assert units("a🎬") == 3


def test_the_escaped_text_has_to_fit(desk: Desk) -> None:
    assert desk.publisher.validate(posting(caption="x" * 3000)) == []
    assert desk.publisher.validate(posting(caption="(" * 1500)) == []
    [problem] = desk.publisher.validate(posting(caption="(" * 1500 + "x"))
    assert (problem.rule, problem.found, problem.fix) == ("caption", "3001 UTF-16 units", "refused")
    desk.publish(posting(caption="(" * 1500))
