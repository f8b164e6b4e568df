"""What changed in meaning between two versions of rules, in plain Chinese."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from rules.diff_exemptions import exemption_sentences
from rules.diff_fields import STATUS_TITLES, field_sentences
from rules.diff_handling import handling_changes
from rules.diff_trees import tree_edits
from rules.diff_wording import Subject, say_edit, say_tree
from rules.handling import Handling
from rules.meaning import Effect, Meaning
from rules.schema import Rule, RuleStatus
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES, Level

REWORDED: Final = "写法有变，判定不变"
_EFFECTS: Final = {
    Effect.same: "判定不变",
    Effect.easier: "更容易告警",
    Effect.harder: "更难告警",
    Effect.both: "有的情形更容易告警，有的更难",
}


class ChangeKind(StrEnum):
    """What became of a rule; a reworded one says the same in other words or another order."""

    added = "added"
    removed = "removed"
    changed = "changed"
    reworded = "reworded"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that is not as it was. `verdict` is what the change does to how easily its levels are reached, whatever
    its status; `alarms` counts its status, too: only an active rule alarms. `summary` says it in a few words.
    """

    rule: str
    title: str
    kind: ChangeKind
    verdict: Effect
    alarms: Effect
    summary: str
    sentences: tuple[str, ...]

    @classmethod
    def of(
        cls, rule: Rule, kind: ChangeKind, verdict: Effect, alarms: Effect, sentences: Iterable[str]
    ) -> "RuleChange":
        """A change with its summary."""
        summary = _EFFECTS[alarms]
        if kind is ChangeKind.reworded:
            summary = REWORDED
        elif alarms is Effect.same and verdict is not Effect.same:
            summary = "规则没有生效，不影响告警"
        return cls(rule.id, rule.title, kind, verdict, alarms, summary, tuple(sentences))

    def text(self) -> str:
        """A heading and its sentences, one a line."""
        shown = () if self.kind is ChangeKind.reworded else self.sentences
        return "\n".join([f"{self.title}（{self.rule}）：{self.summary}", *(f"  - {one}" for one in shown)])


def rule_changes(old: Iterable[Rule], new: Iterable[Rule], since: date | None = None) -> tuple[RuleChange, ...]:
    """Every rule that changed, in the order of ids; empty when all are equal.

    `since` is the first day that counts for exemptions: one that ended before says nothing any more. Without it every
    day counts, past ones included.
    """
    before, after = {rule.id: rule for rule in old}, {rule.id: rule for rule in new}
    removed = [rule for name, rule in before.items() if name not in after]
    added = [rule for name, rule in after.items() if name not in before]
    found = [_removed(rule, added) for rule in removed] + [_added(rule, removed) for rule in added]
    found += [_changed(one, after[name], since) for name, one in before.items() if name in after and one != after[name]]
    return tuple(sorted(found, key=lambda change: change.rule))


def reworded(rule: Rule) -> RuleChange:
    """The change of a rule whose file reads otherwise (order, comments, layout) but says the same."""
    return RuleChange.of(rule, ChangeKind.reworded, Effect.same, Effect.same, (REWORDED,))


def changes_levels(
    old: Iterable[Rule],
    new: Iterable[Rule],
    since: date | None = None,
    handling: tuple[Handling | None, Handling | None] = (None, None),
) -> tuple[str, ...]:
    """Why two people have to approve; empty when one is enough.

    It takes two when a rule that alarms (before or after) comes, goes, changes its category or its set of levels,
    when its “严重” is reached otherwise than before, or when the table of duties (`handling`, old and new) changes.
    Other lines may be moved by one.
    """
    before, after = {rule.id: rule for rule in old}, {rule.id: rule for rule in new}
    rules = (
        reason
        for name in sorted(before.keys() | after.keys())
        for reason in _level_reasons(before.get(name), after.get(name), since)
    )
    return (*rules, *handling_changes(*handling))


def _level_reasons(old: Rule | None, new: Rule | None, since: date | None) -> Iterator[str]:
    was, now = _alarms(old), _alarms(new)
    title = "".join(f"“{rule.title}”" for rule in (new or old,) if rule)
    if was != now:
        yield f"规则{title}{'开始' if now else '不再'}告警"
    if not (was and now and old and new) or old == new:
        return
    if old.category is not new.category:
        yield f"规则{title}的类别由“{CATEGORY_TITLES[old.category]}”改为“{CATEGORY_TITLES[new.category]}”"
    for level in Level:
        if (level in old.levels) != (level in new.levels):
            yield f"规则{title}{'增加' if level in new.levels else '取消'}等级“{LEVEL_TITLES[level]}”"
    if Level.high in old.levels and Level.high in new.levels:
        effect = Meaning.of_rules(old, new, since=since).levels(old, new, Level.high)
        if effect is not Effect.same:
            yield f"规则{title}达到“{LEVEL_TITLES[Level.high]}”的条件有变"


def _alarms(rule: Rule | None) -> bool:
    return rule is not None and rule.status is RuleStatus.active


def _added(rule: Rule, removed: list[Rule]) -> RuleChange:
    effect = Effect.easier if _alarms(rule) else Effect.same
    sentences = [f"新增规则，{CATEGORY_TITLES[rule.category]}，状态“{STATUS_TITLES[rule.status]}”"]
    sentences += [f"“{LEVEL_TITLES[level]}”：{say_tree(node)}" for level, node in rule.levels.items()]
    sentences += [f"与删去的规则“{one.id}”判定相同，可能是改名" for one in removed if _same_verdicts(one, rule)]
    return RuleChange.of(rule, ChangeKind.added, Effect.easier, effect, sentences)


def _removed(rule: Rule, added: list[Rule]) -> RuleChange:
    effect = Effect.harder if _alarms(rule) else Effect.same
    sentences = [f"删去规则，{CATEGORY_TITLES[rule.category]}，原状态“{STATUS_TITLES[rule.status]}”"]
    sentences += [f"与新增的规则“{one.id}”判定相同，可能是改名" for one in added if _same_verdicts(rule, one)]
    return RuleChange.of(rule, ChangeKind.removed, Effect.harder, effect, sentences)


def _same_verdicts(one: Rule, other: Rule) -> bool:
    if one.category is not other.category or one.levels.keys() != other.levels.keys():
        return False
    meaning = Meaning.of_rules(one, other)
    return all(meaning.levels(one, other, level) is Effect.same for level in one.levels)


def _changed(old: Rule, new: Rule, since: date | None) -> RuleChange:
    meaning = Meaning.of_rules(old, new, since=since)
    verdict = Effect.of(meaning.levels(old, new, level) for level in Level)
    alarms = _alarm_effect(old, new, verdict)
    conditions = list(_condition_sentences(meaning, old, new, since))
    sentences = [*_status_sentences(old, new), *conditions, *field_sentences(old, new)]
    if not sentences:
        return RuleChange.of(new, ChangeKind.reworded, verdict, alarms, (REWORDED,))
    return RuleChange.of(new, ChangeKind.changed, verdict, alarms, sentences)


def _alarm_effect(old: Rule, new: Rule, verdict: Effect) -> Effect:
    was, now = _alarms(old), _alarms(new)
    if was != now:
        return Effect.easier if now else Effect.harder
    if not was:
        return Effect.same
    return Effect.both if old.category is not new.category else verdict


def _status_sentences(old: Rule, new: Rule) -> Iterator[str]:
    if old.status is not new.status:
        words = "，开始告警" if _alarms(new) else "，不再告警" if _alarms(old) else "，仍不告警"
        yield f"状态由“{STATUS_TITLES[old.status]}”改为“{STATUS_TITLES[new.status]}”{words}"


def _condition_sentences(meaning: Meaning, old: Rule, new: Rule, since: date | None) -> Iterator[str]:
    """Levels and exemptions. Where edits pull both ways but the outcome does not, the outcome is said as well."""
    exempted = exemption_sentences(meaning, old, new, since)
    for level in Level:
        effect = meaning.levels(old, new, level)
        name = LEVEL_TITLES[level]
        if level not in old.levels or level not in new.levels:
            if level in new.levels:
                yield f"增加等级“{name}”：{say_tree(new.levels[level])}"
            elif level in old.levels:
                yield f"取消等级“{name}”（原来是：{say_tree(old.levels[level])}）"
            continue
        if old.levels[level] == new.levels[level]:
            continue
        edits = tree_edits(meaning, old.levels[level], new.levels[level])
        if effect is Effect.same and not exempted:
            if _verdict_changes(meaning, old, new):
                yield f"“{name}”的写法有变，达到它的情形不变"
            continue
        yield from (say_edit(edit, Subject.of_level(level)) for edit in edits)
        outcome = meaning.trees(old.levels[level], new.levels[level])
        if edits and Effect.of(edit.effect for edit in edits) is not outcome:
            yield f"合起来，“{name}”{_outcome(outcome)}"
    yield from exempted


def _verdict_changes(meaning: Meaning, old: Rule, new: Rule) -> bool:
    return any(meaning.levels(old, new, level) is not Effect.same for level in Level)


def _outcome(effect: Effect) -> str:
    words = {Effect.easier: "只会更容易达到", Effect.harder: "只会更难达到"}
    return words.get(effect, "有的情形更容易达到，有的更难")
