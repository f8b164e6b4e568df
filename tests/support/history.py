"""Scripted histories: log records of several brands and categories from compact series, with the clock ticking."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import yaml

from engine.backtesting.history import History
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
)
from rules.case_series import SeriesStep


def scripted_history(path: Path) -> History:
    """The history that a YAML file scripts: `start`, `days`, `tick` (minutes between ticks) and steps by brand and
    category, in the notation of the rules' own tests.
    """
    script = yaml.safe_load(path.read_text(encoding="utf-8"))
    records = tuple(scripted_records(script))
    digest = blake2b("\n".join(one.model_dump_json() for one in records).encode(), digest_size=16).hexdigest()
    return History(script["name"], digest, lambda: records, total=len(records))


def scripted_records(script: dict[str, Any]) -> Iterator[LogRecord]:
    """The records in the order of their time; each brand has ticks of its own."""
    start: datetime = script["start"]
    tick = timedelta(minutes=script["tick"])
    ticks = [start + number * tick for number in range(1, script["days"] * timedelta(days=1) // tick + 1)]
    found: list[tuple[datetime, str, RecordPayload]] = []
    for letter, (brand, categories) in zip("abcdefgh", script["brands"].items(), strict=False):
        found += [(at, brand, TickRecord()) for at in ticks]
        for category, steps in categories.items():
            for number, step in enumerate(steps):
                name = f"{letter}-{category}-{number}"
                found += [
                    (at, brand, payload)
                    for at, payload in _payloads(name, SeriesStep.model_validate(step), start, Category(category))
                ]
    counts: dict[str, int] = {}
    for seq, (at, brand, payload) in enumerate(sorted(found, key=lambda one: one[:2]), 1):
        counts[brand] = counts.get(brand, 0) + 1
        yield LogRecord(seq=seq, realm=Realm.replay, brand=brand, brand_seq=counts[brand], at=at, payload=payload)


def _payloads(
    name: str, step: SeriesStep, start: datetime, category: Category
) -> Iterator[tuple[datetime, RecordPayload]]:
    for index, offset in enumerate(step.offsets):
        if step.spread is None:
            yield start + offset, _mention(f"{name}-{index}", step, index, start + offset, category)
        else:
            yield (
                start + offset,
                EngagementRecord(
                    mention=f"{name}-{index}",
                    received_at=start + offset,
                    categories=(category,),
                    added_reach=step.spread.reach,
                    added_reposts=step.spread.reposts,
                    heat=step.spread.heat,
                ),
            )


def _mention(name: str, step: SeriesStep, index: int, at: datetime, category: Category) -> MentionRecord:
    author = index % step.authors if step.authors else index
    return MentionRecord(
        mention=name,
        published_at=at,
        received_at=at,
        negativity=step.negativity,
        categories=(category,),
        severity=Severity(step.severity),
        reach=step.reach,
        author=f"{name.rsplit('-', 1)[0]}-{author}",
        author_kind=AuthorKind(step.author_kind),
        followers=step.followers,
        mention_kind=MentionKind(step.kind),
        platform=step.platforms[index % len(step.platforms)],
        group=name,
        reposts=step.reposts,
        hot_search_rank=step.hot_search_rank,
        scorer="made",
    )
