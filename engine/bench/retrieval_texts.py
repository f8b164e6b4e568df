"""Texts for measuring the vector index: new sentences put together from this project's own wording, by a seed.

A clause is a phrase or a part of a sentence with its slots filled, often with a lead ("上周在成都，"). A text is two or
three clauses of one topic; no two texts have the same clauses, in whatever order, and none is in two sets that exclude
each other. Phrases come from `retrieval_phrases.txt` (taken from the past incidents and playbooks once, so that editing
knowledge does not change what is measured), sentences from the demonstration's and the quiet days' wording.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.demonstration.wording import Wording, Writer, bundled_wording, load_wording
from engine.model import Category

CLAUSES: Final = 12_000
NONE: Final = -1
"""In a row of clause numbers: there is no third clause."""

_SEED: Final = 20261122
_BLOCK: Final = 100_000
_THIRD_CLAUSE: Final = 1 / 3
_EVERYDAY: Final = "everyday"
_POOLS_OF: Final = {"fee": Category.fee_dispute.value, "leak": Category.privacy_leak.value}
_BOUNDARY: Final = re.compile(r"[，。；？！：、]")
_LENGTHS: Final = range(6, 27)
_LEADS: Final = (
    "", "", "{when}", "{when}在{city}，", "听说", "{person}说", "{city}网友称", "{brand}回应说", "帖子里写",
    "群里都在传", "客服的说法是", "{newsday}有报道称", "{days}前", "通报里写明", "{short}那边", "跟帖的人说",
    "没想到", "后来才知道", "据{city}的用户讲", "截图显示", "问了{times}才承认", "评论区有人说", "记者核实",
)  # fmt: skip
_NAMES: Final = (
    {"brand": "澄禾消费金融", "short": "澄禾消金", "product": "安心分期"},
    {"brand": "小禾分期", "short": "小禾分期App", "product": "小禾借钱"},
    {"brand": "雁回消费金融", "short": "雁回消金", "product": "雁回借款"},
    {"brand": "番茄米粒贷", "short": "米粒贷", "product": "番茄米粒"},
)

Rows = NDArray[np.int32]
"""(texts, 3) clause numbers, descending; NONE where there is no third."""


@dataclass(frozen=True)
class Texts:
    """Clauses, the span of each topic among them, and texts as rows of clause numbers."""

    clauses: tuple[str, ...]
    topics: tuple[range, ...]

    @classmethod
    def written(cls, count: int = CLAUSES) -> "Texts":
        """`count` different clauses, spread evenly over the topics."""
        wordings = tuple(_wordings())
        sources = _sources(wordings)
        wanted = np.diff(np.linspace(0, count, len(sources) + 1).astype(int))
        seen: set[str] = set()
        parts = [
            _clauses(name, sources[name], int(each), seen, wordings) for name, each in zip(sources, wanted, strict=True)
        ]
        ends = np.cumsum([len(part) for part in parts])
        spans = tuple(range(int(end) - len(part), int(end)) for end, part in zip(ends, parts, strict=True))
        return cls(tuple(one for part in parts for one in part), spans)

    def rows(self, count: int, seed: int, without: Rows | None = None) -> Rows:
        """`count` different texts, none of which is in `without`; the first of them are the same for any `count`."""
        draw = np.random.default_rng([_SEED, seed])
        known = self._keys(without) if without is not None else np.zeros(0, np.int64)
        found = np.zeros((0, 3), np.int32)
        while len(found) < count:
            found = np.vstack([found, self._drawn(draw)])
            keys = self._keys(found)
            _, first = np.unique(keys, return_index=True)
            first = first[~np.isin(keys[first], known)]
            found = found[np.sort(first)][:count]
        return found

    def text(self, row: Sequence[int]) -> str:
        """A text as people read it; which clause comes first follows from the clauses."""
        numbers = [number for number in row if number != NONE]
        random.Random(str(numbers)).shuffle(numbers)
        return "，".join(self.clauses[number] for number in numbers)

    def _drawn(self, draw: np.random.Generator) -> Rows:
        """Rows of different clauses of one topic each; those that drew one clause twice are left out."""
        topic = draw.integers(len(self.topics), size=_BLOCK)
        low = np.array([span.start for span in self.topics])[topic]
        high = np.array([span.stop for span in self.topics])[topic]
        rows = draw.integers(low[:, None], high[:, None], size=(_BLOCK, 3))
        rows[draw.random(_BLOCK) >= _THIRD_CLAUSE, 2] = NONE
        ordered = np.sort(rows, axis=1)[:, ::-1]
        good = (ordered[:, 0] != ordered[:, 1]) & (ordered[:, 1] != ordered[:, 2])
        return np.ascontiguousarray(ordered[good], np.int32)

    def _keys(self, rows: Rows) -> NDArray[np.int64]:
        """One number for each set of clauses."""
        wide = rows.astype(np.int64) + 1
        base = len(self.clauses) + 1
        return np.asarray((wide[:, 0] * base + wide[:, 1]) * base + wide[:, 2], np.int64)


def _sources(wordings: Sequence[Wording]) -> dict[str, list[str]]:
    """Phrases and clauses with `{slots}` of each topic."""
    found: dict[str, list[str]] = {}
    for line in files("engine.bench").joinpath("retrieval_phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            topic = found.setdefault(line.strip("[]"), [])
        else:
            topic.append(line)
    for wording in wordings:
        for pool, sentences in wording.pools.items():
            name = _POOLS_OF.get(pool.split("_")[0], pool)
            parts = [part for one in sentences for part in _BOUNDARY.split(one) if len(part) >= _LENGTHS.start]
            found[name if name in found else _EVERYDAY] = found.get(name, found.get(_EVERYDAY, [])) + parts
    return {name: list(dict.fromkeys(parts)) for name, parts in sorted(found.items())}


def _wordings() -> Iterator[Wording]:
    yield bundled_wording()
    yield bundled_wording("substitute")
    for name in ("complaints", "everyday"):
        yield load_wording(files("engine.quiet_days").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


def _clauses(topic: str, sources: Sequence[str], count: int, seen: set[str], wordings: Sequence[Wording]) -> list[str]:
    """`count` clauses that were not seen before: every source in turn, with slots filled and a lead or none."""
    pick = random.Random(f"{_SEED}:{topic}")
    writers = [Writer(wording, _SEED) for wording in wordings]
    found: list[str] = []
    while len(found) < count:
        for source in pick.sample(sources, len(sources)):
            filled = _fill(pick.choice(_LEADS) + source, writers, pick)
            if len(filled) in _LENGTHS and "{" not in filled and filled not in seen:
                seen.add(filled)
                found.append(filled)
    return found[:count]


def _fill(text: str, writers: Sequence[Writer], pick: random.Random) -> str:
    """Slots filled by whichever wording knows them."""
    names = pick.choice(_NAMES)
    for writer in pick.sample(writers, len(writers)):
        text = writer.fill(text, names)
    return text
