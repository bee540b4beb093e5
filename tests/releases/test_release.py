"""The metadata file: what is taken, what is refused, and which text wins."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.releases.release import MAX_METADATA_BYTES, MetadataError, Texts, read_metadata, texts_for
from include.settings import AgeBucket

AGES = {"10-13": AgeBucket(made_for_kids=True), "18-23": AgeBucket()}


def problems_of(content: bytes | dict[str, Any]) -> list[str]:
    with pytest.raises(MetadataError) as caught:
        read_metadata(content if isinstance(content, bytes) else json.dumps(content).encode())
    assert str(caught.value) == " ".join(caught.value.problems)
    assert all(problem.endswith(".") for problem in caught.value.problems)
    return caught.value.problems


def texts(
    data: dict[str, Any], target: dict[str, Any] | None = None, platform: str = "youtube", age: str = "18-23"
) -> Texts:
    metadata = read_metadata(json.dumps({"title": "Title"} | data).encode())
    return texts_for(metadata, platform, target, age_bucket=age, age_buckets=AGES)


def test_all_keys_of_the_contract_are_read() -> None:
    data = {
        "title": " A title ",
        "description": "Text",
        "tags": ["one", "two"],
        "category": 22,
        "language": "es",
        "privacy": "public",
        "made_for_kids": False,
        "synthetic_media": True,
        "campaign": "spring",
        "cost": 12.5,
        "currency": "EUR",
        "platforms": {"tiktok": {"title": "Short", "anything": 1}},
    }
    metadata = read_metadata(json.dumps(data).encode())
    assert (metadata.title, metadata.tags, metadata.category) == ("A title", ("one", "two"), "22")
    assert (metadata.cost, metadata.currency, metadata.synthetic_media) == (Decimal("12.5"), "EUR", True)
    assert metadata.platforms["tiktok"].model_extra == {"anything": 1}


def test_unknown_keys_are_kept() -> None:
    metadata = read_metadata(b'{"title": "x", "render_id": {"a": [1, null]}}')
    assert metadata.model_extra == {"render_id": {"a": [1, None]}}


def test_nulls_are_as_good_as_absent() -> None:
    metadata = read_metadata(b'{"title": "x", "tags": null, "cost": null, "platforms": null, "privacy": null}')
    assert (metadata.tags, metadata.cost, metadata.platforms, metadata.privacy) == (None, None, {}, None)


def test_money_is_exact() -> None:
    assert read_metadata(b'{"title": "x", "cost": 0.1}').cost == Decimal("0.1")
    assert read_metadata(b'{"title": "x", "cost": "12.30"}').cost == Decimal("12.30")


def test_every_problem_is_listed_at_once_with_its_key_and_what_would_be_right() -> None:
    wrong = {
        "description": 5,
        "tags": "a, b",
        "language": "Spanish!",
        "made_for_kids": "no",
        "cost": -1,
        "currency": "euro",
        "platforms": {"youtube": {"tags": ["fine", 7]}},
    }
    found = problems_of(wrong)
    assert found == [
        "title is missing, but it is required.",
        "description must be text, not 5.",
        'tags must be a list, not "a, b".',
        'language must be a language tag such as es or pt-BR, not "Spanish!".',
        'made_for_kids must be true or false, not "no".',
        "cost must be an amount of 0 or more, not -1.",
        'currency must be an ISO 4217 code such as EUR, not "euro".',
        "platforms.youtube.tags[1] must be text, not 7.",
    ]


@pytest.mark.parametrize("title", ["", "   ", None, 5, ["x"]])
def test_a_title_must_be_a_text_with_something_in_it(title: object) -> None:
    (problem,) = problems_of({"title": title})
    assert problem.startswith("title must be")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not valid JSON"),
        (b'{"title": "x"', "line 1, column 14"),
        (b'{"title": "x"} more', "not valid JSON"),
        (b'{"title": NaN}', "NaN"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"title": "\xff"}', "not UTF-8: byte 11"),
        ('{"title": "x"}'.encode("utf-16"), "not UTF-8"),
        (b'["title"]', "must be a JSON object"),
        (b'"title"', "must be a JSON object"),
        (b'{"title": "x", "n": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b'{"title": "x", "pad": "' + b"x" * MAX_METADATA_BYTES + b'"}', "1,048,576 bytes"),
    ],
)
def test_a_file_that_is_no_json_object_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    (problem,) = problems_of(content)
    assert says in problem


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_metadata(b'\xef\xbb\xbf{"title": "x"}').title == "x"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'{"title": "a\\u0000b"}', "title"),
        (b'{"title": "x", "extra": {"deep": ["ok", "\\u0000"]}}', "extra.deep[1]"),
        (b'{"title": "x", "a\\u0000": 1}', "The name of a key"),
        (b'{"title": "x", "extra": "\\ud800"}', "extra"),
    ],
)
def test_characters_no_database_takes_are_refused_wherever_they_stand(content: bytes, key: str) -> None:
    (problem,) = problems_of(content)
    assert problem.startswith(key)


@given(st.binary(max_size=200))
def test_no_content_breaks_the_reader(content: bytes) -> None:
    with contextlib.suppress(MetadataError):
        assert read_metadata(content).title.strip()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
KEYS = st.sampled_from(["title", "tags", "category", "cost", "currency", "platforms", "language", "made_for_kids", "x"])


@settings(max_examples=60)
@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_no_json_breaks_the_reader(data: dict[str, Any]) -> None:
    with contextlib.suppress(MetadataError):
        assert read_metadata(json.dumps(data).encode()).title.strip()


def test_the_target_wins_over_the_platform_and_that_over_the_release() -> None:
    data = {
        "title": "Release",
        "description": "Release",
        "tags": ["release"],
        "platforms": {"youtube": {"title": "Platform", "description": "Platform"}},
    }
    found = texts(data, {"title": "Target"})
    assert (found.title, found.description, found.tags) == ("Target", "Platform", ("release",))
    assert texts(data, None, platform="tiktok").title == "Release"


def test_an_empty_list_takes_the_tags_away() -> None:
    assert texts({"tags": ["a"]}, {"tags": []}).tags == ()


def test_options_of_a_target_may_hold_texts_and_its_own_keys_win() -> None:
    data = {"category": "1"}
    assert texts(data, {"options": {"category": 22}}).category == "22"
    assert texts(data, {"category": "5", "options": {"category": "22"}}).category == "5"


@pytest.mark.parametrize(
    ("age", "metadata", "target", "expected"),
    [
        ("10-13", None, None, True),
        ("18-23", None, None, False),
        ("unheard-of", None, None, False),
        ("10-13", False, None, False),
        ("18-23", True, None, True),
        ("10-13", False, True, True),
        ("18-23", True, False, False),
    ],
)
def test_made_for_kids_follows_the_age_bucket_unless_somebody_says_otherwise(
    age: str, metadata: bool | None, target: bool | None, expected: bool
) -> None:
    assert texts({"made_for_kids": metadata}, {"made_for_kids": target}, age=age).made_for_kids is expected


def test_the_caption_is_the_targets_else_the_description_else_the_title() -> None:
    assert texts({}).caption == "Title"
    assert texts({"description": "Words"}).caption == "Words"
    assert texts({"description": "Words"}, {"caption": "Mine"}).caption == "Mine"


def test_hashtags_follow_the_caption_each_once() -> None:
    found = texts({"hashtags": ["#Sun rise", "fun", "Fun", "#"]}, {"caption": "Look #fun"})
    assert found.hashtags == ("Sunrise", "fun")
    assert found.caption == "Look #fun #Sunrise"


def test_what_nobody_said_is_none() -> None:
    found = texts({})
    assert (found.privacy, found.language, found.category, found.synthetic_media) == (None, None, None, False)
    assert (found.description, found.tags, found.hashtags) == ("", (), ())
