"""A test case as the engine sees it: a series of mentions through the real windows with the clock ticking, or the
facts of one moment.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from engine.model import (
    AuthorKind,
    Category,
    EngagementRecord,
    LogRecord,
    MentionKind,
    MentionRecord,
    Realm,
    RecordPayload,
    Severity,
    TickRecord,
    WindowFacts,
)
from engine.window_state import BrandState
from engine.windows import advance
from rules.case_series import SeriesStep, Spread
from rules.cases import Case, full_facts

BRAND: Final = "测试品牌"
START: Final = datetime(2026, 3, 2, 1, tzinfo=UTC)
TICK: Final = timedelta(minutes=30)
_CHINA: Final = timezone(timedelta(hours=8))
_MORNING: Final = time(9)


def start_of(on: date | None) -> datetime:
    """When a case begins: at 9:00 in China on its day."""
    return datetime.combine(on, _MORNING, _CHINA).astimezone(UTC) if on else START


def case_facts(category: Category, case: Case) -> list[WindowFacts]:
    """What a rule of this category gets to see in a case, in time order."""
    if case.series is None:
        return [_moment(category, case)]
    state = BrandState.empty(Realm.replay, BRAND)
    found: list[WindowFacts] = []
    for record in case_records(category, case):
        state, facts = advance(state, record)
        found += [one for one in facts if one.category is category]
    return found


def case_records(category: Category, case: Case) -> list[LogRecord]:
    """The log of a series case. The clock ticks at the moments that the case asks about and, if it asks about any or
    about findings, every half hour as in the live system; a tick comes after what arrived up to then.
    """
    start = start_of(case.on)
    payloads = [
        (start + offset, payload)
        for number, step in enumerate(case.series or ())
        for offset, payload in _payloads(number, step, start, category)
    ]
    ticks: list[tuple[datetime, RecordPayload]] = [(at, TickRecord()) for at in _ticks(case, start, payloads)]
    in_order = sorted([*payloads, *ticks], key=lambda record: record[0])
    return [
        LogRecord(seq=seq, realm=Realm.replay, brand=BRAND, brand_seq=seq, at=at, payload=payload)
        for seq, (at, payload) in enumerate(in_order, 1)
    ]


def _ticks(case: Case, start: datetime, payloads: list[tuple[datetime, RecordPayload]]) -> list[datetime]:
    if not case.at and case.findings is None:
        return []
    asked = [start + timedelta(minutes=minutes) for minutes in case.at]
    announced = [start + timedelta(minutes=one.at) for one in case.findings or ()]
    end = max([*asked, *announced, *(at for at, _ in payloads)])
    regular = [start + number * TICK for number in range((end - start) // TICK + 1)]
    return sorted({*regular, *asked})


def _payloads(
    number: int, step: SeriesStep, start: datetime, category: Category
) -> Iterator[tuple[timedelta, RecordPayload]]:
    for index, offset in enumerate(step.offsets):
        if step.spread is None:
            yield offset, _mention(step, number, index, start + offset, category)
        else:
            yield offset, _spread(step.spread, f"s{number}-{index}", start + offset, category)


def _mention(step: SeriesStep, number: int, index: int, at: datetime, category: Category) -> MentionRecord:
    several = len(step.offsets)
    return MentionRecord(
        mention=f"s{number}-{index}",
        published_at=at,
        received_at=at,
        negativity=step.negativity if step.negative else 0.0,
        categories=(category,) if step.negative else (),
        certainty=() if step.certainty is None or not step.negative else (step.certainty,),
        harm_words=step.harm_words,
        severity=Severity(step.severity) if step.negative else Severity.none,
        reach=step.reach,
        author=f"account-{step.account}" if step.account else f"a{number}-{index % (step.authors or several)}",
        author_kind=AuthorKind(step.author_kind),
        followers=step.followers,
        mention_kind=MentionKind(step.kind),
        platform=step.platforms[index % len(step.platforms)],
        group=f"content-{step.content}" if step.content else f"g{number}-{index % (step.contents or several)}",
        reposts=step.reposts,
        hot_search_rank=step.hot_search_rank,
        scorer="test",
    )


def _spread(spread: Spread, name: str, at: datetime, category: Category) -> EngagementRecord:
    return EngagementRecord(
        mention=name,
        received_at=at,
        categories=(category,),
        added_reach=spread.reach,
        added_reposts=spread.reposts,
        heat=spread.heat,
    )


def _moment(category: Category, case: Case) -> WindowFacts:
    return WindowFacts(
        realm=Realm.replay,
        brand=BRAND,
        category=category,
        at=start_of(case.on).astimezone(_CHINA),
        brand_seq=1,
        trigger=None,
        values=full_facts(case.facts or {}),
    )
