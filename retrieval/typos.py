"""Words typed wrong by sound (崔收 for 催收) or in pinyin (cuishou), put right towards words that the knowledge has.

Only what nobody writes is touched: a stretch of whole pieces of the cut text with a loose character in it, which
neither the dictionaries nor the knowledge base have, and which sounds like a word of the field or one that the
knowledge base uses often, with a character in common.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from retrieval.lexical import LexicalIndex
from retrieval.pinyin import Sound, near, near_sounds, sound, sounds
from retrieval.text import fold, is_chinese
from retrieval.words import field_words, is_word, pieces

LONGEST, SHORTEST = 4, 2
_LATIN = re.compile(r"[a-z]{4,}")
_GRAMMAR = frozenset(
    "的了是在我你他她它们不也都就还很吗呢吧啊呀着过把给让对从到向与被说要有没人后前上下里来去个多少几"
    "一二两三四五六七八九十只再又才能会想看听"
)
_OFTEN = 3
"""In how many entries a word stands that others are corrected to, unless it is one of the field's."""

_READ = 2000
"""Entries, spread over all, whose writing is taken for right: more would say little new."""
_MOST_WORDS_IN_PINYIN = 4


@dataclass(frozen=True)
class Correction:
    """What was written and what was understood."""

    written: str
    meant: str


class Spelling:
    """Puts queries right towards the words of the knowledge base. They are read when first needed: thousands of words
    take a moment.
    """

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical
        self._reading = Lock()

    def corrected(self, folded: str) -> tuple[str, tuple[Correction, ...]]:
        """The text put right, and what was changed."""
        odd, latin = self._odd(folded), _LATIN.search(folded) is not None
        if not (odd or latin):
            return folded, ()
        suspect = {place - back for place in odd for back in range(LONGEST - 1)}
        cut = pieces(folded)
        fixed, changes = [], []
        at = place = 0
        while at < len(cut):
            span, meant, written = 1, None, cut[at]
            if latin and _LATIN.fullmatch(written):
                meant = self._from_pinyin(written)
            elif place in suspect:
                span, meant = self._best(cut, at)
            if meant is not None:
                written = "".join(cut[at : at + span])
                changes.append(Correction(written, meant))
            fixed.append(meant or written)
            at, place = at + span, place + len(written)
        return "".join(fixed), tuple(changes)

    def _best(self, cut: tuple[str, ...], at: int) -> tuple[int, str | None]:
        """How many pieces are one misspelt word, and the word; (1, None) when nothing is wrong here."""
        for span in _spans(cut, at):
            meant = self._meant(cut[at : at + span])
            if meant:
                return span, meant
        return 1, None

    def _meant(self, stretch: tuple[str, ...]) -> str | None:
        written = "".join(stretch)
        if self._is_written(written) or is_word(written):
            return None
        known = self._by_sound
        found = {word for one in near_sounds(written) if one in known for word in known[one]}
        if not found:
            return None
        if len(written) == SHORTEST:
            read = sounds(written)
            found = {word for word in found if self._sounds[word] in read}
        likely = [word for word in found if _plausible(stretch, written, word)]
        return max(likely, key=lambda word: (_same(written, word), self._lexical.frequency(word), word), default=None)

    def _from_pinyin(self, written: str) -> str | None:
        """Words written in pinyin, up to four of them without spaces."""
        rest, meant = written, list[str]()
        while rest and len(meant) < _MOST_WORDS_IN_PINYIN:
            end = next((end for end in range(len(rest), 3, -1) if rest[:end] in self._by_letters), 0)
            if not end:
                return None
            meant.append(self._by_letters[rest[:end]])
            rest = rest[end:]
        return None if rest else "".join(meant)

    def _odd(self, text: str) -> list[int]:
        """Where it has two Chinese characters next to each other that the knowledge base never does."""
        known = self._pairs
        every = [(place, text[place : place + 2]) for place in range(len(text) - 1)]
        return [place for place, both in every if both not in known and is_chinese(both)]

    def _is_written(self, text: str) -> bool:
        """Whether the knowledge base puts these characters next to each other."""
        return all(text[at : at + 2] in self._pairs for at in range(len(text) - 1))

    @cached_property
    def _pairs(self) -> frozenset[str]:
        documents = self._lexical.documents
        folded = map(fold, documents[:: max(1, -(-len(documents) // _READ))])
        return frozenset(text[at : at + 2] for text in folded for at in range(len(text) - 1))

    @cached_property
    def _words(self) -> tuple[str, ...]:
        with self._reading:
            often = (word for word in self._lexical.words if self._lexical.frequency(word) >= _OFTEN)
            every = {*often, *field_words()}
            return tuple(sorted(word for word in every if 2 <= len(word) <= LONGEST and is_chinese(word)))

    @cached_property
    def _by_sound(self) -> dict[Sound, tuple[str, ...]]:
        found: dict[Sound, tuple[str, ...]] = {}
        for word, read in self._sounds.items():
            key = near(read)
            found[key] = (*found.get(key, ()), word)
        return found

    @cached_property
    def _sounds(self) -> dict[str, Sound]:
        return {word: sound(word) for word in self._words}

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        """The most frequent word of each spelling."""
        by_rank = sorted(self._words, key=lambda word: (self._lexical.frequency(word), word))
        return {"".join(self._sounds[word]): word for word in by_rank}


def _spans(cut: tuple[str, ...], at: int) -> list[int]:
    """How many pieces from here could be one word: two to four Chinese characters, one of them loose; longest first."""
    spans, characters, loose = [], 0, False
    for span, piece in enumerate(cut[at : at + LONGEST], 1):
        characters += len(piece)
        if characters > LONGEST or not "一" <= piece[0] <= "鿿":
            break
        loose = loose or len(piece) == 1
        if loose and characters >= SHORTEST:
            spans.append(span)
    return spans[::-1]


def _plausible(stretch: tuple[str, ...], written: str, word: str) -> bool:
    """Something stays as it was written, and what changes is not a word of its own that makes sense there."""
    changed = [number for number in range(len(written)) if written[number] != word[number]]
    ends = [sum(map(len, stretch[: number + 1])) for number in range(len(stretch))]
    inside = [next(piece for piece, end in zip(stretch, ends, strict=True) if number < end) for number in changed]
    loose = len(written) > SHORTEST or any(len(piece) == 1 for piece in inside)
    grammar = any(written[number] in _GRAMMAR for number in changed)
    return bool(changed) and len(changed) <= len(written) // 2 and loose and not grammar


def _same(written: str, word: str) -> int:
    return sum(one == other for one, other in zip(written, word, strict=True))
