"""What a category lacks at a level: a rule that reaches it, somebody who answers, a playbook, a template."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from engine.model import Category, Level
from engine.rule_set import RuleSet
from knowledge.loader import Knowledge
from knowledge.schema import STRATEGY_TITLES, Department, Playbook, PlaybookStep, Strategy
from knowledge.schema import Level as KnowledgeLevel
from rules.document import Document, Place
from rules.errors import Fault
from rules.handling import Handling
from rules.schema import RuleStatus
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES

_SILENT: Final = frozenset({Strategy.no_public_response, Strategy.private_communication})
_HANDLING: Final = "rules/handling.yaml"


def gaps(
    rules: RuleSet, knowledge: Knowledge, handling: Handling, handling_file: Document | None = None
) -> Iterator[Fault]:
    """Every gap of every category and level, each at the place where it is to be filled."""
    for category in Category:
        look = _Look(rules, knowledge, handling, handling_file, category)
        for level in Level:
            yield from look.rule_gaps(level)
            yield from look.duty_gaps(level)
            yield from look.playbook_gaps(level)
        yield from look.order_gaps()


@dataclass(frozen=True, slots=True)
class _Look:
    """One category looked at."""

    rules: RuleSet
    knowledge: Knowledge
    handling: Handling
    handling_file: Document | None
    category: Category

    def rule_gaps(self, level: Level) -> Iterator[Fault]:
        """No active rule reaches the level."""
        active = (one for one in self.rules.evaluated(self.category) if one.status is RuleStatus.active)
        if not any(level in rule.levels for rule in active):
            message = f"{self._named(level)}没有生效的规则，请添加会判到这个等级的规则"
            yield Fault(f"rules/packs/{self.category}", 1, message)

    def duty_gaps(self, level: Level) -> Iterator[Fault]:
        """Nobody answers, or nobody who is known, or the same department twice."""
        duty = self.handling.duty(self.category, level)
        place = ("categories", str(self.category), str(level))
        if duty is None:
            yield self._handling_fault(place, f"{self._named(level)}没有责任部门和首次响应时限，请补上这一行")
            return
        if duty.department not in set(Department):
            known = "、".join(Department)
            yield self._handling_fault(
                (*place, "department"),
                f"{self._named(level)}的责任部门“{duty.department}”不在部门之列，请改为：{known}",
            )
        if duty.department == duty.escalate_to:
            yield self._handling_fault(
                (*place, "escalate_to"), f"{self._named(level)}逾期仍报给“{duty.department}”自己，请改为上一级"
            )

    def order_gaps(self) -> Iterator[Fault]:
        """A higher level that may wait longer than a lower one."""
        for lower, higher in pairwise(Level):
            mild, severe = self.handling.duty(self.category, lower), self.handling.duty(self.category, higher)
            if mild and severe and severe.within_minutes > mild.within_minutes:
                yield self._handling_fault(
                    ("categories", str(self.category), str(higher), "within_minutes"),
                    f"{self._named(higher)}的首次响应时限 {severe.within_minutes} 分钟，比“{LEVEL_TITLES[lower]}”的 "
                    f"{mild.within_minutes} 分钟还长，请改短",
                )

    def playbook_gaps(self, level: Level) -> Iterator[Fault]:
        """No playbook, no strategy, no step, a step before anybody has to have read the incident, no template."""
        playbook = self.knowledge.playbooks.get(f"pb.{self.category}")
        if playbook is None:
            yield Fault(f"knowledge/playbooks/{self.category}.yaml", 1, f"{self._named(level)}没有预案，请添加")
            return
        wanted = KnowledgeLevel(level)
        if wanted not in playbook.plans:
            yield self._fault(playbook, ("plans",), f"{self._named(level)}没有应对策略，请补上")
        else:
            yield from self._template_gaps(playbook, level, playbook.plans[wanted].strategy)
        steps = [(number, step) for number, step in enumerate(playbook.steps) if wanted in step.levels]
        if not steps:
            yield self._fault(playbook, ("steps",), f"{self._named(level)}没有步骤，也就没有办结时限，请补上")
        yield from self._hasty_steps(playbook, level, steps)

    def _hasty_steps(self, playbook: Playbook, level: Level, steps: list[tuple[int, PlaybookStep]]) -> Iterator[Fault]:
        """A step cannot be due before somebody has to have read the incident."""
        duty = self.handling.duty(self.category, level)
        for number, step in steps:
            if duty and step.within_minutes < duty.within_minutes:
                yield self._fault(
                    playbook,
                    ("steps", number, "within_minutes"),
                    f"{self._named(level)}的步骤“{step.title}”要在 {step.within_minutes} 分钟内完成，"
                    f"早于首次响应的 {duty.within_minutes} 分钟，请放宽步骤或收紧 handling.yaml",
                )

    def _template_gaps(self, playbook: Playbook, level: Level, strategy: Strategy) -> Iterator[Fault]:
        """A statement that fits the strategy; where something is said in public, a holding statement as well."""
        fitting = (one for one in self.knowledge.templates.values() if strategy in one.strategies)
        usable = [one for one in fitting if KnowledgeLevel(level) in one.levels]
        title = STRATEGY_TITLES[strategy]
        place = ("plans", str(level), "strategy")
        if not any(one.category == self.category for one in usable):
            message = f"{self._named(level)}的策略是“{title}”，没有适用的声明模板，请添加或放宽模板的 strategies"
            yield self._fault(playbook, place, message)
        if strategy not in _SILENT and not any(one.kind == "holding" for one in usable):
            message = f"{self._named(level)}的策略是“{title}”，没有适用的应急声明，请添加或放宽应急声明的 strategies"
            yield self._fault(playbook, place, message)

    def _named(self, level: Level) -> str:
        return f"“{CATEGORY_TITLES[self.category]}”的“{LEVEL_TITLES[level]}”"

    def _fault(self, playbook: Playbook, place: Place, message: str) -> Fault:
        found = self.knowledge.documents[playbook.id].fault(place, message)
        return Fault(f"knowledge/{found.file}", found.line, found.message)

    def _handling_fault(self, place: Place, message: str) -> Fault:
        return self.handling_file.fault(place, message) if self.handling_file else Fault(_HANDLING, 1, message)
