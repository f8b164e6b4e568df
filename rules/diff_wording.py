"""Edits of conditions in plain Chinese, without logic terms."""

from dataclasses import dataclass
from typing import Final

from rules.diff_simplify import Tree, parts
from rules.diff_trees import Edit, EditKind, Spot
from rules.meaning import Effect
from rules.schema import AllOf, Condition
from rules.vocabulary import LEVEL_TITLES, VOCABULARY, FactType, Level
from rules.wording import label, say_condition

_SPOTS: Final = {
    Spot.requirement: "“每项都要”",
    Spot.option: "“有一项即可”",
    Spot.joint: "“同时达到”",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What was edited: a level, which is reached, or an exemption, which applies."""

    name: str
    verb: str

    @classmethod
    def of_level(cls, level: Level) -> "Subject":
        """`“中等”`, `更难达到`."""
        return cls(f"“{LEVEL_TITLES[level]}”", "达到")

    @classmethod
    def of_exemption(cls, reason: str) -> "Subject":
        """`豁免“促销退费”`, `更难豁免`."""
        return cls(f"豁免“{reason}”", "豁免")

    def effect(self, effect: Effect) -> str:
        """`，更难达到`; nothing when it makes no difference."""
        return {
            Effect.same: "",
            Effect.easier: f"，更容易{self.verb}",
            Effect.harder: f"，更难{self.verb}",
            Effect.both: f"，有的情形更容易{self.verb}，有的更难",
        }[effect]


def say_edit(edit: Edit, subject: Subject) -> str:
    """An edit in a sentence: `“中等”的线：最近1小时负面提及由达到 30 条改为达到 40 条，更难达到`."""
    return _SENTENCES[edit.kind](edit, subject.name) + subject.effect(edit.effect)


def say_tree(tree: Tree) -> str:
    """A tree within a sentence: `A，同时B`, `A、B有一项即可`."""
    if isinstance(tree, Condition):
        return say_condition(tree)
    if isinstance(tree, AllOf):
        return "，同时".join(_within(part) for part in tree.all)
    return "；".join(_within(part) for part in tree.any) + "（有一项即可）"


def _within(tree: Tree) -> str:
    return say_condition(tree) if isinstance(tree, Condition) else f"【{say_tree(tree)}】"


def _lines(edit: Edit) -> tuple[str, str]:
    return _line(edit.old), _line(edit.new)


def _line(tree: Tree | None) -> str:
    """What a condition asks of its fact, without the fact's name."""
    if not isinstance(tree, Condition):
        return ""
    words = say_condition(tree).removeprefix(label(tree.fact))
    return f"“{words}”" if VOCABULARY[tree.fact].type is FactType.text else words


def _fact(edit: Edit) -> str:
    return label(edit.old.fact) if isinstance(edit.old, Condition) else ""


def _say(tree: Tree | None) -> str:
    return say_tree(tree) if tree is not None else ""


def _say_line(edit: Edit, name: str) -> str:
    old, new = _lines(edit)
    space = " " if old[-1].isascii() else ""
    return f"{name}的线{_group(edit)}：{_fact(edit)}由{old}{space}改为{new}"


def _say_missing(edit: Edit, name: str) -> str:
    met = isinstance(edit.new, Condition) and edit.new.on_missing == "met"
    before, after = ("不算", "算") if met else ("算", "不算")
    return f"{name}{_group(edit)}：{_fact(edit)}没有数据时，原来{before}达到，改为{after}达到"


def _say_added(edit: Edit, name: str) -> str:
    if edit.spot is Spot.requirement:
        return f"{name}增加一项要求：{_say(edit.new)}"
    if edit.spot is Spot.option:
        return f"{name}的“有一项即可”增加{_group(edit)}：{_say(edit.new)}"
    return f"{name}的一种达到方式{_group(edit)}增加要求：{_say(edit.new)}"


def _say_removed(edit: Edit, name: str) -> str:
    if edit.spot is Spot.requirement:
        return f"{name}不再要求：{_say(edit.old)}"
    if edit.spot is Spot.option:
        return f"{name}的“有一项即可”去掉{_group(edit)}：{_say(edit.old)}"
    return f"{name}的一种达到方式{_group(edit)}不再要求：{_say(edit.old)}"


def _group(edit: Edit) -> str:
    """Which group: its first other part."""
    if not edit.beside:
        return ""
    first = edit.beside[0]
    named = say_condition(first) if isinstance(first, Condition) else say_condition(_first(first))
    return f"（与“{named}”一组）"


def _first(tree: Tree) -> Condition:
    return tree if isinstance(tree, Condition) else _first(parts(tree)[0])


def _say_moved(edit: Edit, name: str) -> str:
    if edit.spot is edit.new_spot:
        places = f"移到另一组{_SPOTS[edit.new_spot]}{_group(edit)}"
    else:
        places = f"由{_SPOTS[edit.spot]}移到{_SPOTS[edit.new_spot]}"
    old, new = _lines(edit)
    line = "" if old == new else f"，并由{old}改为{new}"
    return f"{name}：{_say(edit.old)}，{places}{line}"


def _say_regrouped(edit: Edit, name: str) -> str:
    several = "；".join(_within(part) for part in parts(edit.new)) if edit.new is not None else ""
    if isinstance(edit.new, AllOf):
        together = "“每项都要”" if edit.spot is Spot.requirement else "“同时达到”"
        return f"{name}：{several}，由“有一项即可”改为{together}"
    together = "“每项都要”" if edit.spot is Spot.requirement else "“同时达到”"
    return f"{name}：{several}，由{together}改为“有一项即可”"


def _say_replaced(edit: Edit, name: str) -> str:
    where = "的要求" if edit.spot is Spot.requirement else f"的{_SPOTS[edit.spot]}之一"
    return f"{name}{where}由“{_say(edit.old)}”改为“{_say(edit.new)}”"


_SENTENCES: Final = {
    EditKind.line: _say_line,
    EditKind.missing: _say_missing,
    EditKind.added: _say_added,
    EditKind.removed: _say_removed,
    EditKind.moved: _say_moved,
    EditKind.regrouped: _say_regrouped,
    EditKind.replaced: _say_replaced,
}
