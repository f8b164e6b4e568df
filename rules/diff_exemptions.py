"""What was edited in a rule's exemptions, in plain Chinese."""

from collections.abc import Callable, Iterator
from datetime import date

from rules.diff_trees import tree_edits
from rules.diff_wording import Subject, say_edit, say_tree
from rules.meaning import Effect, Meaning
from rules.schema import Exemption, Rule
from rules.vocabulary import LEVEL_TITLES, Level


def exemption_sentences(meaning: Meaning, old: Rule, new: Rule, since: date | None) -> tuple[str, ...]:
    """A sentence for each edit; `since` is the first day that counts, after which an ended exemption says nothing."""
    before = [one for one in old.unless if one not in new.unless]
    after = [one for one in new.unless if one not in old.unless]
    pairs = [*_pair(before, after, _same_reason), *_pair(before, after, _same_when)]
    return (
        *(sentence for one, other in pairs for sentence in _changed(meaning, one, other, since)),
        *(_added(one, since) for one in after),
        *(_removed(one, since) for one in before),
    )


def _pair(
    old: list[Exemption], new: list[Exemption], fits: Callable[[Exemption, Exemption], bool]
) -> list[tuple[Exemption, Exemption]]:
    """Take pairs that fit out of both lists."""
    pairs = []
    for one in list(old):
        other = next((candidate for candidate in new if fits(one, candidate)), None)
        if other is not None:
            old.remove(one)
            new.remove(other)
            pairs.append((one, other))
    return pairs


def _same_reason(one: Exemption, other: Exemption) -> bool:
    return one.reason == other.reason


def _same_when(one: Exemption, other: Exemption) -> bool:
    return one.when == other.when


def _over(exemption: Exemption, since: date | None) -> bool:
    return since is not None and exemption.until < since


def _added(one: Exemption, since: date | None) -> str:
    head = f"增加豁免“{one.reason}”（{_levels(one.levels)}，到 {one.until} 为止）：{say_tree(one.when)}时不算达到"
    return f"{head}；已经到期，判定不变" if _over(one, since) else f"{head}，更难达到"


def _removed(one: Exemption, since: date | None) -> str:
    if _over(one, since):
        return f"删去豁免“{one.reason}”：已于 {one.until} 到期，判定不变"
    return f"取消豁免“{one.reason}”（{_levels(one.levels)}，原定到 {one.until} 为止），更容易达到"


def _changed(meaning: Meaning, old: Exemption, new: Exemption, since: date | None) -> Iterator[str]:
    name = f"豁免“{old.reason}”"
    if old.reason != new.reason:
        yield f"{name}的理由改为“{new.reason}”"
    if old.until != new.until:
        yield f"{name}{_moved_end(old, new, since)}"
    if set(old.levels) != set(new.levels):
        words = f"{name}适用的等级由{_levels(old.levels)}改为{_levels(new.levels)}"
        yield words + _levels_effect(old, new)
    subject = Subject.of_exemption(new.reason)
    edits = tree_edits(meaning, old.when, new.when)
    yield from (say_edit(edit, subject) for edit in edits)
    effect = meaning.trees(old.when, new.when)
    if edits and Effect.of(edit.effect for edit in edits) is not effect:
        yield f"合起来，{name}{subject.effect(effect).removeprefix('，')}"


def _moved_end(old: Exemption, new: Exemption, since: date | None) -> str:
    """`的截止日由 2026-03-04 延长到 2026-03-12，更难达到`; days that are over anyway make no difference."""
    later = new.until > old.until
    words = f"的截止日由 {old.until} {'延长' if later else '提前'}到 {new.until}"
    if _over(old, since) and _over(new, since):
        return f"{words}，都已到期，判定不变"
    if _over(old, since):
        return f"已于 {old.until} 到期，重新启用到 {new.until}，更难达到"
    ended = "，不再起作用" if _over(new, since) else ""
    return f"{words}{ended}，{'更难' if later else '更容易'}达到"


def _levels_effect(old: Exemption, new: Exemption) -> str:
    before, after = set(old.levels or Level), set(new.levels or Level)
    if before < after:
        return "，更难达到"
    return "，更容易达到" if after < before else ""


def _levels(levels: tuple[Level, ...]) -> str:
    return "".join(f"“{LEVEL_TITLES[level]}”" for level in Level if level in levels) or "所有等级"
