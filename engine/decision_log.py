"""Every finding proves itself: its facts from the log, its verdict from the release that it names.

A stored finding holds the release's hash, the facts, the conditions with their verdicts, and what each engine said. To
reproduce it, the facts are computed anew from the brand's records up to the one that led to it, both engines decide on
them under the stored release, and what comes out must be the stored document, byte for byte.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection, Row, select

from engine.backtesting.history import WARM_UP
from engine.detection import Detector
from engine.errors import NotFound
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Finding, Frozen, Level, WindowFacts, at_local
from engine.past_facts import state_before
from engine.releases.content import ReleaseContent, misfit
from engine.releases.release import load_release
from engine.store.database import Database
from engine.store.log_ranges import open_span, records_of
from engine.store.releases import activations, load_content
from engine.store.tables import findings, log, shadow_findings
from engine.windows import FactView, view
from rules.fixed_point import Fixed
from rules.schema import Rule
from rules.wording import say_trace

_COLUMNS: Final = ("id", "realm", "brand", "category", "level", "rule")


class Difference(Frozen):
    """One place at which what is stored is not what comes out; values as JSON, None where there is nothing."""

    place: str
    stored: str | None
    reproduced: str | None

    def text(self) -> str:
        """The difference for people."""
        return f"{self.place}：存档为 {self.stored or '（无）'}，重算为 {self.reproduced or '（无）'}"


class Reproduction(Frozen):
    """A decision decided again. `announced` is False for one of a draft or shadow rule; `stored` and `reproduced` are
    whole documents; without differences they are equal to the byte.
    """

    decision: str
    release: str
    announced: bool
    stored: str
    reproduced: str | None
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether the decision is what its release makes of its records."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "ok": self.ok,
            "decision": self.decision,
            "release": self.release,
            "announced": self.announced,
            "finding": json.loads(self.reproduced) if self.reproduced else None,
            "differences": [one.model_dump(mode="json") for one in self.differences],
        }

    def text(self) -> str:
        """The reproduction for people."""
        head = f"决策 {self.decision}（发布 {self.release[:12]}）"
        if self.reproduced is None or not self.ok:
            return "\n".join([f"{head}与存档不一致", *(f"  {one.text()}" for one in self.differences)])
        return f"{head}重算结果与存档逐字节一致\n{_told(Finding.model_validate_json(self.reproduced))}"


def reproduce(database: Database, decision: str) -> Reproduction:
    """Decide a stored finding again. Raises NotFound for an unknown decision, or when the store lacks its release,
    which it says where the decision is from before releases were kept; ReleaseError for a release that was tampered
    with or needs another version of the program.
    """
    with database.read() as connection:
        row, announced = _stored(connection, decision)
        try:
            found = Finding.model_validate_json(row.document)
        except ValidationError:
            fault = Difference(place="document", stored=row.document[:200], reproduced=None)
            return _result(decision, "", row.document, None, (fault,), announced=announced)
        content = _content(connection, found)
    if fault_of_program := misfit(content):
        raise NotFound(fault_of_program)
    facts = facts_of(database, found)
    rules = load_release(content).rules
    with Detector(rules, _Failed if found.engine_failed else None) as detector:
        seen = detector.examine(facts or found.facts, found.release)
    made = next((one for one in (*seen.findings, *seen.shadow) if one.rule == found.rule), None)
    again = made.model_dump_json() if made else None
    differences = [*_row_differences(row, again), *_differences(row.document, again)]
    if facts is None:
        differences.append(Difference(place="log", stored=f"brand_seq {found.facts.brand_seq}", reproduced=None))
    return _result(decision, found.release, row.document, again, tuple(differences), announced=announced)


class _Failed:
    """An engine that fails each time: what was decided without it is decided again without it."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        """Whichever rules."""

    def match(self, row: Sequence[Fixed]) -> None:
        """Nothing."""

    def close(self) -> None:
        """There is nothing to free."""


def facts_of(database: Database, finding: Finding) -> WindowFacts | None:
    """The facts of a finding, computed anew from the records of its brand; None when the log does not hold them, or
    holds something that is no record.
    """
    try:
        return _rebuilt(database, finding)
    except ValidationError:
        return None


def _rebuilt(database: Database, finding: Finding) -> WindowFacts | None:
    numbers = log.c.realm == finding.realm, log.c.brand == finding.brand, log.c.brand_seq == finding.facts.brand_seq
    with database.read() as connection:
        row = connection.execute(select(log.c.seq, log.c.at).where(*numbers)).one_or_none()
        if row is None:
            return None
        whole = open_span(connection, finding.realm, datetime.fromisoformat(row.at) - WARM_UP, finding.brand)
        span = replace(whole, last=row.seq)
        state = state_before(connection, span, finding.brand)
    seen: tuple[FactView, ...] = ()
    for record in records_of(database, span):
        state, seen = view(state, record)
    return next((one.written() for one in seen if one.category is finding.category), None)


def _content(connection: Connection, finding: Finding) -> ReleaseContent:
    try:
        return load_content(connection, finding.release)
    except NotFound:
        if _precedes_releases(connection, finding):
            raise NotFound(f"决策 {finding.id} 产生于发布留存之前，当时的规则没有保存，无法重算") from None
        raise


def _precedes_releases(connection: Connection, finding: Finding) -> bool:
    """Whether no release was named in the log yet when its record was written."""
    mine = log.c.realm == finding.realm, log.c.brand == finding.brand, log.c.brand_seq == finding.facts.brand_seq
    seq = connection.execute(select(log.c.seq).where(*mine)).scalar_one_or_none()
    return seq is not None and not activations(connection, finding.realm, seq)


def _stored(connection: Connection, decision: str) -> tuple[Row[Any], bool]:
    for table, announced in ((findings, True), (shadow_findings, False)):
        row = connection.execute(select(table).where(table.c.id == decision)).one_or_none()
        if row is not None:
            return row, announced
    raise NotFound(f"没有编号为 {decision} 的决策")


def _row_differences(row: Row[Any], again: str | None) -> Iterator[Difference]:
    """The columns that queries go by say the same as the document."""
    made = json.loads(again) if again else {}
    for name in _COLUMNS:
        if again and str(getattr(row, name)) != made[name]:
            yield Difference(place=f"列 {name}", stored=str(getattr(row, name)), reproduced=made[name])


def _differences(stored: str, again: str | None) -> Iterator[Difference]:
    if stored == again:
        return
    if again is None:
        yield Difference(place="level", stored=json.dumps(json.loads(stored)["level"]), reproduced=None)
        return
    found = list(_unequal("", json.loads(stored), json.loads(again)))
    yield from found
    if not found:
        yield Difference(place="写法", stored=stored[:200], reproduced=again[:200])


def _unequal(place: str, stored: Any, again: Any) -> Iterator[Difference]:
    if isinstance(stored, dict) and isinstance(again, dict):
        for key in sorted({*stored, *again}):
            yield from _unequal(f"{place}.{key}".lstrip("."), stored.get(key), again.get(key))
    elif isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        for number, (left, right) in enumerate(zip(stored, again, strict=True), 1):
            yield from _unequal(f"{place}[{number}]", left, right)
    elif stored != again or type(stored) is not type(again):
        yield Difference(place=place, stored=_json(stored), reproduced=_json(again))


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _told(finding: Finding) -> str:
    spoken = "当时出错，以对照判定为准" if finding.engine_failed else _word(finding.engine_level)
    head = f"{finding.brand} · {CATEGORY_TITLES[finding.category]} · {at_local(finding.at)} · {finding.title}"
    held = [say_trace(one) for one in finding.explanation if one.level is finding.level]
    return "\n".join(
        [
            head,
            f"结论：{LEVEL_TITLES[finding.level]}（规则引擎：{spoken}，对照判定：{_word(finding.evaluator_level)}）",
            *(f"  {sentence}" for sentence in held),
        ]
    )


def _word(level: Level | None) -> str:
    return LEVEL_TITLES[level] if level else "不告警"


def _result(
    decision: str,
    release: str,
    stored: str,
    again: str | None,
    differences: tuple[Difference, ...],
    *,
    announced: bool,
) -> Reproduction:
    return Reproduction(
        decision=decision,
        release=release,
        announced=announced,
        stored=stored,
        reproduced=again,
        differences=differences,
    )
