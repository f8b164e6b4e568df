"""Labelled mentions for fitting and checking, read from a data folder; nothing of them is kept but numbers.

The folder has train.jsonl, complaints.jsonl, raw.jsonl (unlabelled, for document frequencies) and dev.jsonl (checking
only: its rows are left out of raw as well). The bundled examples were written for this project.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import yaml

from engine.errors import InputError
from engine.model import Category, Realm, Severity
from engine.scoring.near_duplicates import MemoryIndex, group_of
from engine.scoring.text import clean

EXAMPLES: Final = Path(__file__).with_name("examples.yaml")
_BLANK: Final = "〇〇"
_STAND_IN: Final = "某平台"
FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its labels; `category` is None when not negative. `origin`: train, complaints, examples or dev."""

    id: str
    origin: str
    text: str
    brands: tuple[str, ...]
    category: Category | None
    also: tuple[Category, ...]
    severity: Severity

    @property
    def names(self) -> tuple[str, ...]:
        """The brands as they are written in the cleaned text."""
        return tuple(sorted({clean(name).strip() for name in self.brands}))


def read_labelled(path: Path, origin: str) -> list[Labelled]:
    """The labelled mentions of a JSON Lines file. Raises InputError with file and line."""
    rows = []
    for number, line in enumerate(_lines(path), start=1):
        try:
            rows.append(_labelled(json.loads(line), origin))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"标注数据不对：{error}", place=f"{path}:{number}") from error
    return rows


def read_examples(path: Path = EXAMPLES) -> list[Labelled]:
    """The bundled examples."""
    content: dict[str, list[str]] = yaml.safe_load(path.read_text("utf-8"))
    return [_example(key, n, line) for key, lines in content.items() for n, line in enumerate(lines)]


def read_unlabelled(path: Path, left_out: frozenset[str]) -> list[Labelled]:
    """The texts of raw.jsonl without those whose id is left out."""
    rows = (json.loads(line) for line in _lines(path))
    return [_labelled({**row, "negative": 0}, "raw") for row in rows if row["id"] not in left_out]


def folds_by_text(rows: Sequence[Labelled]) -> list[int]:
    """Fold of each row, 0 to FOLDS-1: near-duplicates share one, so that a copy never predicts its original."""
    index = MemoryIndex()
    return [_fold(group_of(row.id, row.text, Realm.replay, index)) for row in rows]


def folds_by_brand(rows: Sequence[Labelled]) -> list[int]:
    """Fold of each row: rows of the same (most common) brand share one, so that every brand is unseen."""
    common: dict[str, int] = {}
    for row in rows:
        for brand in row.brands:
            common[brand] = common.get(brand, 0) + 1
    return [_fold(max(row.brands, key=lambda brand: (common[brand], brand)) if row.brands else row.id) for row in rows]


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8").split("\n") if line.strip()]
    except OSError as error:
        raise InputError("数据文件读不出来", place=str(path)) from error


def _labelled(row: dict[str, Any], origin: str) -> Labelled:
    negative = bool(row["negative"])
    return Labelled(
        id=str(row["id"]),
        origin=origin,
        text=str(row["text"]),
        brands=tuple(str(name) for name in row.get("entities") or ()),
        category=Category(row["category"]) if negative else None,
        also=tuple(Category(one) for one in row.get("also") or ()) if negative else (),
        severity=Severity(row["severity"]) if negative else Severity.none,
    )


def _example(key: str, number: int, line: str) -> Labelled:
    severity, also, text = (part.strip() for part in line.split("|", 2))
    return Labelled(
        id=f"{key}-{number}",
        origin="examples",
        text=text.replace(_BLANK, _STAND_IN),
        brands=(_STAND_IN,) if _BLANK in text else (),
        category=None if key == "none" else Category(key),
        also=tuple(Category(one) for one in also.split()),
        severity=Severity(severity),
    )


def _fold(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) % FOLDS
