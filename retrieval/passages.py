"""What of a knowledge entry can be found: short labelled passages, so that its nearest part finds a long entry."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from knowledge.schema import AnyEntry, Category, Level, PastIncident, Playbook, Strategy, Template
from retrieval.text import is_plain, nfc

Kind = Literal["incident", "playbook", "template"]

MAX_CHARACTERS = 300
"""A passage's length; the embedder reads 512 tokens, and short passages keep one thought each."""

_SLOT = re.compile(r"\{\{[^{}\n]{1,80}\}\}")
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_TELLING = ("概述", "起因", "正文", "媒体可能的提问")


@dataclass(frozen=True)
class Passage:
    """A part of an entry, in NFC; `label` says in Chinese which."""

    label: str
    text: str


@dataclass(frozen=True)
class Facts:
    """What is known of a past incident beside its text."""

    occurred_on: date
    platforms: tuple[str, ...]
    outcome_grade: str
    strategy: Strategy


@dataclass(frozen=True)
class Document:
    """An entry as search sees it: `passages` are compared by meaning; their words and those of `rest` are counted.

    What was done and learned is much the same in every incident; compared by meaning it only blurs (recall@1 .84 with
    it, .85 without). `facts` are those of a past incident; `strategies` those that an incident or a playbook names;
    `topics` are what an incident is filed under.
    """

    id: str
    kind: Kind
    title: str
    category: Category | Literal["any"]
    levels: tuple[Level, ...]
    passages: tuple[Passage, ...]
    rest: tuple[str, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    facts: Facts | None = None
    topics: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All its words; those of the title count twice."""
        return "\n".join([self.title, *(passage.text for passage in self.passages), *self.rest])

    @cached_property
    def plain(self) -> str | None:
        """All passages as one folded text, a line each, where folding changes nothing but the case of letters."""
        together = "\n".join([one.text for one in self.passages])
        return together.lower() if is_plain(together) else None

    @property
    def gist(self) -> str:
        """What it is about in a few sentences: how other entries like it are asked for."""
        telling = [passage.text for passage in self.passages if passage.label in _TELLING][:2]
        return "。".join([self.title.rstrip("。"), *telling])


def document(entry: AnyEntry) -> Document | None:
    """The searchable form; None for a kind that is not searched (regulations)."""
    match entry:
        case PastIncident():
            return _of_incident(entry)
        case Playbook():
            return _of_playbook(entry)
        case Template():
            return _of_template(entry)
        case _:
            return None


def _of_incident(entry: PastIncident) -> Document:
    parts = [("标题", entry.title), ("概述", entry.summary), ("起因", entry.cause), ("转折", entry.turning_point)]
    parts += [("典型声音", voice) for voice in entry.voices]
    parts += [("类似事件的说法", told) for told in entry.asked_as]
    steps = tuple(f"{step.actor}{step.action}，{step.material}" for step in entry.steps)
    return Document(
        id=entry.id,
        kind="incident",
        title=nfc(entry.title),
        category=entry.category,
        levels=(entry.level,),
        passages=_split(parts),
        rest=(*steps, entry.outcome, *entry.lessons, *entry.platforms),
        strategies=(entry.strategy,),
        facts=Facts(entry.occurred_on, entry.platforms, entry.outcome_grade, entry.strategy),
        topics=entry.topics,
    )


def _of_playbook(entry: Playbook) -> Document:
    levels = tuple(sorted(entry.plans, key=list(Level).index))
    plans = [entry.plans[level] for level in levels]
    questions = dict.fromkeys(question for plan in plans for question in plan.media_plan.questions)
    repairs = dict.fromkeys(repair for plan in plans for repair in plan.rectification)
    parts = [("标题", entry.title), ("概述", entry.summary), ("媒体可能的提问", " ".join(questions))]
    return Document(
        id=entry.id,
        kind="playbook",
        title=nfc(entry.title),
        category=entry.category,
        levels=levels,
        passages=_split(parts),
        rest=(*(f"{step.title} {step.detail}" for step in entry.steps), *repairs),
        strategies=tuple(dict.fromkeys(plan.strategy for plan in plans)),
    )


def _of_template(entry: Template) -> Document:
    parts = [("标题", entry.title), ("正文", _SLOT.sub("", entry.body))]
    passages = _split(parts)
    return Document(entry.id, "template", nfc(entry.title), entry.category, entry.levels, passages)


def _split(parts: list[tuple[str, str]]) -> tuple[Passage, ...]:
    return tuple(Passage(label, part) for label, text in parts for part in _parts(nfc(text)))


def _parts(text: str) -> Iterator[str]:
    """Whole sentences up to the limit; a longer sentence is cut."""
    part = ""
    for sentence in _SENTENCE.findall(text):
        if part and len(part) + len(sentence) > MAX_CHARACTERS:
            yield part.strip()
            part = ""
        part += sentence
        while len(part) > MAX_CHARACTERS:
            yield part[:MAX_CHARACTERS]
            part = part[MAX_CHARACTERS:]
    if part.strip():
        yield part.strip()
