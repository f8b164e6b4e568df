"""A test case's series of mentions: `count` of them one `every` so often, or how many in each interval in turn.

The compact notation is promtool's (Prometheus, "Unit testing for rules", series): `5+10x3` is 5, 15, 25, 35.
"""

import re
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from rules.schema import RulePart

MAX_RECORDS: Final = 5000
MAX_INTERVALS: Final = 2000
_UNITS: Final = {"m": 1, "h": 60, "d": 24 * 60}
_TOKEN: Final = re.compile(r"(?P<first>\d{1,6})((?P<sign>[+-])(?P<by>\d{1,6}))?(x(?P<times>\d{1,4}))?")
_GAP: Final = re.compile(r"_(x(?P<times>\d{1,4}))?")
_RIGHT_FORM: Final = (
    '可以写 "3 8 20"（逐段写条数）、"5+10x3"（先 5 条，再 3 次各加 10：5、15、25、35）、'
    '"4x2"（4 条，再重复 2 次：4、4、4）、"_"（这一段没有提及）'
)


def _minutes(text: Any) -> Any:
    """`90m`, `6h`, `2d` or 0 as minutes."""
    found = re.fullmatch(r"(\d{1,6})([mhd])", str(text)) if text != 0 else None
    if text == 0:
        return 0
    if found is None:
        raise case_fault(f'时长 "{text}" 要写成 30m、6h 或 2d')
    return int(found[1]) * _UNITS[found[2]]


def say_minutes(minute: int) -> str:
    """`1d`, `2h` or `90m`, as a case writes it."""
    for unit, size in (("d", 1440), ("h", 60)):
        if minute and minute % size == 0:
            return f"{minute // size}{unit}"
    return f"{minute}m"


Minutes = Annotated[
    int, BeforeValidator(_minutes), Field(ge=0, le=30 * 24 * 60), PlainSerializer(say_minutes, when_used="json")
]
Size = Annotated[int, Field(ge=0, le=10**9)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


def case_fault(message: str) -> PydanticCustomError:
    """A fault whose message is shown as it is."""
    return PydanticCustomError("rule", "{message}", {"message": message})


def mentions_per_interval(text: Any) -> tuple[int, ...]:
    """`0x2 5+10x3 _ 8` as 0, 0, 0, 5, 15, 25, 35, 0, 8. Raises a fault that shows the right form."""
    if not isinstance(text, str):
        raise case_fault(f'mentions 要加引号，写作 "{text}"；{_RIGHT_FORM}')
    counts = tuple(count for token in text.split() for count in _expanded(token))
    if not counts:
        raise case_fault(f"mentions 是空的；{_RIGHT_FORM}")
    if sum(counts) > MAX_RECORDS:
        raise case_fault(f"mentions 一共 {sum(counts)} 条，一步最多 {MAX_RECORDS} 条")
    if len(counts) > MAX_INTERVALS:
        raise case_fault(f"mentions 一共 {len(counts)} 段，一步最多 {MAX_INTERVALS} 段")
    return counts


def _expanded(token: str) -> list[int]:
    if gap := _GAP.fullmatch(token):
        return [0] * int(gap["times"] or 1)
    found = _TOKEN.fullmatch(token)
    if found is None or (found["by"] and not found["times"]):
        raise case_fault(f'mentions 里的 "{token}" 看不懂；{_RIGHT_FORM}')
    by = int(f"{found['sign'] or '+'}{found['by'] or 0}")
    counts = [int(found["first"]) + by * index for index in range(int(found["times"] or 0) + 1)]
    if min(counts) < 0:
        raise case_fault(f'mentions 里的 "{token}" 减到了 {min(counts)}，条数不能小于 0，请减少次数')
    return counts


class Spread(RulePart):
    """New reposts and readers of what was said before."""

    reposts: Size = 0
    reach: Size = 0
    heat: Annotated[float, Field(ge=0, le=120)] = 0


class SeriesStep(RulePart):
    """`count` records from `at` on, one `every` so often; or with `mentions` so many in each interval of `every`,
    evenly over it. Mentions by `authors` accounts with `contents` different texts (default: all different) on
    `platforms` in turn; or, with `spread`, new engagement of them. Steps that name the same `account` or `content`
    mean the same one.
    """

    at: Minutes
    every: Minutes = 1
    count: Annotated[int, Field(ge=1, le=MAX_RECORDS)] = 1
    mentions: str | None = None
    authors: Annotated[int, Field(ge=1)] | None = None
    contents: Annotated[int, Field(ge=1)] | None = None
    account: Name | None = None
    content: Name | None = None
    severity: Literal["none", "low", "medium", "high"] = "medium"
    author_kind: Literal["personal", "media", "official", "regulator"] = "personal"
    kind: Literal["post", "comment", "complaint", "article", "hot_search", "inquiry"] = "post"
    followers: Size | None = None
    reach: Size = 300
    reposts: Size = 0
    negativity: Annotated[float, Field(ge=0, le=1)] = 0.9
    certainty: Annotated[float, Field(ge=0, le=1)] | None = None
    harm_words: Annotated[int, Field(ge=0, le=100)] = 0
    hot_search_rank: Annotated[int, Field(ge=1, le=1000)] | None = None
    platforms: Annotated[tuple[str, ...], Field(min_length=1)] = ("微博",)
    negative: bool = True
    spread: Spread | None = None

    @field_validator("mentions", mode="before")
    @classmethod
    def _readable(cls, text: Any) -> Any:
        if text is not None:
            mentions_per_interval(text)
        return text

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if self.mentions is not None and (self.count != 1 or self.spread):
            raise case_fault("mentions 已经写明每段几条，不要再写 count 或 spread")
        if self.mentions is not None and ("every" not in self.model_fields_set or self.every == 0):
            raise case_fault('写 mentions 时要用 every 写明一段多长，如 every: 10m, mentions: "5+10x3"')
        if (self.account and self.authors) or (self.content and self.contents):
            raise case_fault("account（同一个账号）与 authors（几个账号）、content 与 contents 只能写一个")
        return self

    @cached_property
    def offsets(self) -> tuple[timedelta, ...]:
        """When each record comes, from the start of the case."""
        every = timedelta(minutes=self.every)
        start = timedelta(minutes=self.at)
        if self.mentions is None:
            return tuple(start + index * every for index in range(self.count))
        return tuple(
            start + number * every + index * every / count
            for number, count in enumerate(mentions_per_interval(self.mentions))
            for index in range(count)
        )
