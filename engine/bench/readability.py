"""How a statement reads, by measures that no part of drafting aims at.

- perplexity under a judge: another language model than the one that chose the words, e to the negative mean
  log-probability of a token. Lower is more expected. It likes what is common, so it stands beside
- repetition: the share of runs of four characters that the text had already;
- rhythm: the standard deviation of the sentences' lengths in characters. Neither high nor low is good by itself.
"""

import math
import re
from statistics import pstdev
from typing import Final, Protocol

from engine.drafting.context import INSTRUCTION
from engine.language_model.llama import LlamaCppModel
from engine.language_model.protocol import Prefix

_RUN: Final = 4
_SENTENCE_END: Final = re.compile(r"[。！？；\n]+")


class Judge(Protocol):
    """A language model that reads."""

    @property
    def name(self) -> str:
        """The model's name for people."""
        ...

    def perplexity(self, text: str) -> float:
        """How unexpected the text is, from 1 on. Raises ModelUnavailable."""
        ...


class LlamaCppJudge(LlamaCppModel):
    """A GGUF model that reads instead of choosing."""

    def perplexity(self, text: str) -> float:
        """See `Judge.perplexity`."""
        (mean_log_probability,) = self._loaded().scores(Prefix(INSTRUCTION, ()), (text,))
        return math.exp(-mean_log_probability)


def repetition(text: str) -> float:
    """The share of runs of four characters that stood in the text before, 0 to 1."""
    runs = [text[at : at + _RUN] for at in range(len(text) - _RUN + 1) if "\n" not in text[at : at + _RUN]]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def rhythm(text: str) -> float:
    """Standard deviation of the sentences' lengths in characters."""
    lengths = [len(sentence.strip()) for sentence in _SENTENCE_END.split(text) if sentence.strip()]
    return pstdev(lengths) if lengths else 0.0
