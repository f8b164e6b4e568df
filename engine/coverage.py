"""`rules coverage`: for each category and level which rules reach it, who answers, what the playbook says and which
templates there are; what is missing is a fault at its place.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from engine.coverage_gaps import gaps
from engine.model import Category, Level
from engine.rule_set import RuleSet
from knowledge.loader import Knowledge
from knowledge.schema import STRATEGY_TITLES, Playbook, Template
from knowledge.schema import Level as KnowledgeLevel
from rules.document import Document
from rules.errors import Fault
from rules.handling import Duty, Handling
from rules.schema import Rule, RuleStatus
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES

_NOTHING: Final = "缺"
_HEADS: Final = (
    "类别",
    "等级",
    "规则",
    "试行",
    "责任部门",
    "首次响应",
    "逾期报",
    "策略",
    "预案",
    "首步",
    "模板",
    "应急声明",
)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """What there is for one category and level. `rules` are active ones, `trial` draft and shadow ones. Minutes count
    from the moment when the level is reached; `first_step_minutes` is the playbook's earliest deadline.
    """

    category: Category
    level: Level
    rules: tuple[str, ...]
    trial: tuple[str, ...]
    department: str | None
    within_minutes: int | None
    escalate_to: str | None
    strategy: str | None
    playbook_owner: str | None
    first_step_minutes: int | None
    templates: tuple[str, ...]
    holding: tuple[str, ...]

    def cells(self) -> tuple[str, ...]:
        """The row as people read it, in the order of the heads."""
        return (
            CATEGORY_TITLES[self.category],
            LEVEL_TITLES[self.level],
            _count(self.rules),
            str(len(self.trial)) if self.trial else "",
            self.department or _NOTHING,
            _minutes(self.within_minutes),
            self.escalate_to or _NOTHING,
            self.strategy or _NOTHING,
            self.playbook_owner or _NOTHING,
            _minutes(self.first_step_minutes),
            _count(self.templates),
            _count(self.holding),
        )


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """Every category and level in order, and every gap in the order of files and lines."""

    rows: tuple[CoverageRow, ...]
    gaps: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Nothing is missing."""
        return not self.gaps

    def text(self) -> str:
        """A table in Chinese, then one gap a line."""
        told = (
            [f"共 {len(self.gaps)} 处缺口"] if self.gaps else ["每个类别的每个等级都有规则、责任部门、时限、预案和模板"]
        )
        return "\n".join([*_table([_HEADS, *(row.cells() for row in self.rows)]), *map(str, self.gaps), *told])

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"ok": self.ok, "rows": [asdict(row) for row in self.rows], "gaps": [gap.to_json() for gap in self.gaps]}


def coverage(
    rules: RuleSet, knowledge: Knowledge, handling: Handling, handling_file: Document | None = None
) -> CoverageReport:
    """What there is for each category × level, and what is missing. With `handling_file`, the document that `handling`
    was read from, gaps in it carry their line.
    """
    rows = tuple(_row(rules, knowledge, handling, category, level) for category in Category for level in Level)
    return CoverageReport(rows, tuple(sorted(set(gaps(rules, knowledge, handling, handling_file)))))


def _row(rules: RuleSet, knowledge: Knowledge, handling: Handling, category: Category, level: Level) -> CoverageRow:
    reaching = [rule for rule in rules.evaluated(category) if level in rule.levels]
    playbook: Playbook | None = knowledge.playbooks.get(f"pb.{category}")
    wanted = KnowledgeLevel(level)
    strategies = playbook.plans if playbook else {}
    steps = [step.within_minutes for step in playbook.steps if wanted in step.levels] if playbook else []
    duty: Duty | None = handling.duty(category, level)
    own = [one for one in knowledge.templates.values() if wanted in one.levels and one.category in (category, "any")]
    return CoverageRow(
        category=category,
        level=level,
        rules=_ids(rule for rule in reaching if rule.status is RuleStatus.active),
        trial=_ids(rule for rule in reaching if rule.status is not RuleStatus.active),
        department=duty.department if duty else None,
        within_minutes=duty.within_minutes if duty else None,
        escalate_to=duty.escalate_to if duty else None,
        strategy=STRATEGY_TITLES[strategies[wanted].strategy] if wanted in strategies else None,
        playbook_owner=playbook.owner if playbook else None,
        first_step_minutes=min(steps, default=None),
        templates=_ids(one for one in own if one.kind == "statement"),
        holding=_ids(one for one in own if one.kind == "holding"),
    )


def _ids(found: Iterator[Rule] | Iterator[Template]) -> tuple[str, ...]:
    return tuple(one.id for one in found)


def _count(found: Sequence[str]) -> str:
    return str(len(found)) if found else _NOTHING


def _minutes(minutes: int | None) -> str:
    return _NOTHING if minutes is None else f"{minutes} 分钟"


def _table(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns that stand under each other; a Chinese character is two columns wide."""
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
