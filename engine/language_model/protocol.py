"""The language model as drafting sees it: it chooses among approved words and never writes freely.

The real one is `engine.language_model.llama.LlamaCppModel`; `ScriptedModel` stands in for it. Both pass the same tests.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol

from engine.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before the words to be chosen: an instruction, the topic, then the text so far in segments.

    Segments are the unit of the prompt cache: a prefix that begins with the same instruction, topic and segments reuses
    their computation. The instruction is the same for every draft, the topic says what this one is about.
    """

    instruction: str
    segments: tuple[str, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Grammar:
    """A finite language: exactly these wordings, at least one, none empty, all different."""

    alternatives: tuple[str, ...]

    @property
    def lark(self) -> str:
        """The grammar in Lark notation."""
        return "start: " + " | ".join(json.dumps(text, ensure_ascii=False) for text in self.alternatives)


class LanguageModel(Protocol):
    """What drafting asks of a model. Every method raises ModelUnavailable when the model is missing or fails."""

    @property
    def name(self) -> str:
        """The model's name for people."""

    @property
    def fingerprint(self) -> str:
        """Content hash of everything that decides the model's answers."""

    def lease(self) -> AbstractContextManager[None]:
        """The right to generate; one holder at a time, others wait a while and are then refused."""

    def choose(self, prefix: Prefix, options: Sequence[str]) -> int:
        """The index of the option that the model finds likeliest after the prefix."""

    def complete(self, prefix: Prefix, grammar: Grammar) -> str:
        """One of the grammar's wordings, decoded by the model."""


@contextmanager
def hold(lock: threading.Lock, seconds: float) -> Iterator[None]:
    """Holds a lock; raises ModelUnavailable when it is not free within `seconds`."""
    if not lock.acquire(timeout=seconds):
        raise ModelUnavailable("语言模型正在为另一份草稿工作，请稍后再试")
    try:
        yield
    finally:
        lock.release()


@dataclass
class ScriptedModel:
    """A model that answers as told: the n-th question takes `answers[n]`, modulo the wordings at hand, then 0.

    `fails_at` makes the question with that number (from 0) fail.
    """

    answers: Sequence[int] = ()
    fails_at: int | None = None
    name: str = "脚本模型"
    asked: list[tuple[Prefix, tuple[str, ...]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def fingerprint(self) -> str:
        """Hash of the script."""
        return blake2b(repr(tuple(self.answers)).encode(), digest_size=16).hexdigest()

    def lease(self) -> AbstractContextManager[None]:
        """See `LanguageModel.lease`."""
        return hold(self._lock, seconds=0.2)

    def choose(self, prefix: Prefix, options: Sequence[str]) -> int:
        """See `LanguageModel.choose`."""
        number = len(self.asked)
        self.asked.append((prefix, tuple(options)))
        if number == self.fails_at:
            raise ModelUnavailable("语言模型中途失败")
        return self.answers[number] % len(options) if number < len(self.answers) else 0

    def complete(self, prefix: Prefix, grammar: Grammar) -> str:
        """See `LanguageModel.complete`."""
        return grammar.alternatives[self.choose(prefix, grammar.alternatives)]
