"""The catalogue of error texts: every platform's codes are in it, each with a sentence a person understands."""

from __future__ import annotations

import re

import pytest

from include.platforms import NAMES
from include.publishing import catalogue

CLASSES = {"Rejected", "AccountTrouble", "QuotaExhausted", "TryAgain", "OutcomeUnknown"}
ENTRIES = catalogue.entries()


def test_every_platform_is_in_it():
    counts = {name: sum(each.platform == name for each in ENTRIES) for name in (*NAMES, "meta_graph")}
    assert min(counts.values()) >= 5, counts


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda each: f"{each.platform}-{each.code}")
def test_each_code_has_a_class_and_a_sentence_for_a_person(entry: catalogue.Entry):
    assert entry.kind in CLASSES
    assert re.match(r"[A-Z0-9]", entry.sentence), entry.sentence
    assert entry.sentence.rstrip().endswith("."), entry.sentence
    assert not re.search(r"\b(OAuth|HTTP \d|null|exception|traceback)\b", entry.sentence, re.IGNORECASE), entry.sentence


def test_the_text_of_ec_5_says_what_is_needed_and_how_to_get_there():
    text = catalogue.KNOWN_AS["EC-5"]
    assert text.startswith("Instagram Reels require a Business or Creator account. Here's how to convert:")


def test_what_waits_for_its_account_says_what_to_do():
    """EC-3: the sentence of a dead account asks for the reconnect."""
    for name in NAMES:
        found = [each.sentence.lower() for each in ENTRIES if each.kind == "AccountTrouble" and each.platform == name]
        meta = [each.sentence.lower() for each in ENTRIES if each.platform == "meta_graph"]
        assert any("connect it again" in each or "reconnect" in each for each in [*found, *meta]), name
