"""Dates that a text names, and when an outage began and ended, reckoned from when the text was published."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from engine.drafting.numerals import value_of
from knowledge.schema import FactKey

Said = tuple[FactKey, str]

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_OLDEST_DAYS: Final = 400
_DATE: Final = re.compile(r"(?:(20\d\d)年)?(?<!\d)(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])[日号]")

_DAYS_BACK: Final = {"今": 0, "当": 0, "昨": 1, "前": 2}
_LATE: Final = frozenset({"下午", "傍晚", "晚上", "晚", "夜里", "夜"})
_HOURS, _MINUTES, _NOON, _MIDNIGHT_PARTS = 24, 60, 12, frozenset({"凌晨", "半夜"})
_N: Final = r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3})"
_CLOCK: Final = re.compile(
    r"(?:(?:(?P<month>\d{1,2})月)?(?P<date>\d{1,2})[日号]|(?P<day>[今昨前当])(?:天|日|(?=[早晨晚夜])))?[，, ]?"
    r"(?P<part>凌晨|清晨|早上|早晨|早|晨|上午|中午|下午|傍晚|晚上|晚|夜里|夜|半夜)?"
    rf"(?<![\d有差])(?P<hour>{_N})(?::(?P<minutes>\d\d)|[点时](?!间|候|刻|评)(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_N})分?|钟|整)?)"
    r"(?P<about>多|左右|前后|许)?"
)
_TROUBLE: Final = (
    r"(?:登|打|进|连|付|还|扣|刷)不(?:上|开|进|去|了|出|动)|登录|崩|宕机|瘫痪|白屏|闪退|故障|异常|报错|繁忙"
    r"|卡|失败|无法|用不了|转圈|中断|挂了|没反应|超时"
)
_STARTS: Final = re.compile(
    rf"(?!还是|还在|仍|依然|也)(?:起|开始|就|后|以后|左右|前后|许)?[^。！？\n]{{0,16}}?(?:{_TROUBLE})"
)
_ENDS_AFTER: Final = re.compile(
    r"(?:左右|前后|许|才|就|已|已经|终于|全面|陆续|逐步|，|后|分)*[^。！？\n，]{0,6}?(?:恢复|好了|修好|修复|正常了|能用了|能登|登上了|可以登)"
)
_NOT_YET: Final = re.compile(r"(?:没|未|还没|仍未|尚未|不能|预计|将|何时|什么时候)[^，。]{0,6}$")
_UNTIL: Final = re.compile(r"(?:直到|一直到|到|至|持续到)$")


def dates_said(text: str, published: date) -> Iterator[Said]:
    """Dates written out; a missing year is the latest one that does not lie after the text."""
    for year, month, day in _DATE.findall(text):
        found = _date(int(year), month, day) if year else _latest(published, month, day)
        if found is not None and published - timedelta(days=_OLDEST_DAYS) <= found <= published:
            yield FactKey.event_date, f"{found.year}年{found.month}月{found.day}日"


def outage_times_said(text: str, published: datetime) -> Iterator[Said]:
    """When a text says that trouble began and when it was over; a time that lies after the text, or could be in the
    morning as well as in the evening, is none.
    """
    local = published.astimezone(SHANGHAI)
    before: datetime | None = None
    for found in _CLOCK.finditer(text):
        moment = _moment(found, before, local)
        if moment is None:
            continue
        before = moment
        key = _role(text, found)
        if key is not None:
            yield key, _worded(moment, about=found["about"] is not None)


def _role(text: str, found: re.Match[str]) -> FactKey | None:
    before, after = text[max(0, found.start() - 6) : found.start()], text[found.end() : found.end() + 40]
    ended = _ENDS_AFTER.match(after)
    if ended is not None:
        return None if _NOT_YET.search(before) or re.search("没|未|不能|预计", ended.group()) else FactKey.outage_end
    if _UNTIL.search(before):
        return None
    return FactKey.outage_start if _STARTS.match(after) else None


def _day_of(found: re.Match[str], published: date) -> date | None:
    if found["day"]:
        return published - timedelta(days=_DAYS_BACK[found["day"]])
    if found["date"]:
        month = found["month"] or str(published.month)
        return _latest(published, month, found["date"])
    return None


def _moment(found: re.Match[str], before: datetime | None, local: datetime) -> datetime | None:
    """The moment of a time: on its own day, else after the time that was told last, else on the day of the text."""
    hour, minute = _clock(found)
    if hour is None or minute is None or hour >= _HOURS or minute >= _MINUTES:
        return None
    day = _day_of(found, local.date())
    moment = datetime.combine(day or (before or local).date(), time(hour, minute), local.tzinfo)
    open_ = hour < _NOON and found["part"] is None
    if day is None and before is not None and moment < before:
        moment += timedelta(hours=_NOON) if open_ and moment + timedelta(hours=_NOON) > before else timedelta(days=1)
    elif open_ and before is None and found["minutes"] is None and moment + timedelta(hours=_NOON) <= local:
        return None
    return moment if moment <= local else None


def _clock(found: re.Match[str]) -> tuple[int | None, int | None]:
    read = value_of(found["hour"])
    hour = None if read is None else int(read)
    part = found["part"] or ""
    if hour is not None and hour < _NOON and (part in _LATE or (part == "中午" and hour < _NOON - 1)):
        hour += _NOON
    if hour == _NOON and part in _MIDNIGHT_PARTS:
        hour = 0
    if found["half"]:
        return hour, 30
    if found["quarter"]:
        return hour, 15 if found["quarter"] == "一" else 45
    said = value_of(found["minutes"] or found["minute"] or "0")
    return hour, None if said is None else int(said)


def _worded(moment: datetime, *, about: bool) -> str:
    minute = f"{moment.minute}分" if moment.minute else ""
    return f"{moment.year}年{moment.month}月{moment.day}日{moment.hour}时{minute}{'许' if about else ''}"


def _latest(published: date, month: str, day: str) -> date | None:
    found = _date(published.year, month, day)
    return found if found is not None and found <= published else _date(published.year - 1, month, day)


def _date(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None
