"""The table of tones 语气: `tones.yaml`. Which words do not go with a tone, a strategy, or harm that was done."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.document import parse_document
from knowledge.errors import BadKnowledgeError
from knowledge.schema.base import STRATEGY_TITLES, Strategy, Text
from knowledge.schema.facts import FactKey
from knowledge.schema.templates import Tone
from knowledge.validation import schema_faults

FILE: Final = Path(__file__).with_name("tones.yaml")


class ToneRule(BaseModel):
    """A tone: what it is called, what it means, and the words that do not go with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    meaning: Text
    forbidden: tuple[str, ...] = ()


class HarmRule(BaseModel):
    """Where a template can state one of `facts`, people were harmed, and these words make little of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: tuple[FactKey, ...]
    forbidden: tuple[Text, ...]


class Tones(BaseModel):
    """The file; every tone and every strategy is in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tones: dict[Tone, ToneRule]
    strategies: dict[Strategy, tuple[Text, ...]]
    harm: HarmRule
    quoted: tuple[str, ...] = ()

    def unfit(self, text: str, tone: Tone | None, strategies: tuple[Strategy, ...]) -> Iterator[tuple[str, str]]:
        """Each word of a text that does not go with the tone or a strategy, with what it does not go with."""
        if tone is not None:
            yield from (
                (word, f"语气“{self.tones[tone].title}”") for word in self._in(self.tones[tone].forbidden, text)
            )
        for strategy in strategies:
            for word in self._in(self.strategies.get(strategy, ()), text):
                yield word, f"策略“{STRATEGY_TITLES[strategy]}”"

    def diminishing(self, text: str) -> Iterator[str]:
        """Each word of a text that makes little of harm."""
        return self._in(self.harm.forbidden, text)

    def _in(self, words: tuple[str, ...], text: str) -> Iterator[str]:
        clauses = _clauses(text)
        for word in words:
            said = (clause for clause in clauses if word in clause)
            if any(not any(mark in clause.partition(word)[0] for mark in self.quoted) for clause in said):
                yield word


def _clauses(text: str) -> list[str]:
    for end in "。！？；\n":
        text = text.replace(end, "\n")
    return [clause for clause in text.split("\n") if clause]


@cache
def load_tones(path: Path = FILE) -> Tones:
    """The table. Raises BadKnowledgeError with every fault and its line."""
    document = parse_document(path.name, path.read_text(encoding="utf-8"))
    try:
        read = Tones.model_validate(document.data)
    except ValidationError as error:
        raise BadKnowledgeError(schema_faults(document, (Tones, ToneRule, HarmRule), error)) from error
    missing = [*(set(Tone) - set(read.tones)), *(set(Strategy) - set(read.strategies))]
    if missing:
        raise BadKnowledgeError([document.fault((), f"缺少“{one}”") for one in missing])
    return read
