"""A rule file as a form: its texts and its thresholds, each with what it means and what it may be.

Made from the parsed text and not from a `Rule`, so that a file with faults can still be put right in the form.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from rules.document import Document, Place
from rules.vocabulary import LEVEL_TITLES, VOCABULARY, FactSpec, FactType, Level
from rules.wording import label

OPERATOR_WORDS: Final = {
    ">=": "达到",
    ">": "超过",
    "<=": "不超过",
    "<": "低于",
    "==": "正好是",
    "!=": "不是",
    "in": "是其中之一",
}
GROUP_WORDS: Final = {"all": "以下每项都要达到", "any": "以下有一项即可"}


@dataclass(frozen=True, slots=True)
class ConditionField:
    """One threshold. `place` is where its value stands; `op` says in words how it is compared; `depth` is how far it
    stands below its level; `unit` is empty for texts.
    """

    place: Place
    line: int
    depth: int
    spec: FactSpec
    op: str
    value: Any

    @property
    def title(self) -> str:
        """The fact's name in a sentence."""
        return label(self.spec.name)

    @property
    def comparison(self) -> str:
        """How it is compared, in words; a place in a ranking is better the smaller it is."""
        return "进入前" if self.spec.unit == "位" and self.op == "<=" else OPERATOR_WORDS.get(self.op, self.op)

    @property
    def is_number(self) -> bool:
        """Whether the value is a number that a number field can hold."""
        return self.spec.type is not FactType.text and isinstance(self.value, int | float) and isfinite(self.value)

    @property
    def allowed(self) -> str:
        """The range and the smallest step, in words."""
        spec = self.spec
        if spec.type is FactType.text:
            return ""
        step = "" if spec.type is FactType.integer and spec.step == 1 else f"，最小单位 {spec.step:g}"
        unit = spec.unit if spec.unit and not spec.unit[0].isdigit() and spec.unit != "比例" else ""
        return f"{_plain(spec.minimum)} 到 {_plain(spec.maximum)} {unit}".rstrip() + step


@dataclass(frozen=True, slots=True)
class GroupLine:
    """The heading of conditions that belong together."""

    depth: int
    words: str


FormLine = ConditionField | GroupLine


@dataclass(frozen=True, slots=True)
class LevelForm:
    """What one level asks for, in the order of the file."""

    level: Level
    title: str
    lines: tuple[FormLine, ...]


@dataclass(frozen=True, slots=True)
class ExemptionForm:
    """One exemption: until when, why, and what it asks for."""

    number: int
    reason: str
    until: str
    levels: tuple[str, ...]
    lines: tuple[FormLine, ...]


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule file as a form."""

    texts: Mapping[str, Any]
    levels: tuple[LevelForm, ...]
    exemptions: tuple[ExemptionForm, ...]

    def conditions(self) -> Iterator[ConditionField]:
        """Every threshold, of levels and of exemptions."""
        parts: list[LevelForm | ExemptionForm] = [*self.levels, *self.exemptions]
        for part in parts:
            yield from (line for line in part.lines if isinstance(line, ConditionField))


def rule_form(document: Document) -> RuleForm:
    """The form of a parsed rule file; parts that are not understood are left out."""
    data: dict[str, Any] = document.data if isinstance(document.data, dict) else {}
    given, exempt = data.get("levels"), data.get("unless")
    levels: dict[str, Any] = given if isinstance(given, dict) else {}
    unless: list[Any] = exempt if isinstance(exempt, list) else []
    return RuleForm(
        texts={name: value for name, value in data.items() if name not in ("levels", "unless")},
        levels=tuple(
            LevelForm(level, LEVEL_TITLES[level], tuple(_lines(document, levels[level], ("levels", str(level)), 0)))
            for level in Level
            if level in levels
        ),
        exemptions=tuple(
            _exemption(document, number, item) for number, item in enumerate(unless) if isinstance(item, dict)
        ),
    )


def _exemption(document: Document, number: int, item: dict[str, Any]) -> ExemptionForm:
    levels = item.get("levels")
    return ExemptionForm(
        number=number,
        reason=str(item.get("reason", "")),
        until=str(item.get("until", "")),
        levels=tuple(map(str, levels)) if isinstance(levels, list) else (),
        lines=tuple(_lines(document, item.get("when"), ("unless", number, "when"), 0)),
    )


def _lines(document: Document, node: Any, place: Place, depth: int) -> Iterator[FormLine]:
    if not isinstance(node, dict):
        return
    for kind, words in GROUP_WORDS.items():
        children = node.get(kind)
        if isinstance(children, list):
            if len(children) > 1:
                yield GroupLine(depth, words)
            inner = depth + (len(children) > 1)
            for number, child in enumerate(children):
                yield from _lines(document, child, (*place, kind, number), inner)
    spec = VOCABULARY.get(str(node.get("fact")))
    if spec is not None and "value" in node:
        where = (*place, "value")
        line = document.lines[document.resolve(where)]
        yield ConditionField(where, line, depth, spec, str(node.get("op", "")), node["value"])


def _plain(number: float) -> str:
    return f"{number / 1e8:g}亿" if number >= 1e8 else f"{number / 1e4:g}万" if number >= 1e5 else f"{number:.12g}"
