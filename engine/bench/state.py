"""How large the core's state gets, and whether memory stays flat over a long stream."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from engine.bench.material import PERIOD, Volume
from engine.bench.report import Gate, Result, compared
from engine.core import BrandCore, Decide, step
from engine.model import LogRecord, Mention, MentionRecord, Realm

STATE_OF_RECORDS: Final = Gate(at="most", limit=0.1)
STATE_GROWTH: Final = Gate(at="most", limit=1.2)
MEMORY_GROWTH: Final = Gate(at="most", limit=1.1)
_REMEMBERED: Final = timedelta(days=7)
_STATM: Final = Path("/proc/self/statm")


@dataclass
class Soak:
    """What was seen at the end of each period; sizes in bytes, memory in MB (empty where it cannot be read)."""

    mentions: list[int] = field(default_factory=list)
    states: list[dict[str, int]] = field(default_factory=list)
    remembered: dict[str, int] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)

    def results(self) -> tuple[Result, ...]:
        """The largest brand's state against the records that it stands for and against itself, and memory."""
        first, last = self.states[0], self.states[-1]
        brand = max(last, key=lambda name: last[name])
        found = [
            compared("core.state", "字节/品牌", last[brand], self.remembered[brand], "该品牌最近7天的记录原文",
                     STATE_OF_RECORDS),
            compared("core.state_growth", "字节/品牌", last[brand], first[brand],
                     f"同一品牌在 {self.mentions[0]} 条提及之后（现在 {self.mentions[-1]} 条）", STATE_GROWTH),
        ]  # fmt: skip
        if self.memory:
            against = f"同一进程在 {self.mentions[0]} 条提及之后（现在 {self.mentions[-1]} 条）"
            found.append(compared("core.memory", "MB", self.memory[-1], self.memory[0], against, MEMORY_GROWTH))
        return tuple(found)


def soak(stream: Iterable[LogRecord], source: Sequence[Mention], volume: Volume, decide: Decide) -> Soak:
    """Run a stream of equal periods through the core and look at it at the end of each."""
    cores: dict[str, BrandCore] = {}
    found = Soak()
    ends = [source[-1].received_at + PERIOD * period for period in range(volume.periods)]
    count = 0
    for record in stream:
        if record.at > ends[len(found.states)]:
            _look(found, cores, count)
        core = cores.get(record.brand) or BrandCore.empty(Realm.replay, record.brand)
        cores[record.brand], _ = step(core, record, decide)
        if isinstance(record.payload, MentionRecord):
            count += 1
            if record.at > ends[-1] - _REMEMBERED:
                size = len(record.model_dump_json())
                found.remembered[record.brand] = found.remembered.get(record.brand, 0) + size
    _look(found, cores, count)
    return found


def _look(found: Soak, cores: dict[str, BrandCore], count: int) -> None:
    found.mentions.append(count)
    found.states.append({brand: len(core.to_json()) for brand, core in sorted(cores.items())})
    if _STATM.exists():
        found.memory.append(int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
