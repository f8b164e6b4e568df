"""Do the statements of one incident, one a channel, say the same facts? Drafts in, a matrix and what differs out.

Pure: it reads which facts the spans of each draft cite, never the words around them. What a person wrote by hand and
what templates say as fixed text is not compared; the first is named, so that a person does.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from engine.approval import confirmed_since
from engine.drafting.document import Draft
from engine.drafting.exports.sources import facts_of
from engine.model import Fact, FactStatus, Frozen, SpanOrigin
from knowledge.schema import CHANNEL_TITLES, FACT_TITLES, PLURAL_KEYS, Channel, FactKey
from knowledge.slots import REGISTRY_FACTS

REDRAFT: Final = "请点“全部按最新事实重新起草”，再一并提交审批"
_QUIET: Final = frozenset({FactKey.company, FactKey.hotline})
"""Shown only where they differ."""
_STATUS: Final = {FactStatus.reported: "待确认", FactStatus.disputed: "有争议"}


class ChannelStatement(Frozen):
    """The newest draft of a channel."""

    channel: Channel
    draft: Draft


class Said(Frozen):
    """How a channel speaks of a fact: its values, 【待核实】 (`unresolved`), or not at all."""

    values: tuple[str, ...] = ()
    unresolved: bool = False

    @property
    def words(self) -> str:
        """In a cell of the matrix."""
        return "、".join(self.values) or ("【待核实】" if self.unresolved else "—")


class FactRow(Frozen):
    """A fact key with how each channel speaks of it, in the order of the channels; `agrees` when nothing differs."""

    key: FactKey
    said: tuple[Said, ...]
    agrees: bool


class Difference(Frozen):
    """What differs, in Chinese. A `contradiction` must not be published; a `remark` is for a person to look at."""

    kind: Literal["contradiction", "remark"]
    key: FactKey | None
    text: str


class StatementSet(Frozen):
    """The channels compared, their facts, their differences; contradictions come first."""

    channels: tuple[Channel, ...]
    rows: tuple[FactRow, ...]
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether they may go out together."""
        return all(one.kind != "contradiction" for one in self.differences)


class _Reading(NamedTuple):
    """What one draft says: per key the facts that it cites, and the keys that it leaves open. `since` are facts of the
    register as it is that it would say as well, were it drafted now.
    """

    channel: Channel
    cited: Mapping[FactKey, tuple[Fact, ...]]
    unresolved: frozenset[FactKey]
    by_hand: bool
    since: tuple[Fact, ...]

    def said(self, key: FactKey) -> Said:
        values = tuple(dict.fromkeys(fact.value for fact in self.cited.get(key, ())))
        return Said(values=values, unresolved=key in self.unresolved)


def compare_statements(statements: Sequence[ChannelStatement], register: Sequence[Fact]) -> StatementSet:
    """Compare the statements with each other and with the incident's register as it is now."""
    readings = [_read(one, register) for one in statements]
    keys = [key for key in FactKey if any(key in one.cited or key in one.unresolved for one in readings)]
    outdated = [*_outdated(readings, register)]
    told = {one.key for one in outdated}
    found = [*_between(readings, keys, told), *outdated, *_by_hand(readings)]
    wrong = {one.key for one in found if one.kind == "contradiction"}
    rows = tuple(
        FactRow(key=key, said=tuple(one.said(key) for one in readings), agrees=key not in wrong)
        for key in keys
        if key not in _QUIET or key in wrong
    )
    ordered = sorted(dict.fromkeys(found), key=lambda one: one.kind != "contradiction")
    return StatementSet(channels=tuple(one.channel for one in readings), rows=rows, differences=tuple(ordered))


def _read(statement: ChannelStatement, register: Sequence[Fact]) -> _Reading:
    facts = {fact.id: fact for fact in statement.draft.register_}
    cited: dict[FactKey, tuple[Fact, ...]] = {}
    unresolved: set[FactKey] = set()
    for span in statement.draft.spans:
        if span.origin is SpanOrigin.unresolved:
            names = span.ref.partition(":")[2].split(",")
            unresolved.update(FactKey(name) for name in names if name in FactKey.__members__)
            continue
        for fact in facts_of(span, facts):
            if fact.key in FactKey.__members__:
                key = FactKey(fact.key)
                cited[key] = (*cited.get(key, ()), fact)
    by_hand = any(span.origin is SpanOrigin.human for span in statement.draft.spans)
    since = confirmed_since(statement.draft, register)
    return _Reading(statement.channel, cited, frozenset(unresolved), by_hand, since)


# --- with each other --------------------------------------------------------------------------


def _between(
    readings: Sequence[_Reading], keys: Sequence[FactKey], told: Container[FactKey | None]
) -> Iterator[Difference]:
    """`told` are the keys of which the register already says why channels differ."""
    for key in keys:
        stating = [one for one in readings if key in one.cited]
        yield from _other_values(stating, key)
        waiting = [one for one in readings if key in one.unresolved]
        if stating and waiting and key not in told:
            words = f"{_title(stating[0])}写{_quoted(stating[0].said(key).words)}，{_titles(waiting)}仍标【待核实】"
            yield _contradiction(key, f"“{FACT_TITLES[key]}”有的写明、有的待核实：{words}")


def _other_values(stating: Sequence[_Reading], key: FactKey) -> Iterator[Difference]:
    """Another value of the same fact. Where a fact may have several, one channel may tell fewer of them."""
    by_values: dict[frozenset[str], list[_Reading]] = {}
    for one in stating:
        by_values.setdefault(frozenset(one.said(key).values), []).append(one)
    if len(by_values) < 2:
        return
    told = "，".join(f"{_titles(group)}写{_quoted(group[0].said(key).words)}" for group in by_values.values())
    longest = max(by_values, key=len)
    if key in PLURAL_KEYS and all(values <= longest for values in by_values):
        yield Difference(kind="remark", key=key, text=f"“{FACT_TITLES[key]}”多少不同：{told}")
    else:
        yield _contradiction(key, f"“{FACT_TITLES[key]}”说法不一：{told}")


# --- with the register as it is ------------------------------------------------------------------


def _outdated(readings: Sequence[_Reading], register: Sequence[Fact]) -> Iterator[Difference]:
    now = {fact.id: fact for fact in register}
    for one in readings:
        for key, facts in one.cited.items():
            if key not in REGISTRY_FACTS:
                yield from (_contradiction(key, words) for fact in facts for words in _changed(one, fact, now))
        for key in sorted(one.unresolved):
            known = next((f for f in register if f.key == key and f.status is FactStatus.confirmed), None)
            if known is not None:
                told = f"“{FACT_TITLES[key]}”已确认为{_quoted(known.value)}"
                yield _contradiction(key, f"{told}，{_title(one)}还是较早的登记状态，仍标【待核实】")
        yield from _unsaid(one)


def _unsaid(reading: _Reading) -> Iterator[Difference]:
    """What was confirmed since and is not told as a mark that is still open or as another value of a cited fact."""
    for fact in reading.since:
        key = FactKey(fact.key)
        changed = any(used.id == fact.id and used.value != fact.value for used in reading.cited.get(key, ()))
        if key not in reading.unresolved and not changed:
            told = f"“{FACT_TITLES[key]}”已确认为{_quoted(fact.value)}"
            yield _contradiction(key, f"{told}，{_title(reading)}是在确认之前起草的")


def _changed(reading: _Reading, used: Fact, now: Mapping[str, Fact]) -> Iterator[str]:
    """Why a fact that a draft states is not what the register says any more."""
    fact, title = now.get(used.id), FACT_TITLES[FactKey(used.key)]
    told = f"{_title(reading)}所写“{title}：{used.value}”是较早的登记状态"
    if fact is None:
        yield f"{told}，登记中已没有这一条"
    elif fact.value != used.value:
        yield f"{told}，现登记为{_quoted(fact.value)}"
    elif fact.status is not used.status and fact.status is not FactStatus.confirmed:
        yield f"{told}，现为{_STATUS[fact.status]}"


def _by_hand(readings: Sequence[_Reading]) -> Iterator[Difference]:
    edited = [one for one in readings if one.by_hand]
    if edited and len(readings) > 1:
        yield Difference(
            kind="remark", key=None, text=f"{_titles(edited)}有人工改写的段落，其中的说法请人工与其他渠道对照"
        )


def _contradiction(key: FactKey, text: str) -> Difference:
    return Difference(kind="contradiction", key=key, text=text)


def _quoted(value: str) -> str:
    """In quotes, once."""
    return value if value.startswith("“") and value.endswith("”") else f"“{value}”"


def _title(reading: _Reading) -> str:
    return CHANNEL_TITLES[reading.channel]


def _titles(readings: Sequence[_Reading]) -> str:
    return "、".join(map(_title, readings))
