"""What people say really happened: categories of single mentions, and spans of time in which a crisis was on.

Labels judge a backtest; they are never inputs of it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from engine.errors import InputError
from engine.intake import LINE_LIMIT, mention_id
from engine.model import Category, Frozen, Level

NO_CATEGORY: Final = "none"
_WINDOW: Final = ("brand", "category", "level", "from", "to")


class TruthWindow(Frozen):
    """A crisis as people saw it: it reached this level of this brand and category between `since` and `until`."""

    brand: str
    category: Category
    level: Level = Level.low
    since: AwareDatetime = Field(alias="from")
    until: AwareDatetime = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.since:
            raise ValueError("to 早于 from")
        return self


@dataclass(frozen=True, slots=True)
class Truth:
    """Labels by mention id, empty for a mention that carries nothing; and windows."""

    labels: Mapping[str, frozenset[Category]] = field(default_factory=dict)
    windows: tuple[TruthWindow, ...] = ()

    def __or__(self, other: "Truth") -> "Truth":
        """Both together; where both label a mention, the other's label."""
        return Truth({**self.labels, **other.labels}, self.windows + other.windows)


def read_truth(path: Path, source: str) -> Truth:
    """The labels and windows of a JSON Lines file. A line with `from` and `to` is a window; any other line labels the
    mention `id` by its `category` (or `label`; "none" for nothing) and what is in `also`; others are passed over.

    `source` names the stream that the ids are of (see `engine.intake.identity`).
    Raises InputError with file and line.
    """
    labels: dict[str, frozenset[Category]] = {}
    windows: list[TruthWindow] = []
    for number, record in _records(path):
        place = f"{path.name}:{number}"
        if "from" in record and "to" in record:
            windows.append(_window(record, place))
        elif label := record.get("category", record.get("label")):
            identity = str(record.get("id", ""))
            found = frozenset(_categories(label, record.get("also"), place))
            labels[identity] = labels[mention_id(str(record.get("source") or source), identity)] = found
    return Truth(labels, tuple(windows))


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip() and len(line) <= LINE_LIMIT:
                    yield number, _parsed(line, f"{path.name}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("无法读取，或不是 UTF-8 文本", place=str(path)) from error


def _parsed(line: str, place: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise InputError("不是 JSON", place=place) from error
    if not isinstance(found, dict):
        raise InputError("每行应为一个对象", place=place)
    return found


def _window(record: dict[str, Any], place: str) -> TruthWindow:
    try:
        return TruthWindow.model_validate({key: record.get(key) for key in _WINDOW if record.get(key) is not None})
    except ValidationError as error:
        names = "、".join(sorted({str(fault["loc"][0]) if fault["loc"] else "to" for fault in error.errors()}))
        raise InputError(f"事件时段不对，请核对 {names}（时间须带时区，to 不早于 from）", place=place) from error


def _categories(label: object, also: object, place: str) -> Iterator[Category]:
    for one in (label, *(also if isinstance(also, list) else ())):
        if one == NO_CATEGORY:
            continue
        try:
            yield Category(str(one))
        except ValueError as error:
            raise InputError(f"没有类别“{one}”", place=place, field="category") from error
