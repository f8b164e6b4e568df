"""A test case's series of mentions, run through the real windows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
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
    WindowFacts,
)
from engine.window_state import BrandState
from engine.windows import advance
from rules.cases import SeriesStep, Spread

BRAND: Final = "测试品牌"
START: Final = datetime(2026, 3, 2, 1, tzinfo=UTC)


def series_facts(category: Category, series: tuple[SeriesStep, ...]) -> list[WindowFacts]:
    """The facts of the category after each record of the series, in time order."""
    state = BrandState.empty(Realm.replay, BRAND)
    found: list[WindowFacts] = []
    for seq, (moment, payload) in enumerate(_in_order(series, category), 1):
        record = LogRecord(seq=seq, realm=Realm.replay, brand=BRAND, brand_seq=seq, at=moment, payload=payload)
        state, facts = advance(state, record)
        found += [one for one in facts if one.category is category]
    return found


def _in_order(series: tuple[SeriesStep, ...], category: Category) -> list[tuple[datetime, RecordPayload]]:
    records = [record for number, step in enumerate(series) for record in _payloads(number, step, category)]
    return sorted(records, key=lambda record: record[0])


def _payloads(number: int, step: SeriesStep, category: Category) -> Iterator[tuple[datetime, RecordPayload]]:
    for index in range(step.count):
        moment = START + timedelta(minutes=step.at + index * step.every)
        if step.spread is None:
            yield moment, _mention(step, number, index, moment, category)
        else:
            yield moment, _spread(step.spread, f"s{number}-{index}", moment, category)


def _mention(step: SeriesStep, number: int, index: int, moment: datetime, category: Category) -> MentionRecord:
    return MentionRecord(
        mention=f"s{number}-{index}",
        published_at=moment,
        received_at=moment,
        negativity=step.negativity if step.negative else 0.0,
        categories=(category,) if step.negative else (),
        severity=Severity(step.severity) if step.negative else Severity.none,
        reach=step.reach,
        author=f"a{number}-{index % (step.authors or step.count)}",
        author_kind=AuthorKind(step.author_kind),
        followers=step.followers,
        mention_kind=MentionKind(step.kind),
        platform=step.platforms[index % len(step.platforms)],
        group=f"g{number}-{index % (step.contents or step.count)}",
        reposts=step.reposts,
        hot_search_rank=step.hot_search_rank,
        scorer="test",
    )


def _spread(spread: Spread, name: str, moment: datetime, category: Category) -> EngagementRecord:
    return EngagementRecord(
        mention=name,
        received_at=moment,
        categories=(category,),
        added_reach=spread.reach,
        added_reposts=spread.reposts,
        heat=spread.heat,
    )
