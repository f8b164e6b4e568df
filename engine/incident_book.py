"""The incidents of one brand as its core remembers them, and how a change of one is made and worded.

The book is consumed by each call as the windows' state is: free of clocks and input or output.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import blake2b
from typing import Final

from pydantic import TypeAdapter

from engine.errors import NotFound
from engine.model import (
    CATEGORY_TITLES,
    SYSTEM,
    Actor,
    Category,
    ChangeKind,
    ConditionTrace,
    Incident,
    IncidentChange,
    IncidentStatus,
    Level,
    Realm,
)

CHINA: Final = timezone(timedelta(hours=8))

Overlap = Callable[[Category, Category], float]


@dataclass(slots=True)
class Tracked:
    """An incident with what is needed to decide its next change.

    `reached`: when each level was last reached. `acknowledged`: findings up to this level are known to a person and
    change nothing. `by_hand`: a person opened it, so only a person lets it calm.
    """

    incident: Incident
    reached: dict[Level, datetime] = field(default_factory=dict)
    acknowledged: Level | None = None
    changes: int = 0
    by_hand: bool = False

    @property
    def active(self) -> bool:
        """Open or calmed: still being watched."""
        return self.incident.status in (IncidentStatus.open, IncidentStatus.calmed)

    def reach(self, level: Level, at: datetime) -> None:
        """Note that a level, and with it every lower one, holds at a moment."""
        for one in Level:
            if one.rank <= level.rank:
                self.reached[one] = max(at, self.reached.get(one, at))

    def put(self, at: datetime, **fields: object) -> None:
        """Change fields of the incident at a moment."""
        incident = self.incident.model_copy(update={**fields, "changed_at": at})
        peak = max(incident.peak_level, incident.level, key=lambda level: level.rank)
        self.incident = incident.model_copy(update={"peak_level": peak})


@dataclass(slots=True)
class IncidentBook:
    """Per category the latest incident; `absorbed`: per host incident the categories whose findings go to it."""

    realm: Realm
    brand: str
    latest: dict[Category, Tracked] = field(default_factory=dict)
    absorbed: dict[str, list[Category]] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Canonical bytes."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> "IncidentBook":
        """The book that `to_json` wrote."""
        return _ADAPTER.validate_json(data)

    def by_id(self, incident: str) -> Tracked:
        """The tracked incident of that id; NotFound when it is not this brand's latest of its category."""
        for tracked in self.latest.values():
            if tracked.incident.id == incident:
                return tracked
        raise NotFound(f"没有可操作的事件 {incident}（可能已被同类新事件取代）")

    def home_of(self, category: Category) -> str | None:
        """The incident that a category's findings go to: its own active one, or the active one that absorbed it."""
        own = self.latest.get(category)
        if own and own.active:
            return own.incident.id
        hosts = (one for one in self.latest.values() if one.active and category in self._absorbed_by(one))
        host = max(hosts, key=lambda one: (one.incident.level.rank, one.incident.id), default=own)
        return host.incident.id if host else None

    def absorb(self, host: Tracked, category: Category) -> bool:
        """Let a category's findings go to a host from now on; whether that is new. Ended hosts are forgotten."""
        active = {one.incident.id for one in self.latest.values() if one.active}
        self.absorbed = {one: categories for one, categories in self.absorbed.items() if one in active}
        known = self.absorbed.setdefault(host.incident.id, [])
        if category in known:
            return False
        known.append(category)
        return True

    def release(self, category: Category) -> None:
        """A category stands for itself again."""
        for categories in self.absorbed.values():
            if category in categories:
                categories.remove(category)

    def merged_host(self, tracked: Tracked) -> Tracked | None:
        """The active incident that this one was merged into, directly or by way of others."""
        seen: set[str] = set()
        while tracked.incident.status is IncidentStatus.merged and tracked.incident.id not in seen:
            seen.add(tracked.incident.id)
            into = tracked.incident.merged_into
            found = next((one for one in self.latest.values() if one.incident.id == into), None)
            if found is None:
                return None
            tracked = found
        return tracked if seen and tracked.active else None

    def _absorbed_by(self, host: Tracked) -> list[Category]:
        return self.absorbed.get(host.incident.id, [])


_ADAPTER: Final = TypeAdapter(IncidentBook)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in the log the book stands, and what the windows can tell about overlaps and samples."""

    at: datetime
    brand_seq: int
    overlap: Overlap
    samples: Callable[[Category], tuple[str, ...]]


def new_incident(
    book: IncidentBook, category: Category, level: Level, moment: Moment, *, rule: str | None, title: str | None
) -> Tracked:
    """A fresh incident of a category, which becomes its latest."""
    local = moment.at.astimezone(CHINA)
    incident = Incident(
        id=f"inc-{_digest(book.realm, book.brand, category, moment.brand_seq)}",
        realm=book.realm,
        brand=book.brand,
        category=category,
        level=level,
        peak_level=level,
        status=IncidentStatus.open,
        title=title or f"{book.brand}{CATEGORY_TITLES[category]}（{local.month}月{local.day}日）",
        opened_at=moment.at,
        changed_at=moment.at,
        last_finding_at=moment.at,
        rule=rule,
    )
    tracked = book.latest[category] = Tracked(incident, by_hand=rule is None)
    book.release(category)
    return tracked


def change(
    tracked: Tracked,
    kind: ChangeKind,
    moment: Moment,
    reason: str,
    *,
    before: Level | None = None,
    rule: str | None = None,
    explanation: tuple[ConditionTrace, ...] = (),
    actor: Actor = SYSTEM,
) -> IncidentChange:
    """The next change of an incident, as it stands now."""
    tracked.changes += 1
    incident = tracked.incident
    return IncidentChange(
        id=f"{incident.id}-{tracked.changes:03d}",
        incident=incident.id,
        change=kind,
        at=moment.at,
        level_before=before if kind is not ChangeKind.opened else None,
        level=incident.level,
        rule=rule,
        reason=reason,
        explanation=explanation,
        mentions=moment.samples(incident.category),
        actor=actor,
    )


def merge(
    book: IncidentBook, side: Tracked, main: Tracked, moment: Moment, reason: str, actor: Actor = SYSTEM
) -> list[IncidentChange]:
    """End an incident in another one, which takes over its level if that was higher: an alarm never gets lost."""
    side.put(moment.at, status=IncidentStatus.merged, merged_into=main.incident.id)
    changes = [change(side, ChangeKind.merged, moment, f"{reason}（并入 {main.incident.id}）", actor=actor)]
    book.absorb(main, side.incident.category)
    for level, at in sorted(side.reached.items(), key=lambda pair: pair[0].rank):
        main.reach(level, at)
    main.by_hand = main.by_hand or side.by_hand
    before, level = main.incident.level, side.incident.level
    if level.rank > before.rank:
        main.put(moment.at, level=level, status=IncidentStatus.open)
        taken = f"并入的事件 {side.incident.id} 等级更高，沿用其等级"
        changes.append(change(main, ChangeKind.escalated, moment, taken, before=before, actor=actor))
    return changes


def _digest(*parts: object) -> str:
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=5).hexdigest()
