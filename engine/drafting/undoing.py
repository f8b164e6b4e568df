"""Words beside a quoted fact that make another statement of it: 考虑 before a measure, 的说法有误 after it, 每名 before
a sum.

What was done, will be done or was the cause (`_DEEDS`) may only be led in and followed by words of a short list: no
list holds every way to undo a deed. Other facts may not be led in by words of doubt, nor numbers by words that
multiply or add up.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from engine.drafting.numbers import numbers_in
from engine.model import Fact
from knowledge.schema import FactKey

_Place = tuple[int, int, str]
_DEEDS: Final = frozenset({FactKey.measure, FactKey.remedy, FactKey.cause})
_CLAUSE_BEFORE: Final = re.compile(r"[^，。！？；：\n]*$")
_CLAUSE_AFTER: Final = re.compile(r"[^，。！？；：\n]*")
_LEADS: Final = (
    "我们|我司|我公司|本?公司|目前|现阶段|现|已经?|均已|业已|并|也|还|同时|同步|立即|及时|随即|第一时间|主动|接到反映后|了解情况后|接下来|下一步"
    "|对此|为此|因此|据此|后续|一是|二是|三是|和|以及|及|采取的?|措施|安排|办法|方案|是|为|包括"
)
_LEADS_OF: Final = {
    FactKey.measure: re.compile(rf"(?:{_LEADS})*"),
    FactKey.remedy: re.compile(rf"(?:{_LEADS}|将|会)*"),
    FactKey.cause: re.compile(
        rf"(?:{_LEADS}|截至|经?初步?核?查明?|查明的|初步判断|判断|出现这一情况的|原因|起因|系|因|由于|由|的)*"
    ),
}
_FOLLOWS: Final = re.compile(
    r"(?:等|的)?(?:工作|措施|安排|情况|问题|原因)?(?:所致|(?:所)?(?:引起|导致|造成|引发)(?:的)?)?(?:(?:和|并|以及).{2,})?"
)
_DOUBT_BEFORE: Final = re.compile(
    r"(?:(?:估计|预估|大概|大约|可能|或许|也许|疑似|据传|据说|听说|网传|传闻|传言|谣传|建议|考虑|打算|暂缓|推迟|假装|谎称|声称|宣称|所谓"
    r"|如果|假如|倘若|是否|能否|险些|差点|几乎|本应|应当|应该|不止|超过|误认|误以)[\w]{0,4}|[约近超逾误假恐若])$"
)
_DOUBT_AFTER: Final = re.compile(
    r"(?:这一|这个|这种|之类)?的?(?:说法|传言|传闻|谣言|消息|一说|之说|有误|不成立|不对|不准)"
)
_MULTIPLIES: Final = re.compile(
    r"每|各[名位户笔人家个]|人均|户均|笔均|均摊|平均|日均|月均|年均|单笔|单户|单人|合计|共计|总计|累计|总共|一共|共有|各自|分别|另有|另外|还有|再有|先后"
)
_REACH: Final = re.compile(r"[^，。！？；：\n]{0,12}")


def changed_facts(
    text: str, facts: Sequence[tuple[int, int, Fact]], known: Callable[[int, int], bool], before: str, after: str
) -> Iterator[_Place]:
    """Where the words beside a quoted fact change it, with the reason; `before` and `after` surround the text."""
    for start, end, fact in facts:
        lead = _first_match(_CLAUSE_BEFORE, before + text[:start])
        follow = _first_match(_CLAUSE_AFTER, text[end:] + after)
        place = (max(0, start - len(lead)), min(len(text), end + len(follow)))
        beyond = len(lead) > start or len(follow) > len(text) - end
        if (beyond or not known(*place)) and _changes(FactKey(fact.key), lead, follow):
            yield *place, f"前后的字改变了已确认的“{fact.value}”，请照抄事实，前面只用“我们已”“原因是”这类说法"


def _first_match(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group() if found else ""


def _changes(key: FactKey, lead: str, follow: str) -> bool:
    if _DOUBT_BEFORE.search(lead) or _DOUBT_AFTER.match(follow):
        return True
    return key in _DEEDS and not (_LEADS_OF[key].fullmatch(lead) and _FOLLOWS.fullmatch(follow))


def multiplied(text: str, known: Callable[[int, int], bool]) -> Iterator[_Place]:
    """Where a number is each one's, an average, a sum or one more, and no fact says so."""
    starts = {number.start: number for number in numbers_in(text)}
    for hit in _MULTIPLIES.finditer(text):
        reach = hit.end() + len(_first_match(_REACH, text[hit.end() :]))
        number = next((starts[at] for at in range(hit.start(), reach) if at in starts), None)
        if number is not None and not known(hit.start(), number.end):
            yield hit.start(), number.end, f"“{hit.group()}”改变了数字的意思，登记的事实里没有这样说"
