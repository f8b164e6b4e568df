"""What the engines make of one moment: light until it is worth recording, then written out as a `Finding`."""

from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from engine.model import Category, Finding, Level, WindowFacts
from engine.window_facts import FactView
from rules.evaluate import ConditionTrace, level_traces, quantised
from rules.explain import next_level
from rules.schema import Rule

Facts = FactView | WindowFacts
"""Facts to decide on: of a moment that is still there, or written down."""


def written(facts: Facts) -> WindowFacts:
    """The facts for keeps."""
    return facts.written() if isinstance(facts, FactView) else facts


class Ruling:
    """A rule that holds at a moment: the higher of both engines' levels, and what each of them said (None: nothing;
    with `engine_failed`, durable_rules could not say).

    Has the fields of the `Finding` that it becomes; explanation and finding are made when first asked for, which must
    happen before the brand's next record.
    """

    __slots__ = ("_explanation", "_finding", "_rule", "engine_failed", "engine_level", "evaluator_level", "facts",
                 "level", "release")  # fmt: skip

    def __init__(
        self,
        rule: Rule,
        engine_level: Level | None,
        evaluator_level: Level | None,
        facts: Facts,
        release: str,
        engine_failed: bool = False,
    ) -> None:
        self._rule = rule
        self.engine_failed = engine_failed
        self.engine_level = engine_level
        self.evaluator_level = evaluator_level
        self.level = _higher(engine_level, evaluator_level)
        self.facts = facts
        self.release = release
        self._explanation: tuple[ConditionTrace, ...] | None = None
        self._finding: Finding | None = None

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self._rule.id

    @property
    def title(self) -> str:
        """The rule's title."""
        return self._rule.title

    @property
    def cooldown_minutes(self) -> int:
        """How long the rule is not announced again."""
        return self._rule.cooldown_minutes

    @property
    def category(self) -> Category:
        """The category it is about."""
        return self.facts.category

    @property
    def at(self) -> datetime:
        """The moment."""
        return self.facts.at

    @property
    def agreed(self) -> bool:
        """Whether both engines said the same."""
        return self.engine_level is self.evaluator_level

    @property
    def explanation(self) -> tuple[ConditionTrace, ...]:
        """The conditions of the level that holds, and of the next one, which show what it still needs."""
        if self._explanation is None:
            values = written(self.facts).values
            if not isinstance(self.facts, FactView):  # somebody else wrote them
                values = quantised(values)
            shown = (self.level, next_level(self._rule, self.level))
            self._explanation = tuple(
                trace for level in shown if level for trace in level_traces(self._rule, level, values)
            )
        return self._explanation

    def finding(self) -> Finding:
        """Written out, with all facts of the moment."""
        if self._finding is None:
            self._finding = self._write()
        return self._finding

    def _write(self) -> Finding:
        facts = written(self.facts)
        key = "\x1f".join((facts.realm, facts.brand, self.release, str(facts.brand_seq), self.rule))
        return Finding(
            id=blake2b(key.encode(), digest_size=16).hexdigest(),
            realm=facts.realm,
            brand=facts.brand,
            category=facts.category,
            level=self.level,
            rule=self.rule,
            release=self.release,
            at=facts.at,
            facts=facts,
            explanation=self.explanation,
            agreed=self.agreed,
            engine_level=self.engine_level,
            evaluator_level=self.evaluator_level,
            title=self.title,
            cooldown_minutes=self.cooldown_minutes,
            engine_failed=self.engine_failed,
        )


Found = Ruling | Finding
"""What a rule found, light or written out."""


def finding_of(found: Found) -> Finding:
    """Written out."""
    return found.finding() if isinstance(found, Ruling) else found


def _higher(one: Level | None, other: Level | None) -> Level:
    """The higher of two of which at least one is there."""
    if one is None or other is None:
        found = one or other
        assert found  # noqa: S101 - a ruling is made where an engine found something
        return found
    return one if one.rank >= other.rank else other


class Detection(NamedTuple):
    """What the active rules found, and what draft and shadow rules would have."""

    findings: tuple[Finding, ...]
    shadow: tuple[Finding, ...]


class Rulings(NamedTuple):
    """As `Detection`, not written out yet."""

    findings: tuple[Ruling, ...]
    shadow: tuple[Ruling, ...]


SILENCE = Rulings((), ())
"""No rule holds."""
