"""How things read on a page: times, levels, conditions, sizes. Pure functions, Chinese output."""

from datetime import datetime, timedelta, timezone
from typing import Final

from markupsafe import Markup, escape

from retrieval.results import Highlight, Hit

CHINA: Final = timezone(timedelta(hours=8), "CST")

SEVERITY_TITLES: Final = {"none": "无", "low": "轻微", "medium": "中等", "high": "严重"}
AUTHOR_TITLES: Final = {"personal": "个人", "media": "媒体", "official": "官方", "regulator": "监管"}
KIND_TITLES: Final = {
    "post": "帖子",
    "comment": "评论",
    "complaint": "投诉",
    "article": "文章",
    "hot_search": "热搜",
    "inquiry": "问询",
}
STATUS_TITLES: Final = {"open": "进行中", "calmed": "已缓和", "closed": "已关闭", "merged": "已并入"}
FACT_STATUS_TITLES: Final = {"confirmed": "已确认", "reported": "待确认", "disputed": "有争议"}
SOURCE_TITLES: Final = {"mention": "提及", "department": "部门", "document": "文件", "registry": "登记信息"}
ORIGIN_TITLES: Final = {
    "literal": "模板原文",
    "fact": "事实",
    "choice": "获准措辞",
    "prose": "获准句式",
    "human": "人工改写",
    "unresolved": "待核实",
}
DRAFT_STATUS_TITLES: Final = {"draft": "未提交", "submitted": "待审批", "approved": "已批准", "returned": "已退回"}


def absolute(moment: datetime, now: datetime | None = None) -> str:
    """Chinese time of day with the date; the year only when it differs from now's."""
    local = moment.astimezone(CHINA)
    same_year = now is not None and now.astimezone(CHINA).year == local.year
    return local.strftime("%m-%d %H:%M" if same_year else "%Y-%m-%d %H:%M")


def relative(moment: datetime, now: datetime) -> str:
    """`3分钟前`, `2小时后`; days from two days on."""
    seconds = (moment - now).total_seconds()
    amount = abs(seconds)
    if amount < 60:
        return "刚刚" if seconds <= 0 else "马上"
    ending = "前" if seconds < 0 else "后"
    if amount < 3600:
        return f"{int(amount // 60)}分钟{ending}"
    if amount < 2 * 86400:
        return f"{int(amount // 3600)}小时{ending}"
    return f"{int(amount // 86400)}天{ending}"


def remaining(due: datetime, now: datetime) -> str:
    """How much time a task has left, or by how much it is late."""
    seconds = (due - now).total_seconds()
    return f"还剩{_length(seconds)}" if seconds >= 0 else f"已超时{_length(-seconds)}"


def urgency(due: datetime, now: datetime) -> str:
    """CSS class of a deadline: late, soon (within 30 minutes) or nothing."""
    seconds = (due - now).total_seconds()
    return "late" if seconds < 0 else "soon" if seconds < 1800 else ""


def _length(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{max(minutes, 1)}分钟"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours}小时{rest}分" if rest and hours < 10 else f"{hours}小时"
    return f"{minutes // 1440}天"


def minutes(count: int) -> str:
    """A span of time: `30分钟`, `4小时`, `2天`."""
    if count % 1440 == 0:
        return f"{count // 1440}天"
    return f"{count // 60}小时" if count % 60 == 0 else f"{count}分钟"


def amount(value: float) -> str:
    """A count; ten thousands as 万."""
    return f"{value / 10_000:.1f}".rstrip("0").rstrip(".") + "万" if value >= 10_000 else f"{value:g}"


def percent(value: float) -> str:
    """A score of 0-1 as a percentage without decimals."""
    return f"{value * 100:.0f}%"


def marked(part: Highlight, room: int = 110) -> Markup:
    """A part of an entry, at most `room` characters from shortly before its first marked word, with the words of the
    query marked.
    """
    first = part.spans[0][0] if part.spans else 0
    begin = 0 if len(part.text) <= room else max(0, min(first - room // 4, len(part.text) - room))
    end = min(len(part.text), begin + room)
    pieces, at = [escape("…" if begin else "")], begin
    for start, stop in ((max(a, begin), min(b, end)) for a, b in part.spans if a < end and b > begin):
        pieces += [escape(part.text[at:start]), Markup("<mark>{}</mark>").format(part.text[start:stop])]
        at = stop
    return Markup("").join([*pieces, escape(part.text[at:end]), "…" if end < len(part.text) else ""])


def marked_title(hit: Hit) -> Markup:
    """A hit's title with the words of the query marked where it was found by its title."""
    found = next((part for part in hit.highlights if part.text == hit.title), None)
    return escape(hit.title) if found is None else marked(found, len(hit.title))


def spoken(hit: Hit) -> Highlight | None:
    """The part of a hit, other than its title, that says most in the words of the query."""
    return next((part for part in hit.highlights if part.spans and part.text != hit.title), None)
