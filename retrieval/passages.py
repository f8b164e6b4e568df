"""What of a knowledge entry can be found: short labelled passages, so that its nearest part finds a long entry."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.schema import AnyEntry, Category, Level, PastIncident, Playbook, Template

Kind = Literal["incident", "playbook", "template"]

MAX_CHARACTERS = 300
"""A passage's length; the embedder reads 512 tokens, and short passages keep one thought each."""

_SLOT = re.compile(r"\{\{\s*[a-z0-9_]+\s*\}\}")
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")


@dataclass(frozen=True)
class Passage:
    """A part of an entry; `label` says in Chinese which."""

    label: str
    text: str


@dataclass(frozen=True)
class Document:
    """An entry as search sees it."""

    id: str
    kind: Kind
    title: str
    category: Category | Literal["any"]
    levels: tuple[Level, ...]
    passages: tuple[Passage, ...]

    @property
    def text(self) -> str:
        """All its words."""
        return "\n".join(passage.text for passage in self.passages)


def document(entry: AnyEntry) -> Document | None:
    """The searchable form; None for a kind that is not searched (regulations)."""
    match entry:
        case PastIncident():
            return Document(
                entry.id, "incident", entry.title, entry.category, (entry.level,), _split(_of_incident(entry))
            )
        case Playbook():
            levels = tuple(sorted(entry.strategies, key=list(Level).index))
            return Document(entry.id, "playbook", entry.title, entry.category, levels, _split(_of_playbook(entry)))
        case Template():
            return Document(
                entry.id, "template", entry.title, entry.category, entry.levels, _split(_of_template(entry))
            )
        case _:
            return None


def _of_incident(entry: PastIncident) -> Iterator[Passage]:
    yield Passage("标题", entry.title)
    yield Passage("概述", entry.summary)
    yield Passage("起因", entry.cause)
    yield Passage("转折", entry.turning_point)
    yield Passage("结果", entry.outcome)
    yield Passage("经验", " ".join(entry.lessons))
    yield Passage("处置", " ".join(f"{step.actor}{step.action}" for step in entry.steps))
    for voice in entry.voices:
        yield Passage("典型声音", voice)


def _of_playbook(entry: Playbook) -> Iterator[Passage]:
    yield Passage("标题", entry.title)
    yield Passage("概述", entry.summary)
    yield Passage("步骤", " ".join(step.title for step in entry.steps))
    yield Passage("媒体可能的提问", " ".join(entry.media_plan.questions))
    yield Passage("整改", " ".join(entry.rectification))


def _of_template(entry: Template) -> Iterator[Passage]:
    yield Passage("标题", entry.title)
    yield Passage("正文", _SLOT.sub("", entry.body))


def _split(passages: Iterator[Passage]) -> tuple[Passage, ...]:
    return tuple(Passage(passage.label, part) for passage in passages for part in _parts(passage.text))


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
