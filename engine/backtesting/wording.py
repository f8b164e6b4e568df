"""Changed decisions in plain Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.backtesting.episodes import Decision
from engine.incident_book import CHINA
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Level
from rules.schema import Rule


@dataclass(frozen=True, slots=True)
class Words:
    """Says changes; `rules` by id give titles."""

    rules: Mapping[str, Rule]

    def gained(self, one: Decision, joined: Decision | None, beside: Sequence[Decision]) -> str:
        """A decision that only the new rules take. `joined` is the old rules' decision so near that both count as one,
        `beside` what other old rules said around that time.
        """
        before = self._beside(one, beside, "改前同一时段由{}告警", "改前这一类别同一时段没有告警")
        if joined:
            before = f"改前与 {_clock(joined.start)} 那一次合为一次，没有单独告警"
        return f"多出一次告警：{self._about(one)}，{_span(one)}，最高“{LEVEL_TITLES[one.level]}”；{before}"

    def lost(self, one: Decision, joined: Decision | None, beside: Sequence[Decision]) -> str:
        """A decision that only the old rules take; the rest as for `gained`, of the new rules."""
        after = self._beside(one, beside, "改后同一时段由{}告警", "改后这一类别同一时段不再有告警")
        if joined:
            after = f"改后与 {_clock(joined.start)} 那一次合为一次，不再单独告警"
        return f"少了一次告警：{self._about(one)}，{_span(one)}，最高“{LEVEL_TITLES[one.level]}”；{after}"

    def moved(self, old: Decision, new: Decision, shifts: Sequence[tuple[Level | None, datetime, datetime]]) -> str:
        """A decision that came at another time."""
        day = _day(old.start)
        return f"{self._about(new)}，{day}：" + "；".join(_shift(day, *shift) for shift in shifts)

    def levelled(self, old: Decision, new: Decision) -> str:
        """A decision whose highest level changed."""
        verb = "升为" if new.level.rank > old.level.rank else "降为"
        levels = f"“{LEVEL_TITLES[old.level]}”{verb}“{LEVEL_TITLES[new.level]}”"
        return f"{self._about(new)}，{_day(old.start)}：最高等级由{levels}"

    def _about(self, one: Decision) -> str:
        return f"{one.brand}·{CATEGORY_TITLES[one.category]}，规则“{self._title(one.rule)}”"

    def _title(self, rule: str) -> str:
        return self.rules[rule].title if rule in self.rules else rule

    def _beside(self, one: Decision, beside: Sequence[Decision], some: str, none: str) -> str:
        loudest: dict[str, Level] = {}
        for other in beside:
            loudest[other.rule] = max(other.level, loudest.get(other.rule, other.level), key=lambda level: level.rank)
        named = [f"{self._other(rule, one)}（{LEVEL_TITLES[level]}）" for rule, level in sorted(loudest.items())]
        return some.format("、".join(named)) if named else none

    def _other(self, rule: str, one: Decision) -> str:
        """Another rule; one of the same title is told by its id."""
        return f"“{rule if self._title(rule) == self._title(one.rule) else self._title(rule)}”"


def _shift(day: str, level: Level | None, old: datetime, new: datetime) -> str:
    what = f"“{LEVEL_TITLES[level]}”" if level else "首次告警"
    word, gap = ("早", old - new) if new < old else ("晚", new - old)
    moments = f"{_clock(old)} → {_clock(new)}"
    if _day(old) == _day(new) == day:
        moments = f"{_local(old):%H:%M} → {_local(new):%H:%M}"
    return f"{what}{word} {_long(int(gap.total_seconds()) // 60)}（{moments}）"


def _long(minutes: int) -> str:
    """`25 分钟`, `3 小时 5 分钟`, `1 天 2 小时`."""
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    parts = ((days, "天"), (hours, "小时"), (left, "分钟"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "不到 1 分钟"


def _span(one: Decision) -> str:
    start, end = _local(one.start), _local(one.end)
    if start == end:
        return _clock(start)
    return f"{_clock(start)} 至 {end:%H:%M}" if start.date() == end.date() else f"{_clock(start)} 至 {_clock(end)}"


def _day(moment: datetime) -> str:
    return f"{_local(moment):%m-%d}"


def _clock(moment: datetime) -> str:
    return f"{_local(moment):%m-%d %H:%M}"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(CHINA)
