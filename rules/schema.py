"""What a rule file looks like: one rule with up to three levels, each a tree of conditions over the vocabulary.

A `Rule` that exists is sound in itself: its facts are in the vocabulary, its thresholds have the fact's type, range
and step. What needs more than one condition to see is found by `rules.lint`.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rules.errors import suggest
from rules.vocabulary import CHOICE_TITLES, VOCABULARY, Category, FactSpec, FactType, Level

MAX_COMBINATIONS: Final = 63

Operator = Literal[">=", ">", "<=", "<", "==", "!=", "in"]
Threshold = int | float | str | tuple[str, ...]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=80)]


class RulePart(BaseModel):
    """Base of everything in a rule file: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleStatus(StrEnum):
    """Draft and shadow rules are evaluated and recorded but never alert; deprecated ones are ignored."""

    draft = "draft"
    shadow = "shadow"
    active = "active"
    deprecated = "deprecated"


class Condition(RulePart):
    """One fact compared with one threshold; a missing value never meets it, whatever the comparison."""

    fact: str
    op: Operator
    value: Threshold

    @field_validator("fact")
    @classmethod
    def _known_fact(cls, fact: str) -> str:
        if fact not in VOCABULARY:
            raise _fault(f'未知事实 "{fact}"{suggest(fact, VOCABULARY)}')
        return fact

    @field_validator("op", mode="before")
    @classmethod
    def _fitting_op(cls, op: Any, info: ValidationInfo) -> Any:
        if op not in get_args(Operator):
            raise _fault(f'未知运算符 "{op}"，可用：{" ".join(get_args(Operator))}（写时加引号）')
        fact = info.data.get("fact")
        if fact is None:
            return op
        is_text = VOCABULARY[fact].type is FactType.text
        if is_text and op not in ("==", "!=", "in"):
            raise _fault(f'"{fact}" 是文字，不能比大小，可用：== != in')
        if not is_text and op == "in":
            raise _fault(f'"{fact}" 是数值，不能用 in，请用 >= 与 <= 划定范围')
        return op

    @field_validator("value", mode="before")
    @classmethod
    def _fitting_value(cls, value: Any, info: ValidationInfo) -> Threshold:
        fact, op = info.data.get("fact"), info.data.get("op")
        if fact is None or (op is None and isinstance(value, list | tuple)):
            return 0  # The fact or the comparison is at fault, and reported.
        spec = VOCABULARY[fact]
        return _word_threshold(spec, op, value) if spec.type is FactType.text else _number_threshold(spec, value)


def _number_threshold(spec: FactSpec, value: Any) -> int | float:
    """The threshold as the quantised facts will meet it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _fault(f'"{spec.name}" 要和数值比较，"{value}" 不是数值')
    if not spec.minimum <= value <= spec.maximum:
        raise _fault(
            f'"{spec.name}" 的取值范围是 {spec.minimum:.12g} 到 {spec.maximum:.12g}{spec.unit}，{value} 超出范围'
        )
    quantised = spec.quantise(value)
    assert isinstance(quantised, int | float)  # noqa: S101 - a number stays a number
    if abs(quantised - value) > 1e-9:
        raise _fault(f'"{spec.name}" 以 {spec.step:g} 为最小单位，{value} 请写成 {quantised}')
    return quantised


def _word_threshold(spec: FactSpec, op: str | None, value: Any) -> str | tuple[str, ...]:
    words = tuple(value) if isinstance(value, list | tuple) else (value,)
    if op == "in" and not isinstance(value, list | tuple):
        raise _fault(f"in 的值要写成列表，如 [{spec.choices[0]}]")
    if op in ("==", "!=") and isinstance(value, list | tuple):
        raise _fault(f"{op} 只能和一个值比较，多个值请用 in")
    if not words:
        raise _fault("列表是空的")
    for word in words:
        if word not in spec.choices:
            allowed = "、".join(f"{choice}（{CHOICE_TITLES[choice]}）" for choice in spec.choices)
            raise _fault(f'"{spec.name}" 没有 "{word}" 这个值{suggest(str(word), spec.choices) or "，"}可用：{allowed}')
    return words if op == "in" else str(words[0])


class AllOf(RulePart):
    """Every one of these must hold."""

    all: Annotated[tuple["Node", ...], Field(min_length=1)]


class AnyOf(RulePart):
    """One of these is enough."""

    any: Annotated[tuple["Node", ...], Field(min_length=1)]


def _shape(raw: Any) -> str:
    if isinstance(raw, AllOf) or (isinstance(raw, dict) and "all" in raw):
        return "all_of"
    if isinstance(raw, AnyOf) or (isinstance(raw, dict) and "any" in raw):
        return "any_of"
    return "condition"


Node = Annotated[
    Annotated[Condition, Tag("condition")] | Annotated[AllOf, Tag("all_of")] | Annotated[AnyOf, Tag("any_of")],
    Discriminator(_shape),
]


class Rule(RulePart):
    """One rule of one category. The highest level whose conditions hold is its verdict.

    `effective_from` and `review_by` are for people and lint: what decides is the approved release, so that old
    days can be replayed under today's rules. `cooldown_minutes` is how long one incident is not announced again.
    """

    id: RuleId
    title: Text
    category: Category
    status: RuleStatus
    version: Annotated[int, Field(ge=1)]
    owner: Text
    rationale: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]
    references: tuple[Text, ...] = ()
    false_positives: Annotated[tuple[Text, ...], Field(min_length=1)]
    effective_from: date
    review_by: date
    cooldown_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)]
    levels: Annotated[dict[Level, Node], Field(min_length=1)]

    @field_validator("levels")
    @classmethod
    def _from_mild_to_severe(cls, levels: dict[Level, Any]) -> dict[Level, Any]:
        for level, node in levels.items():
            if (found := combinations(node)) > MAX_COMBINATIONS:
                raise _fault(f'等级 "{level}" 有 {found} 种条件组合，最多 {MAX_COMBINATIONS} 种，请拆成几条规则')
        return {level: levels[level] for level in Level if level in levels}

    @model_validator(mode="after")
    def _review_comes_later(self) -> "Rule":
        if self.review_by <= self.effective_from:
            raise _fault("review_by（复核日期）要晚于 effective_from（生效日期）")
        return self


def combinations(node: Condition | AllOf | AnyOf) -> int:
    """In how many ways a tree can be met: the length of its disjunctive normal form."""
    if isinstance(node, AllOf):
        product = 1
        for child in node.all:
            product *= combinations(child)
        return product
    if isinstance(node, AnyOf):
        return sum(combinations(child) for child in node.any)
    return len(node.value) if isinstance(node.value, tuple) else 1


def _fault(message: str) -> PydanticCustomError:
    """A fault whose message is shown as it is."""
    return PydanticCustomError("rule", "{message}", {"message": message})
