"""What a rule's test file looks like: `<slug>_test.yaml` beside `<slug>.yaml`, cases named as sentences.

A case gives facts of one moment, or a series of mentions that run through the real windows. `expect` is the level
that must come out (for a series: the highest one seen); a near miss names the level that it just misses. For a
series, `at` says which level holds at given moments and `findings` what is announced, cooldown applied; `on` is the
day of the case (Chinese calendar), on which exemptions that expire depend.
"""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from rules.case_series import Minutes, SeriesStep, Spread, case_fault
from rules.document import Document, parse_document, read_document
from rules.errors import BadFactError, BadRulesError, Fault, suggest
from rules.evaluate import quantised
from rules.schema import RuleId, RulePart
from rules.validation import read_model
from rules.vocabulary import VOCABULARY, FactType, FactValue, Level

LevelOrNone = Level | Literal["none"]


class CaseKind(StrEnum):
    """命中, 差一点, 安静."""

    hit = "hit"
    near_miss = "near_miss"
    quiet = "quiet"


class ExpectedFinding(RulePart):
    """What is announced at a moment of a series, cooldown applied."""

    at: Minutes
    level: Level


class Case(RulePart):
    """One test case."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=6)]
    kind: CaseKind
    expect: LevelOrNone
    misses: Level | None = None
    on: date | None = None
    facts: dict[str, int | float | str | None] | None = None
    series: Annotated[tuple[SeriesStep, ...], Field(min_length=1)] | None = None
    at: dict[Minutes, LevelOrNone] = Field(default_factory=dict)
    findings: tuple[ExpectedFinding, ...] | None = None

    @field_validator("facts", mode="before")
    @classmethod
    def _known_facts(cls, facts: Any) -> Any:
        for name in facts if isinstance(facts, dict) else ():
            if name not in VOCABULARY:
                raise case_fault(f'未知事实 "{name}"{suggest(str(name), VOCABULARY)}')
        if isinstance(facts, dict):
            try:
                quantised(facts)
            except (BadFactError, TypeError, ValueError) as bad:
                raise case_fault(str(bad)) from bad
        return facts

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.facts is None) == (self.series is None):
            raise case_fault(f"用例“{self.name}”要么写 facts，要么写 series")
        if self.facts is not None and (self.at or self.findings is not None):
            raise case_fault(f"用例“{self.name}”写的是一个时刻的 facts，at 与 findings 只能和 series 一起写")
        if self.kind is CaseKind.quiet and self.expect != "none":
            raise case_fault(f"安静用例“{self.name}”的 expect 应为 none")
        if self.kind is CaseKind.hit and self.expect == "none":
            raise case_fault(f"命中用例“{self.name}”的 expect 应为一个等级")
        if self.kind is CaseKind.near_miss and not self._really_misses():
            raise case_fault(f"差一点用例“{self.name}”要用 misses 写明没有达到的等级，它要高于 expect")
        return self

    def _really_misses(self) -> bool:
        return self.misses is not None and (self.expect == "none" or self.expect.rank < self.misses.rank)


class CaseFile(RulePart):
    """All cases of one rule."""

    rule: RuleId
    cases: Annotated[tuple[Case, ...], Field(min_length=1, max_length=500)]


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
        return _cases_in(read_document(path))
    except BadRulesError as bad:
        return None, list(bad.faults)


def parse_cases(file: str, text: str) -> tuple[LoadedCases | None, list[Fault]]:
    """As `read_cases`, of a text that is being edited."""
    try:
        return _cases_in(parse_document(file, text))
    except BadRulesError as bad:
        return None, list(bad.faults)


def _cases_in(document: Document) -> tuple[LoadedCases | None, list[Fault]]:
    found, faults = read_model(document, CaseFile, (Case, ExpectedFinding, SeriesStep, Spread))
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
