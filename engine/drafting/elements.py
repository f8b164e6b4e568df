"""Required elements 必备内容: what a statement of a category, level, kind and channel must say, and whether it does.

An element is said when one of its facts is stated, or when a sentence holds one of its phrases: no model is needed to
see it. A draft file carries the elements that applied, so it can be checked without the table (`knowledge.elements`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from engine.model import Element, ElementVerdict, Fact, FactStatus, Proof, Span, SpanOrigin
from knowledge.elements import Elements, required_of
from knowledge.schema import FACT_TITLES, FactKey, Level, Template

ANY_WORDS: Final = "…"
_SENTENCE_END: Final = re.compile(r"[。！？；\n]")


def elements_for(template: Template, level: Level | None = None, table: Elements | None = None) -> tuple[Element, ...]:
    """What a draft of a template must say at a level; without one, at any level that the template is for."""
    return tuple(
        Element(id=one.id, title=one.title, clause=one.clause, facts=tuple(map(str, one.facts)), wording=one.wording)
        for one in required_of(template, level, table)
    )


def judge(elements: Sequence[Element], spans: Sequence[Span], register: Sequence[Fact]) -> tuple[ElementVerdict, ...]:
    """For each element whether the spans say it, and by what, in Chinese."""
    said = set(_stated_keys(spans, register))
    marked = {key for span in spans if span.origin is SpanOrigin.unresolved for key in _names(span.ref)}
    sentences = _SENTENCE_END.split("".join(span.text for span in spans))
    return tuple(_verdict(element, said, marked, sentences) for element in elements)


def missing(proof: Proof) -> tuple[str, ...]:
    """The titles of what a proven draft does not say though it must, in order."""
    return tuple(one.title for one in proof.elements if not one.present)


def says(text: str, phrase: str) -> bool:
    """Whether one sentence of a text holds a phrase; time is linear in the text for each piece of the phrase."""
    return _one_says(_SENTENCE_END.split(text), phrase)


def _one_says(sentences: Sequence[str], phrase: str) -> bool:
    pieces = phrase.split(ANY_WORDS)
    return any(_in_order(sentence, pieces) for sentence in sentences)


def _in_order(sentence: str, pieces: Sequence[str]) -> bool:
    at = 0
    for piece in pieces:
        found = sentence.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _verdict(element: Element, said: set[str], marked: set[str], sentences: Sequence[str]) -> ElementVerdict:
    by_fact = [key for key in element.facts if key in said]
    by_words = None if by_fact else next((one for one in element.wording if _one_says(sentences, one)), None)
    open_ = [key for key in element.facts if key in marked]
    if by_fact:
        how = f"事实：{_titles(by_fact)}"
    elif by_words is not None:
        how = f"措辞：{by_words}"
    else:
        how = f"待核实：{_titles(open_)}" if open_ else "全文没有写到"
    return ElementVerdict(id=element.id, title=element.title, present=bool(by_fact or by_words), how=how)


def _titles(keys: Sequence[str]) -> str:
    return "、".join(FACT_TITLES[FactKey(key)] if key in FactKey.__members__ else key for key in keys)


def _stated_keys(spans: Sequence[Span], register: Sequence[Fact]) -> Iterator[str]:
    """The keys of the facts that fact and prose spans refer to, and of those whose value a person wrote."""
    keys = {fact.id: fact.key for fact in register}
    for span in spans:
        if span.origin is SpanOrigin.fact:
            yield from (keys[one] for one in span.ref.split(",") if one in keys)
        if span.origin is SpanOrigin.prose:
            yield from (keys[one] for one in _names(span.ref) if one in keys)
        if span.origin is SpanOrigin.human:
            confirmed = (fact for fact in register if fact.status is FactStatus.confirmed)
            yield from (fact.key for fact in confirmed if fact.value in span.text)


def _names(ref: str) -> list[str]:
    """What stands after the slot's name in a reference."""
    return ref.partition(":")[2].split(",")
