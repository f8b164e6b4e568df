"""docs/rules-reference.md is written from the vocabulary."""

from rules.reference import REFERENCE, reference
from rules.vocabulary import CHOICE_TITLES, VOCABULARY


def test_the_page_is_what_the_vocabulary_says() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "运行 python -m rules.reference"


def test_every_fact_has_a_title_a_meaning_and_named_choices() -> None:
    for spec in VOCABULARY.values():
        assert spec.title
        assert spec.meaning
        assert all(choice in CHOICE_TITLES for choice in spec.choices)


def test_no_two_facts_share_a_title() -> None:
    assert len({spec.title for spec in VOCABULARY.values()}) == len(VOCABULARY)
