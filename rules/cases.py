"""What a rule's test file looks like: `<slug>_test.yaml` beside `<slug>.yaml`, cases named as sentences.

A case gives facts of one moment, or a series of mentions that run through the real windows. `expect` is the level
that must come out (for a series: the highest one seen); a near miss names the level that it just misses.
"""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from rules.document import Document, read_document
from rules.errors import BadFactError, BadRulesError, Fault, suggest
from rules.evaluate import quantised
from rules.schema import RuleId, RulePart
from rules.validation import read_model
from rules.vocabulary import VOCABULARY, FactType, FactValue, Level

_UNITS: Final = {"m": 1, "h": 60, "d": 24 * 60}


def _minutes(text: Any) -> Any:
    """`90m`, `6h`, `2d` or 0 as minutes."""
    found = re.fullmatch(r"(\d{1,6})([mhd])", str(text)) if text != 0 else None
    if text == 0:
        return 0
    if found is None:
        raise PydanticCustomError("rule", "{message}", {"message": f'时长 "{text}" 要写成 30m、6h 或 2d'})
    return int(found[1]) * _UNITS[found[2]]


Minutes = Annotated[int, BeforeValidator(_minutes), Field(ge=0, le=30 * 24 * 60)]
Size = Annotated[int, Field(ge=0, le=10**9)]


class CaseKind(StrEnum):
    """命中, 差一点, 安静."""

    hit = "hit"
    near_miss = "near_miss"
    quiet = "quiet"


class Spread(RulePart):
    """New reposts and readers of what was said before."""

    reposts: Size = 0
    reach: Size = 0
    heat: Annotated[float, Field(ge=0, le=120)] = 0


class SeriesStep(RulePart):
    """`count` records from `at` on, one `every` so often. Mentions by `authors` accounts with `contents` different
    texts (default: all different) on `platforms` in turn; or, with `spread`, new engagement of them.
    """

    at: Minutes
    every: Minutes = 1
    count: Annotated[int, Field(ge=1, le=5000)] = 1
    authors: Annotated[int, Field(ge=1)] | None = None
    contents: Annotated[int, Field(ge=1)] | None = None
    severity: Literal["none", "low", "medium", "high"] = "medium"
    author_kind: Literal["personal", "media", "official", "regulator"] = "personal"
    kind: Literal["post", "comment", "complaint", "article", "hot_search", "inquiry"] = "post"
    followers: Size | None = None
    reach: Size = 300
    reposts: Size = 0
    negativity: Annotated[float, Field(ge=0, le=1)] = 0.9
    hot_search_rank: Annotated[int, Field(ge=1, le=1000)] | None = None
    platforms: Annotated[tuple[str, ...], Field(min_length=1)] = ("微博",)
    negative: bool = True
    spread: Spread | None = None


class Case(RulePart):
    """One test case."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=6)]
    kind: CaseKind
    expect: Level | Literal["none"]
    misses: Level | None = None
    facts: dict[str, int | float | str | None] | None = None
    series: Annotated[tuple[SeriesStep, ...], Field(min_length=1)] | None = None

    @field_validator("facts", mode="before")
    @classmethod
    def _known_facts(cls, facts: Any) -> Any:
        for name in facts if isinstance(facts, dict) else ():
            if name not in VOCABULARY:
                raise _fault(f'未知事实 "{name}"{suggest(str(name), VOCABULARY)}')
        if isinstance(facts, dict):
            try:
                quantised(facts)
            except (BadFactError, TypeError, ValueError) as bad:
                raise _fault(str(bad)) from bad
        return facts

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.facts is None) == (self.series is None):
            raise _fault(f"用例“{self.name}”要么写 facts，要么写 series")
        if self.kind is CaseKind.quiet and self.expect != "none":
            raise _fault(f"安静用例“{self.name}”的 expect 应为 none")
        if self.kind is CaseKind.hit and self.expect == "none":
            raise _fault(f"命中用例“{self.name}”的 expect 应为一个等级")
        if self.kind is CaseKind.near_miss and not self._really_misses():
            raise _fault(f"差一点用例“{self.name}”要用 misses 写明没有达到的等级，它要高于 expect")
        return self

    def _really_misses(self) -> bool:
        return self.misses is not None and (self.expect == "none" or self.expect.rank < self.misses.rank)


class CaseFile(RulePart):
    """All cases of one rule."""

    rule: RuleId
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


class LoadedCases(RulePart):
    """A test file with the line of each case."""

    file: str
    rule: str
    cases: tuple[Case, ...]
    lines: tuple[int, ...]


def case_path(rule_path: Path) -> Path:
    """Where the tests of a rule file lie."""
    return rule_path.with_name(f"{rule_path.stem}_test.yaml")


def read_cases(path: Path) -> tuple[LoadedCases | None, list[Fault]]:
    """The cases of one test file, or all its faults."""
    try:
        document = read_document(path)
    except BadRulesError as bad:
        return None, list(bad.faults)
    found, faults = read_model(document, CaseFile, (Case, SeriesStep, Spread))
    if found is None:
        return None, faults
    lines = tuple(document.lines["cases", number] for number in range(len(found.cases)))
    return LoadedCases(file=document.file, rule=found.rule, cases=found.cases, lines=lines), _name_faults(
        document, found
    )


def full_facts(facts: dict[str, FactValue]) -> dict[str, FactValue]:
    """A case's facts as rules see them; what is not named is 0, or unknown where that is possible."""
    unnamed = {
        name: None if spec.nullable or spec.type is FactType.text else 0
        for name, spec in VOCABULARY.items()
        if name not in facts
    }
    return quantised(unnamed | facts)


def _name_faults(document: Document, found: CaseFile) -> list[Fault]:
    names = [case.name for case in found.cases]
    return [
        document.fault(("cases", number, "name"), f"用例名“{name}”重复")
        for number, name in enumerate(names)
        if name in names[:number]
    ]


def _fault(message: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{message}", {"message": message})
