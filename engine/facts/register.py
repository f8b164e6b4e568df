"""The register as people read it: one entry a fact key, all its versions beside each other."""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from engine.errors import Conflict
from engine.model import Actor, Fact, FactStatus, Frozen
from knowledge.schema import FACT_TITLES, PLURAL_KEYS, FactKey


class Standing(StrEnum):
    """What holds of an entry: nothing said is confirmed; one thing is; what was said does not agree."""

    reported = "reported"
    confirmed = "confirmed"
    disputed = "disputed"


STANDING_TITLES: Final = {
    Standing.reported: "待核实",
    Standing.confirmed: "已确认",
    Standing.disputed: "有争议",
}
_ORDER: Final = {Standing.disputed: 0, Standing.reported: 1, Standing.confirmed: 2}
_VERSIONS: Final = {FactStatus.confirmed: 0, FactStatus.disputed: 1, FactStatus.reported: 2}


class RegisterEntry(Frozen):
    """One key of a register. `versions`: confirmed first, then disputed, then what is only reported, the best supported
    first; `voices`: how many independent mentions back the proposals together, at least.
    """

    key: str
    title: str
    standing: Standing
    versions: tuple[Fact, ...]
    voices: int


def entries_of(facts: Sequence[Fact]) -> tuple[RegisterEntry, ...]:
    """The entries of a register: what is disputed first, then what waits for a person."""
    found = [_entry(key, [fact for fact in facts if fact.key == key]) for key in FactKey]
    return tuple(sorted((one for one in found if one.versions), key=lambda entry: _ORDER[entry.standing]))


def refuse_own_or_disputed(facts: Sequence[Fact], key: FactKey, value: str, actor: Actor) -> None:
    """Raises Conflict where one answer would settle what takes a second person: a value that somebody disputed, or that
    `actor` registered himself, whatever source is named now. What is confirmed already may be said again.
    """
    same = [fact for fact in facts if fact.key == key and _folded(fact.value) == _folded(value)]
    if any(fact.status is FactStatus.confirmed for fact in same):
        return
    for fact in same:
        if fact.status is FactStatus.disputed:
            why = f"（{fact.dispute_reason}）" if fact.dispute_reason else ""
            who = fact.disputed_by or "他人"
            raise Conflict(
                f"“{fact.value}”已由{who}标为存疑{why}，不能用答复重新确认；请答复改正后的内容，"
                "或请登记人之外的人核对后，在事实登记中确认这一条"
            )
        if fact.proposed_by == actor.name:
            raise Conflict(f"“{fact.value}”是您自己登记的，请由另一个人在事实登记中确认；确认后这个问题自动办结")


def _folded(value: str) -> str:
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def _entry(key: FactKey, facts: Sequence[Fact]) -> RegisterEntry:
    versions = sorted(facts, key=lambda fact: (_VERSIONS[fact.status], -(fact.voices or 0), fact.value, fact.id))
    return RegisterEntry(
        key=key,
        title=FACT_TITLES[key],
        standing=_standing(key, facts),
        versions=tuple(versions),
        voices=max((fact.voices or 0 for fact in facts), default=0),
    )


def _standing(key: FactKey, facts: Sequence[Fact]) -> Standing:
    """Disputed where a version is, unless another one was confirmed since; or where two confirmed ones exclude each
    other.
    """
    confirmed = {fact.value for fact in facts if fact.status is FactStatus.confirmed}
    if len(confirmed) > 1 and key not in PLURAL_KEYS:
        return Standing.disputed
    if confirmed:
        return Standing.confirmed
    return Standing.disputed if any(fact.status is FactStatus.disputed for fact in facts) else Standing.reported
