"""A model that writes without approved words. Only to measure against: nothing that it writes is ever used."""

from dataclasses import dataclass
from typing import Protocol

from engine.draft_language import Grammar, Prefix
from engine.language_model import LlamaCppModel


class FreeWriter(Protocol):
    """What the drafting benchmark compares with."""

    def write(self, instruction: str, max_tokens: int) -> str:
        """A text of at most so many tokens. Raises ModelUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class AnyText(Grammar):
    """A grammar that allows every text up to a number of tokens."""

    max_tokens: int

    @property
    def lark(self) -> str:
        """See `Grammar.lark`."""
        return f"start: text\ntext[max_tokens={self.max_tokens}]: /(.|\\n)+/"


class FreeLlamaCppModel(LlamaCppModel):
    """The bundled model, which may also write freely: the same decoder under a grammar that allows everything."""

    def write(self, instruction: str, max_tokens: int) -> str:
        """See `FreeWriter.write`."""
        return self._loaded().decode(Prefix(instruction, ()), AnyText((), max_tokens))
