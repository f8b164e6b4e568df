"""Where the conditions of a rule stand in its file, and the rule with one of them changed or left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from rules.document import Place
from rules.schema import AllOf, AnyOf, Condition, Exemption, Rule
from rules.vocabulary import LEVEL_TITLES, Level

Tree = Condition | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class PlacedCondition:
    """A condition with its place in the document: `("levels", "high", "all", 3)` or `("unless", 0, "when")`."""

    place: Place
    condition: Condition

    @property
    def home(self) -> str:
        """What it belongs to, in words: `“严重”` or `第 1 条豁免`."""
        if self.place[0] == "unless":
            return f"第 {int(self.place[1]) + 1} 条豁免"
        return f"“{LEVEL_TITLES[Level(str(self.place[1]))]}”"


def placed_conditions(rule: Rule) -> Iterator[PlacedCondition]:
    """Every condition of the levels, from mild to severe, then of the exemptions, in the order of the file."""
    for level, node in rule.levels.items():
        yield from _placed(node, ("levels", str(level)))
    for number, exemption in enumerate(rule.unless):
        yield from _placed(exemption.when, ("unless", number, "when"))


def with_condition(rule: Rule, place: Place, changed: Condition | None) -> Rule:
    """The rule with another condition at a place; None leaves it out, and with it the group, level or exemption that
    has nothing else.
    """
    if place[0] == "levels":
        level = Level(str(place[1]))
        node = _changed(rule.levels[level], place[2:], changed)
        levels = {key: node if key is level else old for key, old in rule.levels.items()}
        return rule.model_copy(update={"levels": {key: one for key, one in levels.items() if one}})
    number = int(place[1])
    when = _changed(rule.unless[number].when, place[3:], changed)
    return with_exemption(rule, number, rule.unless[number].model_copy(update={"when": when}) if when else None)


def with_exemption(rule: Rule, number: int, changed: Exemption | None) -> Rule:
    """The rule with another exemption (from 0); None leaves it out."""
    kept = (changed if at == number else old for at, old in enumerate(rule.unless))
    return rule.model_copy(update={"unless": tuple(one for one in kept if one)})


def _placed(node: Tree, place: Place) -> Iterator[PlacedCondition]:
    if isinstance(node, Condition):
        yield PlacedCondition(place, node)
        return
    key, children = ("all", node.all) if isinstance(node, AllOf) else ("any", node.any)
    for number, child in enumerate(children):
        yield from _placed(child, (*place, key, number))


def _changed(node: Tree, place: Place, changed: Condition | None) -> Tree | None:
    if isinstance(node, Condition):
        return changed
    key, children = ("all", node.all) if isinstance(node, AllOf) else ("any", node.any)
    inner = (_changed(one, place[2:], changed) if at == place[1] else one for at, one in enumerate(children))
    kept = tuple(one for one in inner if one is not None)
    return node.model_copy(update={key: kept}) if kept else None
