"""Rules of one category that say nothing of their own: every alert comes from another one too."""

from collections.abc import Iterator, Sequence
from datetime import date

from rules.cases import full_facts
from rules.cells import Box, Example, Grid, Undecided, as_far_as_decided
from rules.errors import Fault
from rules.evaluate import level_of
from rules.loader import RuleFile
from rules.schema import Node, Rule, RuleStatus
from rules.vocabulary import LEVEL_TITLES, Category
from rules.wording import say_facts


def overlap_faults(files: Sequence[RuleFile], on: date | None) -> Iterator[Fault]:
    """Active rules of which each alert is also given, at the same level or a higher one, by another active rule of the
    category. Of two that give the same, the later one is at fault.
    """
    day = on or date.min
    for category in Category:
        same = [one for one in files if one.rule.category is category and one.rule.status is RuleStatus.active]
        grid = Grid(node for one in same for node in _nodes(one.rule))
        yield from as_far_as_decided(_in_category(grid, same, day))
        if grid.exhausted:
            yield same[0].document.fault(
                ("category",), "这一类别的规则条件组合太多，没有检查它们是否互相重复，请精简条件"
            )


def _in_category(grid: Grid, same: Sequence[RuleFile], day: date) -> Iterator[Fault]:
    for number, file in enumerate(same):
        other = next((one for one in same if one is not file and _says_all(grid, one.rule, file.rule, day)), None)
        if other and (same.index(other) < number or not _says_all(grid, file.rule, other.rule, day)):
            example = _example(grid, file.rule, day)
            if example is not None:
                yield _fault(file, other, example, day)


def _nodes(rule: Rule) -> tuple[Node, ...]:
    return (*rule.levels.values(), *(exemption.when for exemption in rule.unless))


def _says_all(grid: Grid, other: Rule, rule: Rule, on: date) -> bool:
    """Whether `other` always gives at least the level of `rule`."""
    if any(on <= exemption.until for exemption in other.unless):
        return False
    return all(
        grid.covered(grid.boxes(node), _at_least(grid, other, level.rank)) for level, node in rule.levels.items()
    )


def _at_least(grid: Grid, rule: Rule, rank: int) -> list[Box]:
    return [box for level, node in rule.levels.items() if level.rank >= rank for box in grid.boxes(node)]


def _example(grid: Grid, rule: Rule, on: date) -> Example | None:
    """Facts by which the rule reaches its lowest level."""
    level, node = next(iter(rule.levels.items()))
    exempt = [box for one in rule.unless if one.covers(level, on) for box in grid.boxes(one.when)]
    try:
        return grid.escape(grid.boxes(node), exempt)
    except Undecided:
        return None


def _fault(file: RuleFile, other: RuleFile, example: Example, on: date) -> Fault:
    mine, its = (level_of(one.rule, full_facts(example), on) for one in (file, other))
    assert mine is not None  # noqa: S101 - the example reaches a level of both
    assert its is not None  # noqa: S101
    message = (
        f"规则“{file.rule.title}”多余：它的每一次告警，“{other.rule.title}”（{other.rule.id}）都会给出同样或更高的等级，"
        f"请删去、停用，或改动门槛；例如{say_facts(example, *_nodes(file.rule), *_nodes(other.rule))}时，"
        f"前者判为“{LEVEL_TITLES[mine]}”，后者判为“{LEVEL_TITLES[its]}”"
    )
    return file.document.fault(("id",), message, example)
