"""What a rule file looks like: one rule with up to three levels, each a tree of conditions over the vocabulary.

A `Rule` that exists is sound in itself: its facts are in the vocabulary, its thresholds have the fact's type, range
and step. What needs more than one condition to see is found by `rules.lint`.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationInfo,
    field_validator,
)

from rules.errors import suggest
from rules.thresholds import Threshold, fault, number_threshold, word_threshold
from rules.tree_size import size_fault
from rules.vocabulary import VOCABULARY, Category, FactType, Level

MAX_COMBINATIONS: Final = 63
MAX_EXEMPTIONS: Final = 20

Operator = Literal[">=", ">", "<=", "<", "==", "!=", "in"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]
_MEANT: Final = {"=>": ">=", "=<": "<=", "=": "==", "≥": ">=", "≤": "<=", "<>": "!=", "≠": "!=", "is": "=="}
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
    """One fact compared with one threshold. `on_missing` says whether a missing value meets it, whatever the
    comparison: unless told it does not, and only a fact that can be missing may say that it does.
    """

    fact: str
    op: Operator
    value: Threshold
    on_missing: Literal["not_met", "met"] = "not_met"

    @field_validator("fact")
    @classmethod
    def _known_fact(cls, fact: str) -> str:
        if fact not in VOCABULARY:
            raise fault(f'未知事实 "{fact}"{suggest(fact, VOCABULARY) or "，请从事实词表中选一个"}')
        return fact

    @field_validator("op", mode="before")
    @classmethod
    def _fitting_op(cls, op: Any, info: ValidationInfo) -> Any:
        if op not in get_args(Operator):
            meant = _MEANT.get(str(op))
            near = f'，是否想写 "{meant}"？' if meant else "，"
            raise fault(f'未知运算符 "{op}"{near}可用：{" ".join(get_args(Operator))}（写时加引号）')
        fact = info.data.get("fact")
        if fact is None:
            return op
        is_text = VOCABULARY[fact].type is FactType.text
        if is_text and op not in ("==", "!=", "in"):
            raise fault(f'"{fact}" 是文字，不能比大小，可用：== != in')
        if not is_text and op == "in":
            raise fault(f'"{fact}" 是数值，不能用 in，请用 >= 与 <= 划定范围')
        return op

    @field_validator("value", mode="before")
    @classmethod
    def _fitting_value(cls, value: Any, info: ValidationInfo) -> Threshold:
        fact, op = info.data.get("fact"), info.data.get("op")
        if fact is None or (op is None and isinstance(value, list | tuple)):
            return 0  # The fact or the comparison is at fault, and reported.
        spec = VOCABULARY[fact]
        return word_threshold(spec, op, value) if spec.type is FactType.text else number_threshold(spec, value)

    @field_validator("on_missing")
    @classmethod
    def _can_be_missing(cls, on_missing: str, info: ValidationInfo) -> str:
        fact = info.data.get("fact")
        if on_missing == "met" and fact is not None and not VOCABULARY[fact].nullable:
            raise fault(f'"{fact}" 总有值，请删去 on_missing（只有可能没有值的事实才用它）')
        return on_missing


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


def _readable(raw: Any) -> Any:
    if wrong := size_fault(raw):
        raise fault(wrong)
    return raw


Root = Annotated[Node, BeforeValidator(_readable)]


class Exemption(RulePart):
    """While `when` holds, `levels` (none named: all of the rule) do not hold, up to and including the day `until`
    (a Chinese calendar day).
    """

    reason: Text
    until: date
    levels: tuple[Level, ...] = ()
    when: Root

    @field_validator("when")
    @classmethod
    def _few_enough(cls, when: Any) -> Any:
        if (found := combinations(when)) > MAX_COMBINATIONS:
            raise fault(f"这条豁免有 {found} 种条件组合，最多 {MAX_COMBINATIONS} 种，请拆成几条豁免")
        return when

    def covers(self, level: Level, on: date) -> bool:
        """Whether this level is exempted on this day while `when` holds."""
        return on <= self.until and (not self.levels or level in self.levels)


class Deprecation(RulePart):
    """Why a rule is no longer used, and which rule took its place (None: nothing is needed there any more)."""

    reason: Text
    replaced_by: RuleId | None = None


class Rule(RulePart):
    """One rule of one category. The highest level whose conditions hold, and which no exemption holds back, is its
    verdict.

    `effective_from` and `review_by` are for people and lint: what decides is the approved release, so that old
    days can be replayed under today's rules. `cooldown_minutes` is how long one incident is not announced again.
    More alerts than `alert_budget_per_week` warn the owner and mute nothing. A shadow rule may become active after
    `quiet_days_before_active` recorded days within its budget.
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
    alert_budget_per_week: Annotated[int, Field(ge=1, le=10_000)] | None = None
    quiet_days_before_active: Annotated[int, Field(ge=0, le=90)] = 7
    deprecated: Annotated[Deprecation | None, Field(validate_default=True)] = None
    levels: Annotated[dict[Level, Root], Field(min_length=1)]
    unless: Annotated[tuple[Exemption, ...], Field(max_length=MAX_EXEMPTIONS)] = ()

    @field_validator("review_by")
    @classmethod
    def _review_comes_later(cls, review_by: date, info: ValidationInfo) -> date:
        effective_from = info.data.get("effective_from")
        if effective_from is not None and review_by <= effective_from:
            raise fault("review_by（复核日期）要晚于 effective_from（生效日期）")
        return review_by

    @field_validator("deprecated")
    @classmethod
    def _told_when_deprecated(cls, deprecated: Deprecation | None, info: ValidationInfo) -> Deprecation | None:
        status = info.data.get("status")
        if status is RuleStatus.deprecated and deprecated is None:
            raise fault("停用的规则要用 deprecated 写明 reason（停用原因）和 replaced_by（由哪条规则接替，没有就不写）")
        if status not in (None, RuleStatus.deprecated) and deprecated is not None:
            raise fault(f'status 是 "{status}"，停用说明 deprecated 请删去，或把 status 改成 "deprecated"')
        return deprecated

    @field_validator("levels")
    @classmethod
    def _from_mild_to_severe(cls, levels: dict[Level, Any]) -> dict[Level, Any]:
        for level, node in levels.items():
            if (found := combinations(node)) > MAX_COMBINATIONS:
                raise fault(f'等级 "{level}" 有 {found} 种条件组合，最多 {MAX_COMBINATIONS} 种，请拆成几条规则')
        return {level: levels[level] for level in Level if level in levels}


def combinations(node: Condition | AllOf | AnyOf) -> int:
    """In how many ways a tree can be met: the length of its disjunctive normal form."""
    if isinstance(node, AllOf):
        product = 1
        for child in node.all:
            product *= combinations(child)
        return product
    if isinstance(node, AnyOf):
        return sum(combinations(child) for child in node.any)
    words = len(node.value) if isinstance(node.value, tuple) else 1
    return words + (node.on_missing == "met")
