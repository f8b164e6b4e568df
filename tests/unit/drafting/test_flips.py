"""No draft says the opposite of a fact, although a decoder over the same loose words could: the pairs of flips.yaml.

And every word of a prose span is traced: to a cited fact, or to a pattern or phrase that the template approves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.drafting.composing import DraftRequest, draft
from engine.drafting.document import Draft, signed_message
from engine.drafting.human import Approved, human_flags
from engine.drafting.samples import sample_register
from engine.drafting.slots import ways
from engine.drafting.template_program import SlotPart, asked_keys, parts_of
from engine.drafting.verification import prove, verify
from engine.learning.names import classed_words
from engine.model import Fact, Span, SpanOrigin
from knowledge.schema import Category, FactKey, ProseSlot, Template
from tests.support.proven_drafts import knowledge

MOST_TEMPLATES = 5


@dataclass(frozen=True)
class Flip:
    """A fact, and what its words could be turned into."""

    category: Category
    key: FactKey
    fact: str
    flips: tuple[str, ...]

    def register(self) -> tuple[Fact, ...]:
        """The category's sample with this fact."""
        sample = sample_register(self.category, "inc-1")
        rest = [fact for fact in sample if fact.key != self.key]
        like = sample[-1].model_copy(update={"id": f"fact-{self.key}", "key": self.key, "value": self.fact})
        return (*rest, like)

    def templates(self) -> list[Template]:
        """Templates of the category that may state the fact."""
        own = [one for one in knowledge().templates.values() if one.category == self.category]
        return [one for one in own if self.key in asked_keys(one)][:MOST_TEMPLATES]


ENTRIES = yaml.safe_load(Path(__file__).with_name("flips.yaml").read_text("utf-8"))
FLIPS = [Flip(Category(one["category"]), FactKey(one["key"]), one["fact"], tuple(one["flips"])) for one in ENTRIES]


def written(kit: Any, template: Template, register: tuple[Fact, ...]) -> Draft:
    request = DraftRequest("inc-1", template, knowledge().template_source(template.id), register, "release-1")
    return draft(request, None, kit.signer)


def test_the_set_is_large_enough_and_touches_every_category() -> None:
    assert sum(len(one.flips) for one in FLIPS) >= 60
    assert {one.category for one in FLIPS} == set(Category)
    assert all(one.templates() for one in FLIPS)


@pytest.mark.parametrize("flip", FLIPS, ids=lambda flip: flip.fact)
def test_no_wording_of_any_template_says_the_flip(flip: Flip) -> None:
    register = flip.register()
    said = [
        (template.id, way.span.text, wrong)
        for template in flip.templates()
        for part in parts_of(template, register)
        for way in ways(part, register)
        for wrong in flip.flips
        if wrong in way.span.text.replace(flip.fact, "〇") and wrong not in flip.fact
    ]
    assert said == []


@pytest.mark.parametrize("flip", FLIPS, ids=lambda flip: flip.fact)
def test_the_flip_in_place_of_the_fact_is_refused_even_when_our_own_key_signs_it(kit: Any, flip: Flip) -> None:
    template = flip.templates()[0]
    made = written(kit, template, flip.register())
    index = next((at for at, span in enumerate(made.spans) if flip.fact in span.text), None)
    if index is None:  # stated under another wording only: any derived span will do
        index = next(at for at, span in enumerate(made.spans) if span.origin in (SpanOrigin.prose, SpanOrigin.fact))
    for wrong in flip.flips:
        span = made.spans[index]
        flipped = span.text.replace(flip.fact, wrong) if flip.fact in span.text else wrong
        spans = (*made.spans[:index], span.model_copy(update={"text": flipped}), *made.spans[index + 1 :])
        assert not verify(signed(kit, made, spans), kit.trusted).ok


def signed(kit: Any, made: Draft, spans: tuple[Span, ...]) -> str:
    changed = made.model_copy(update={"spans": spans, "text": "".join(span.text for span in spans)})
    changed = changed.model_copy(update={"proof": prove(changed)})
    return changed.model_copy(update={"signature": kit.signer.sign(signed_message(changed))}).to_json()


NEEDS_A_READER = {"客服热线可以接通", "云岭贷款"}
"""What the check of edits does not see: named here, so that nobody relies on it."""


@pytest.mark.parametrize("flip", FLIPS, ids=lambda flip: flip.fact)
def test_every_flip_is_flagged_when_a_person_writes_it(flip: Flip) -> None:
    template, register = flip.templates()[0], flip.register()
    approved = Approved.of(parts_of(template, register), register)
    unseen = {wrong for wrong in flip.flips if not human_flags(f"有用户反映{wrong}。", approved)}
    assert unseen == NEEDS_A_READER & set(flip.flips)


def pieces(slot: ProseSlot, cited: list[Fact]) -> list[str]:
    """What a prose span may be made of: the fixed words of the patterns, the phrases, the cited facts."""
    fixed = [piece for pattern in slot.patterns for piece in _fixed(pattern)]
    return [*fixed, *slot.phrases, *(fact.value for fact in cited), "、"]


def _fixed(pattern: str) -> Iterator[str]:
    rest = pattern
    while rest:
        piece, _, rest = rest.partition("{")
        _, _, rest = rest.partition("}")
        if piece:
            yield piece


def traced(word: str, among: list[str]) -> bool:
    """Whether a word is in one of the pieces, or lies across the seam of two."""
    if any(word in piece for piece in among):
        return True
    return any(
        any(piece.endswith(word[:at]) for piece in among) and any(piece.startswith(word[at:]) for piece in among)
        for at in range(1, len(word))
    )


@pytest.mark.parametrize("category", list(Category))
def test_every_word_of_a_prose_span_is_traced_to_a_cited_fact_or_an_approved_word(kit: Any, category: Category) -> None:
    register = sample_register(category, "inc-1")
    facts = {fact.id: fact for fact in register}
    untraced, count = [], 0
    for template in knowledge().templates.values():
        if template.category != category or template.kind == "holding":
            continue
        made = written(kit, template, register)
        for part, span in zip(parts_of(template, made.register_), made.spans, strict=True):
            if span.origin is SpanOrigin.prose and isinstance(part, SlotPart) and isinstance(part.slot, ProseSlot):
                cited = [facts[one] for one in span.ref.partition(":")[2].split(",") if one]
                among = pieces(part.slot, cited)
                for word, _ in classed_words(span.text):
                    count += 1
                    untraced += [] if traced(word, among) else [(template.id, span.text, word)]
    assert count > 50
    assert untraced == []
