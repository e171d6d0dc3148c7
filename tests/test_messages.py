"""Sentences that know what they were made of."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.messages import Message, filled, grouped, joined, say, say_number, template, templates


def test_a_message_is_its_english_text() -> None:
    found = say_number("{count} has '{word}'", "{count} have '{word}'", 1204, word="{the}")
    assert found == "1,204 have '{the}'"
    assert json.dumps({"note": found}) == '{"note": "1,204 have \'{the}\'"}'
    assert (found.templates, found.number) == (("{count} has '{word}'", "{count} have '{word}'"), 1204)
    assert found.values == {"count": 1204, "word": "{the}"}
    assert say_number("{count} has it", "{count} have it", 1) == "1 has it"


def test_what_has_no_values_is_not_filled() -> None:
    assert say("{a} or }") == "{a} or }"


@given(st.lists(st.text(), max_size=4), st.text(alphabet=",; "))
def test_joined_texts_are_those_with_what_is_between(texts: list[str], between: str) -> None:
    assert joined(texts, between) == between.join(texts)


@given(st.text(), st.integers())
def test_a_message_outlives_being_copied_and_sent(word: str, number: int) -> None:
    found = say("'{word}' and {number}", word=say("not {word}", word=word), number=number)
    for other in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert isinstance(other, Message)
        assert (other, other.templates, other.number) == (found, found.templates, found.number)
        assert isinstance(other.values["word"], Message)
        assert other == f"'not {word}' and {number:,}"


def test_numbers_are_written_as_is_wished() -> None:
    values = {"count": 1204, "year": "2020"}
    assert filled("{count} in {year}", values, grouped) == "1,204 in 2020"
    assert filled("{count} in {year}", values, lambda n: f"{n:_}") == "1_204 in 2020"
    with pytest.raises(KeyError):
        filled("{missing}", values, grouped)


def test_marked_templates_are_as_they_are() -> None:
    assert (template("a {b}"), templates("a", "b")) == ("a {b}", ("a", "b"))
