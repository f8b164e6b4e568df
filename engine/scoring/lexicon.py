"""Lexicons 词表: words that compliance can read and change, one file per category, and cue groups.

Words carry no weights: how much a group counts is fitted. A lexicon is part of the scorer's hash.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import ahocorasick
import numpy as np
from numpy.typing import NDArray
from pydantic import Field, StringConstraints

from engine.errors import ScoringUnavailable
from engine.model import Category, Frozen
from engine.scoring.text import clean
from rules.document import file_name, read_document
from rules.errors import BadRulesError, Fault
from rules.validation import read_model

_CUES: Final = "_cues"
# Beyond this many hits a long text says nothing new.
_MOST_HITS: Final = 6

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] | int
Words = Annotated[tuple[Word, ...], Field(min_length=1, max_length=5000)]


class WordFile(Frozen):
    """The shape of a category's file; a number is a word too (12378)."""

    words: Words


class CueFile(Frozen):
    """The shape of the file of cue groups."""

    groups: dict[str, Words]


Kind = TypeVar("Kind", WordFile, CueFile)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Groups of words in a fixed order: the twelve categories first, then the cue groups by name."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    automaton: Any

    @property
    def names(self) -> tuple[str, ...]:
        """The group names, in feature order."""
        return tuple(name for name, _ in self.groups)

    def features(self, cleaned: str) -> NDArray[np.float32]:
        """How many different words of each group a cleaned text has, damped: float32[groups] in 0-1."""
        found: list[set[str]] = [set() for _ in self.groups]
        for _, (word, positions) in self.automaton.iter(cleaned):
            for position in positions:
                found[position].add(word)
        hits = np.array([min(len(words), _MOST_HITS) for words in found], dtype=np.float32)
        return np.asarray(np.log1p(hits) / np.log1p(np.float32(_MOST_HITS)), dtype=np.float32)


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """The lexicon of a folder of YAML files; without one, the bundled lexicon. Raises ScoringUnavailable with the
    faults of every file, each with its line.
    """
    place = folder or Path(__file__).with_name("lexicons")
    faults = list(_strays(place))
    groups = [(str(category), _words(place / f"{category}.yaml", faults)) for category in Category]
    groups += sorted(_cue_groups(place / f"{_CUES}.yaml", faults).items())
    if faults:
        raise ScoringUnavailable("\n".join(map(str, sorted(set(faults)))))
    return Lexicon(tuple(groups), _automaton(groups))


def _strays(place: Path) -> Iterator[Fault]:
    """Files that belong to no category: their words would count for nothing."""
    known = {_CUES, *map(str, Category)}
    for path in sorted(place.rglob("*.yaml")):
        if path.parent != place or path.stem not in known:
            yield Fault(file_name(path), 1, "没有这个类别的词表，请删去，或改成类别的名称")


def _words(path: Path, faults: list[Fault]) -> tuple[str, ...]:
    found = _read(path, WordFile, faults)
    return _cleaned(found.words) if found else ()


def _cue_groups(path: Path, faults: list[Fault]) -> dict[str, tuple[str, ...]]:
    found = _read(path, CueFile, faults)
    return {name: _cleaned(words) for name, words in found.groups.items()} if found else {}


def _read(path: Path, kind: type[Kind], faults: list[Fault]) -> Kind | None:
    try:
        found, wrong = read_model(read_document(path), kind, ())
    except BadRulesError as bad:
        found, wrong = None, list(bad.faults)
    except OSError:
        found, wrong = None, [Fault(file_name(path), 1, "词表读不出来，文件不存在或没有权限")]
    faults += wrong
    return found


def _cleaned(words: Iterable[str | int]) -> tuple[str, ...]:
    return tuple(sorted({clean(str(word)) for word in words}))


def _automaton(groups: list[tuple[str, tuple[str, ...]]]) -> Any:
    positions: dict[str, list[int]] = {}
    for position, (_, words) in enumerate(groups):
        for word in words:
            positions.setdefault(word, []).append(position)
    automaton = ahocorasick.Automaton()
    for word in sorted(positions):
        automaton.add_word(word, (word, tuple(positions[word])))
    automaton.make_automaton()
    return automaton
