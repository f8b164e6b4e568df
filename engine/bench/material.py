"""What the benchmarks work on: the demonstration stream with seeded scores. The same seed, the same records."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count, islice
from typing import Final

from engine.demonstration import SOURCE, demonstration_stream
from engine.intake import CHINA, REQUEST_LIMIT, Accepted, read_objects
from engine.model import Category, LogRecord, Mention, Realm, RecordPayload, Scores, Severity, TickRecord
from engine.scored import mention_record
from engine.scoring.reach import heat_of, reach_of
from engine.store.log import TICK

START: Final = datetime(2026, 3, 2, 8, 0, tzinfo=CHINA)
PERIOD: Final = timedelta(days=11)
"""The length of the demonstration: eight days of history and three of crises."""

SCORER: Final = "bench"
_NEGATIVE_SHARE: Final = 0.5
_AUTHOR_KEY: Final = b"bench"
_SEVERITIES: Final = (Severity.low, Severity.medium, Severity.high)
# One matter dominates, as in a crisis; the others are those of ordinary days.
_WEIGHTS: Final = {
    Category.fee_dispute: 10,
    Category.customer_service: 2,
    Category.interest_dispute: 1,
    Category.debt_collection: 1,
}


def mentions(limit: int | None = None, *, live_only: bool = False) -> tuple[Mention, ...]:
    """The accepted mentions of the demonstration in order of arrival; `live_only` leaves its history out."""
    records = list(demonstration_stream(start=START, seed=1))
    chunks = (records[at : at + REQUEST_LIMIT] for at in range(0, len(records), REQUEST_LIMIT))
    outcomes = (
        one for chunk in chunks for one in read_objects(chunk, source=SOURCE, clock=lambda: START + PERIOD, replay=True)
    )
    found = (one.mention for one in outcomes if isinstance(one, Accepted))
    return tuple(islice((one for one in found if not live_only or one.received_at >= START), limit))


def texts(limit: int) -> tuple[Mention, ...]:
    """Mentions whose texts all differ."""
    return tuple({one.text: one for one in mentions()}.values())[:limit]


def scores_of(mention: Mention) -> Scores:
    """Scores drawn by the mention's id: half of the mentions are negative, most of those for one matter."""
    pick = random.Random(mention.id)
    negative = pick.random() < _NEGATIVE_SHARE
    category = pick.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0] if negative else None
    reach = reach_of(mention.author, mention.engagement, mention.hot_search)
    negativity = 0.95 if negative else 0.05
    return Scores(
        negative=negative,
        negativity=negativity,
        category=category,
        categories={category: 0.9} if category else {},
        severity=pick.choice(_SEVERITIES) if negative else Severity.none,
        reach=reach,
        heat=heat_of(reach),
        by_brand=dict.fromkeys(mention.brands, negativity),
        near_duplicate_group="",
        scorer=SCORER,
    )


@dataclass(frozen=True, slots=True)
class Volume:
    """How much happens: every mention `copies` times by other authors, the whole `periods` times in turn."""

    copies: int = 1
    periods: int = 1


def records(source: Iterable[Mention], volume: Volume) -> Iterator[LogRecord]:
    """The log of a stream as the core gets it, with the ticks of every brand between its mentions."""
    found = list(source)
    log = _Log()
    for period in range(volume.periods):
        for mention in found:
            for copy in range(volume.copies):
                yield from log.append(_again(mention, period, copy))


def _again(mention: Mention, period: int, copy: int) -> Mention:
    """The same mention by another author, in a later period."""
    if not period and not copy:
        return mention
    shift = PERIOD * period
    author = mention.author.model_copy(update={"name": f"{mention.author.name}{period}-{copy}"})
    changes = {
        "id": f"{mention.id}-{period}-{copy}",
        "author": author,
        "published_at": mention.published_at + shift,
        "received_at": mention.received_at + shift,
    }
    return mention.model_copy(update=changes)


class _Log:
    """Numbers records, and lays the ticks that a brand is due before each."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._of_brand: dict[str, int] = {}
        self._ticked: dict[str, datetime] = {}

    def append(self, mention: Mention) -> Iterator[LogRecord]:
        """The records that a mention leads to."""
        scores = scores_of(mention)
        group = blake2b(mention.text.encode(), digest_size=8).hexdigest()
        for brand in mention.brands:
            ticked = self._ticked.setdefault(brand, mention.received_at)
            while ticked + TICK <= mention.received_at:
                ticked += TICK
                yield self._numbered(brand, ticked, TickRecord())
            self._ticked[brand] = ticked
            payload = mention_record(mention, scores, brand, group, _AUTHOR_KEY)
            yield self._numbered(brand, mention.received_at, payload)

    def _numbered(self, brand: str, at: datetime, payload: RecordPayload) -> LogRecord:
        number = self._of_brand[brand] = self._of_brand.get(brand, 0) + 1
        return LogRecord(
            seq=next(self._numbers), realm=Realm.replay, brand=brand, brand_seq=number, at=at, payload=payload
        )
