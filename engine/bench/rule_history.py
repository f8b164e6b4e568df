"""A million scored events through a backtest: how fast, and whether memory stays flat.

The events are made as they are asked for: eight brands, a million mentions in sixty days, a steady level of complaints
in every category and, every few days, a surge in one of them. The same number gives the same events.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from engine.backtesting.backtest import backtest
from engine.backtesting.history import History
from engine.bench.material import START
from engine.bench.report import Gate, Result, compared
from engine.bench.rule_material import decided
from engine.bench.timing import seconds
from engine.detection import Detector
from engine.model import AuthorKind, Category, LogRecord, MentionKind, MentionRecord, Realm, Severity, TickRecord
from engine.rule_set import RuleSet
from engine.store.log import TICK

EVENTS: Final = 1_000_000
WARM: Final = 0.15
"""Memory is looked at from here on, as a share of the events: windows of 7 days have filled by then."""

_FEW: Final = 0.02
BACKTEST: Final = Gate(at="least", limit=0.2)
ALLOWED_GROWTH_MB: Final = 50.0
GROWTH: Final = Gate(at="most", limit=1)
_BRANDS: Final = tuple(f"品牌{number}" for number in range(8))
_STEP: Final = timedelta(days=60) / EVENTS
_NEGATIVE_SHARE: Final = 0.3
_SURGE_EVERY: Final = timedelta(days=3)
_SURGE_LASTS: Final = timedelta(hours=5)
_SURGE_SHARE: Final = 0.8
_CATEGORIES: Final = tuple(Category)
_KINDS: Final = (AuthorKind.personal,) * 97 + (AuthorKind.media,) * 2 + (AuthorKind.official,)
_SEVERITIES: Final = (Severity.low,) * 6 + (Severity.medium,) * 3 + (Severity.high,)
_PLATFORMS: Final = ("微博", "抖音", "小红书", "投诉平台", "论坛")
_STATM: Final = Path("/proc/self/statm")


def made_events(count: int) -> Iterator[LogRecord]:
    """So many mentions as log records, with the ticks of every brand between them."""
    pick, log = random.Random(count), _Log()
    ticked = START
    for number in range(count):
        at = START + _STEP * number
        while at >= ticked + TICK:
            ticked += TICK
            for brand in _BRANDS:
                yield log.record(brand, ticked, TickRecord())
        brand = _BRANDS[int(pick.random() * len(_BRANDS))]
        yield log.record(brand, at, _mention(pick, number, brand, at))


class _Log:
    """Numbers records; they are not validated, as a million of them are made while others wait."""

    def __init__(self) -> None:
        self._seq = 0
        self._of_brand = dict.fromkeys(_BRANDS, 0)

    def record(self, brand: str, at: datetime, payload: MentionRecord | TickRecord) -> LogRecord:
        self._seq += 1
        self._of_brand[brand] += 1
        number = self._of_brand[brand]
        return LogRecord.model_construct(
            seq=self._seq, realm=Realm.replay, brand=brand, brand_seq=number, at=at, payload=payload
        )


def _mention(pick: random.Random, number: int, brand: str, at: datetime) -> MentionRecord:
    surge, since = divmod(at - START, _SURGE_EVERY)
    surging = since < _SURGE_LASTS and brand == _BRANDS[surge % len(_BRANDS)]
    negative = pick.random() < (_SURGE_SHARE if surging else _NEGATIVE_SHARE)
    drawn = _CATEGORIES[surge % len(_CATEGORIES)] if surging else _CATEGORIES[int(pick.random() * len(_CATEGORIES))]
    return MentionRecord.model_construct(
        mention=f"m{number}",
        published_at=at,
        received_at=at,
        negativity=0.9 if negative else 0.1,
        categories=(drawn,) if negative else (),
        severity=pick.choice(_SEVERITIES) if negative else Severity.none,
        reach=int(10 ** (5 * pick.random())),
        author=f"a{int(pick.random() * 50_000)}",
        author_kind=pick.choice(_KINDS),
        followers=int(10 ** (6 * pick.random())),
        mention_kind=MentionKind.post,
        platform=pick.choice(_PLATFORMS),
        group=f"g{int(pick.random() * 200_000)}",
        reposts=int(10 ** (2 * pick.random())) - 1,
        scorer="bench",
    )


@dataclass
class _Memory:
    """Memory of the process in MB along the way; empty where it cannot be read."""

    warm: int
    seen: list[float] = field(default_factory=list)

    def look(self, done: int, _total: int | None) -> None:
        if done >= self.warm and _STATM.exists():
            self.seen.append(int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)


def bench_history(count: int = EVENTS) -> tuple[Result, ...]:
    """Events a second and growth of memory."""
    rules, memory = RuleSet.load(), _Memory(int(count * WARM))
    history = History(f"{count} 条", str(count), lambda: made_events(count))
    few = max(1, int(count * _FEW))
    with Detector(rules) as detector:
        least = seconds(lambda: decided(islice(made_events(count), few), detector)) / few
    each = seconds(lambda: backtest(rules, history, memory.look)) / count
    against = f"其中前 {few} 条记录，只做窗口、判定与理由"
    found = [compared("rules.backtest", "提及/秒", 1 / each, 1 / least, f"{against}（共 {count} 条提及）", BACKTEST)]
    if memory.seen:
        grown = max(memory.seen) - memory.seen[0]
        against = f"允许的增长；第 {memory.warm} 条之后到第 {count} 条"
        found.append(compared("rules.backtest_memory", "MB", grown, ALLOWED_GROWTH_MB, against, GROWTH))
    return tuple(found)
