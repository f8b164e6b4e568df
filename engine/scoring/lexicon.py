"""Lexicons 词表: words that compliance can read and change, one file per category, and cue groups.

Words carry no weights: how much a group counts is fitted. A lexicon is part of the scorer's hash.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ahocorasick
import numpy as np
import yaml
from numpy.typing import NDArray

from engine.errors import ScoringUnavailable
from engine.model import Category
from engine.scoring.text import clean

_CUES: Final = "_cues"
# Beyond this many hits a long text says nothing new.
_MOST_HITS: Final = 6


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
    """The lexicon of a folder of YAML files; without one, the bundled lexicon. Raises ScoringUnavailable."""
    place = folder or Path(__file__).with_name("lexicons")
    groups = [(category.value, _words(place / f"{category.value}.yaml")) for category in Category]
    groups += sorted(_cue_groups(place / f"{_CUES}.yaml").items())
    return Lexicon(tuple(groups), _automaton(groups))


def _words(path: Path) -> tuple[str, ...]:
    return _checked(_read(path).get("words"), path)


def _cue_groups(path: Path) -> dict[str, tuple[str, ...]]:
    groups = _read(path).get("groups")
    if not isinstance(groups, dict):
        raise ScoringUnavailable(f"{path} 缺少 groups")
    return {str(name): _checked(words, path) for name, words in groups.items()}


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScoringUnavailable(f"词表读不出来：{path}：{error}") from error
    if not isinstance(content, dict):
        raise ScoringUnavailable(f"词表格式不对：{path}")
    return content


def _checked(words: object, path: Path) -> tuple[str, ...]:
    if not isinstance(words, list) or not words:
        raise ScoringUnavailable(f"词表为空或不是列表：{path}")
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
