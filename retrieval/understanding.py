"""A query as it was typed → what is searched for: simplified, put right, with standard words for slang."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from retrieval.errors import QueryError
from retrieval.slang import slang_in
from retrieval.text import fold, readable, simplified
from retrieval.typos import Correction, Spelling
from retrieval.words import protected, words

MEANING_WEIGHT = 0.5
"""Of a word that stands for slang in the query: less than one that was written."""

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Reading:
    """Which helps of understanding are used; each can be switched off to measure what it is worth."""

    traditional: bool = True
    typos: bool = True
    slang: bool = True


@dataclass(frozen=True)
class Query:
    """What is searched for. `meant` is the text put right, `words` its words with their weight (1: as written),
    `asked` those of them that were written; `slang` the terms in it with their meaning.
    """

    meant: str
    words: Mapping[str, float]
    asked: Mapping[str, float]
    slang: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    converted: bool = False

    @property
    def text(self) -> str:
        """What is embedded: the text and what its slang means."""
        return f"{self.meant}（{'；'.join(self.slang.values())}）" if self.slang else self.meant

    @property
    def understood(self) -> str | None:
        """In Chinese, how the query was understood where that is not how it was written."""
        notes = []
        if self.corrections or self.converted:
            notes.append(f"已按“{_short(self.meant)}”检索")
        notes += [f"“{term}”按“{means}”理解" for term, means in self.slang.items()]
        return "；".join(notes) or None


def understand(typed: str, spelling: Spelling, reading: Reading = Reading()) -> Query:
    """Read a query. Raises QueryError for one without a word."""
    flat = " ".join(readable(typed).split())
    plain = simplified(flat, protected()) if reading.traditional else flat
    meant, corrections = _put_right(plain, spelling) if reading.typos else (plain, ())
    written = words(meant)
    if not written:
        raise QueryError("检索内容中没有可用的文字，请输入一句话或几个词。")
    terms = slang_in(fold(meant)) if reading.slang else {}
    asked = dict.fromkeys(written, 1.0)
    meanings = {word: MEANING_WEIGHT for means in terms.values() for word in words(means)}
    return Query(meant, meanings | asked, asked, terms, corrections, plain != flat)


def _put_right(text: str, spelling: Spelling) -> tuple[str, tuple[Correction, ...]]:
    """The text as it was written, but for what is wrong in it: folding is for comparing, not for showing."""
    _, corrections = spelling.corrected(fold(text))
    at = 0
    for one in corrections:
        found = re.compile(re.escape(one.written), re.IGNORECASE).search(text, at)
        if found is None:
            return spelling.corrected(fold(text))
        text = text[: found.start()] + one.meant + text[found.end() :]
        at = found.start() + len(one.meant)
    return text, corrections


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
