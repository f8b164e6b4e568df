"""The register as people read it: one entry a fact key, all its versions beside each other."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from engine.model import Fact, FactStatus, Frozen
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
