"""Which facts of a register a draft may state, and which values are never written down at all.

A value is taken verbatim or not at all. Values come from departments and, by way of extraction, from strangers, so one
that could carry a sentence, markup, an address, a phone number or an instruction is refused rather than cleaned: a
cleaned value is one that nobody confirmed.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from engine.drafting.numerals import DIGITS
from engine.drafting.numerals import folded as folded_numerals
from engine.model import Fact, FactStatus
from knowledge.schema import FACT_TITLES, PLURAL_KEYS, FactKey

SHORT, LONG = 24, 80
_LONG_KEYS: Final = frozenset({FactKey.cause, FactKey.measure, FactKey.remedy, FactKey.document, FactKey.data_kinds})
_MIDDLE_KEYS: Final = frozenset({FactKey.complaint, FactKey.company, FactKey.authority, FactKey.partner})
MAX_ITEMS: Final = 10
"""As many values a part that is repeated for each goes through."""
_MAX_JOINED: Final = 3
ATTRIBUTABLE: Final = frozenset({FactKey.complaint, FactKey.platform})
_SAID_BEFORE: Final = re.compile(r"反映|投诉|网传|据称|提到|反馈|留言|发帖|讨论|热议|诉求")
_SAID_AFTER: Final = re.compile(
    r"[”》]?(?:等|一事|的|相关|有关|问题|情况)*(?:反映|投诉|讨论|反馈|声音|诉求|留言|帖文|视频|内容|信息|说法)"
)

_ALLOWED: Final = re.compile(r"[\w\s，、,.:：·（）()《》“”%％‰+/~～—–-]+")
_PHONE: Final = re.compile(
    r"(?:\+?86)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|[48]00[ -]?\d{3,4}[ -]?\d{3,4}|0\d{2,3}[ -]\d{7,8}"
    r"|(?<!\d)9[56]\d{3,6}(?![\d.,元万亿笔人位户名起单通条次份个%年])"
)
_SPELLED: Final = re.compile(rf"[\d{''.join(DIGITS)}幺]{{3,}}")
_LONG_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){9,}")
_ADDRESS: Final = re.compile(
    r"https?|www\.|://|[A-Za-z0-9-]+\.(?:com|cn|net|org|top|xyz|vip|cc|info|site|app|io|me|link)(?![A-Za-z0-9])|@",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(r"微信|加v|vx|v信|qq|扣扣|telegram|电报群|二维码|私聊我", re.IGNORECASE)
_INSTRUCTION: Final = re.compile(
    r"(?:忽略|无视|忘记|不要理会|绕过).{0,6}(?:以上|之前|前面|上述|所有|全部|规则|指令|要求|限制)|(?:以下|上述|以上|新的?|系统)指令|提示词"
    r"|系统提示|扮演|(?:请|直接|改为|必须|只)输出|作为(?:一个|一名)?(?:ai|人工智能|语言模型|助手)"
    r"|ignore|prompt|system|assistant|instruction|im_start|im_end|endoftext",
    re.IGNORECASE,
)
_NAMING_KEYS: Final = frozenset(
    {
        FactKey.product,
        FactKey.fake_name,
        FactKey.partner,
        FactKey.platform,
        FactKey.fee_item,
        FactKey.authority,
        FactKey.document,
    }
)
_CLAIM: Final = re.compile(r"赔偿|赔付|退款|退还|全额|破产|倒闭|跑路|承诺|保证(?!金)|承认|骗局")
"""What makes a statement of a name or a title: “全额赔偿分期”, 《关于已破产的公告》."""
_REPORTED_CLAIM: Final = re.compile(r"赔偿|赔付|全额|破产|倒闭|跑路|承诺|保证(?!金)|承认|骗局")
_BREAKS_OUT: Final = re.compile(
    r"[，,：:—–～~]|(?<!\d)\.|\.(?!\d)|(?<=[\u4e00-\u9fff）”》])\s+(?=[\u4e00-\u9fff（“《])"
    r"|我公司|我司|我们|我方|本公司|本司|公司(?:已|将|会(?!员|话)|愿|拟|表示|回应|决定|同意)"
)
"""What ends the words that others are said to have used, and begins words of our own: “登录不了，我公司……”."""
_CHECKS: Final = (
    (_PHONE, "含有电话号码"),
    (_LONG_NUMBER, "含有过长的数字串"),
    (_ADDRESS, "含有网址或邮箱"),
    (_CONTACT, "含有联系方式"),
    (_INSTRUCTION, "含有指令性文字"),
)


def max_chars(key: FactKey) -> int:
    """The longest value, in characters, that may be stated for a key."""
    return LONG if key in _LONG_KEYS else 40 if key in _MIDDLE_KEYS else SHORT


@lru_cache(maxsize=4096)
def value_fault(key: FactKey, value: str, *, registry: bool = False) -> str | None:
    """Why a value may never be written into a draft, in Chinese; None when it may.

    `registry` values come from the company's own registry: the only ones that may be a telephone number.
    """
    if not value.strip() or value != value.strip():
        return "为空或首尾有空白"
    if len(value) > max_chars(key):
        return f"超过 {max_chars(key)} 字"
    if any(unicodedata.category(char)[0] == "C" for char in value) or len(value.splitlines()) > 1:
        return "含有控制字符或换行"
    folded = unicodedata.normalize("NFKC", value)
    if not (_ALLOWED.fullmatch(value) and _ALLOWED.fullmatch(folded)):
        return "含有不允许的符号（标记、句末标点等）"
    if any(_is_foreign(char) for char in folded):
        return "含有外文字母，可能与常用字混淆"
    if registry and key is FactKey.hotline:
        return None if re.fullmatch(r"[\d\s()（）转-]{5,24}", value) else "不是电话号码"
    if key in _NAMING_KEYS and _CLAIM.search(folded):
        return "名称中含有承诺或定性的说法"
    spelled = _with_digits(folded)
    return next((reason for pattern, reason in _CHECKS if pattern.search(folded) or pattern.search(spelled)), None)


def reported_fault(value: str) -> str | None:
    """Why a value that nobody confirmed may not be told as what others report, in Chinese; None when it may.

    It stands within “有用户反映……”, so it must not leave that: no clause of its own, nobody else speaking, no promise.
    """
    folded = unicodedata.normalize("NFKC", value)
    if _BREAKS_OUT.search(folded):
        return "尚未确认，只能作为他人反映的一个短语转述：不能含有逗号、冒号，也不能替公司说话"
    return "尚未确认，且含有承诺或定性的说法" if _REPORTED_CLAIM.search(folded) else None


def _with_digits(text: str) -> str:
    """四零零八八八一二三四 as 4008881234: numbers told digit by digit, however they are written."""
    plain = folded_numerals(text).text
    return _SPELLED.sub(
        lambda run: "".join(str(DIGITS.get(char, char)) for char in run.group().replace("幺", "一")), plain
    )


def _is_foreign(char: str) -> bool:
    """A letter that is neither Latin nor Chinese: Cyrillic and others have letters that look like ours."""
    return char.isalpha() and not char.isascii() and not unicodedata.name(char, "").startswith("CJK")


def contacts_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a text has a telephone number, an address, a contact or a machine's instruction, and which (Chinese)."""
    for pattern, reason in _CHECKS:
        yield from ((*hit.span(), reason) for hit in pattern.finditer(text))


def refuse_reason(fact: Fact) -> str | None:
    """Why a register entry may not take part in any draft, in Chinese; None when it may."""
    if fact.key not in FactKey.__members__:
        return "事实键未定义"
    if fact.status is FactStatus.confirmed and fact.source.kind != "registry" and not fact.confirmed_by:
        return "标为已确认，但没有确认人"
    fault = value_fault(FactKey(fact.key), fact.value, registry=fact.source.kind == "registry")
    if fault is None and fact.key in ATTRIBUTABLE and fact.status is FactStatus.reported:
        return reported_fault(fact.value)
    return fault


@dataclass(frozen=True, slots=True)
class Stated:
    """What a draft may say for a key: the words, the ids of the facts they come from, whether only as reported."""

    text: str
    ref: str
    reported: bool


def stated(register: Sequence[Fact], key: FactKey, *, as_reported: bool) -> Stated | None:
    """What may be said for `key`: confirmed facts, or with `as_reported` the first reported one; None to be verified.

    Different confirmed values are joined where a key can have several, and are a contradiction where it cannot.
    """
    usable = [fact for fact in register if fact.key == key and refuse_reason(fact) is None]
    confirmed = _distinct([fact for fact in usable if fact.status is FactStatus.confirmed])
    if confirmed:
        if len(confirmed) > 1 and key not in PLURAL_KEYS:
            return None
        chosen = confirmed[:_MAX_JOINED]
        return Stated("、".join(fact.value for fact in chosen), ",".join(fact.id for fact in chosen), reported=False)
    reported = [fact for fact in usable if fact.status is FactStatus.reported]
    if not (as_reported and key in ATTRIBUTABLE and reported):
        return None
    return Stated(reported[0].value, reported[0].id, reported=True)


def items(register: Sequence[Fact], key: FactKey) -> tuple[Stated, ...]:
    """Each confirmed value of `key` by itself, in the order of the register; none while nothing may be stated."""
    usable = [fact for fact in register if fact.key == key and fact.status is FactStatus.confirmed]
    distinct = _distinct([fact for fact in usable if refuse_reason(fact) is None])
    return tuple(Stated(fact.value, fact.id, reported=False) for fact in distinct[:MAX_ITEMS])


def _distinct(facts: list[Fact]) -> list[Fact]:
    seen: dict[str, Fact] = {}
    for fact in facts:
        seen.setdefault(fact.value, fact)
    return list(seen.values())


def attributed(key: FactKey, before: str, after: str) -> bool:
    """Whether the words of a sentence around a fact say that it is what others report.

    “有用户反映……” before it, or “……的讨论” right after it. A platform is where others speak, so for it either will do
    anywhere in the sentence.
    """
    if key is FactKey.platform:
        return _SAID_BEFORE.search(before + after) is not None
    return key in ATTRIBUTABLE and (_SAID_BEFORE.search(before) or _SAID_AFTER.match(after)) is not None


def unresolved_mark(keys: Sequence[FactKey]) -> str:
    """The mark that stands where nothing confirmed can: 【待核实：涉及金额】."""
    return f"【待核实：{'、'.join(FACT_TITLES[key] for key in keys)}】"
