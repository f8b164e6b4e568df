"""What a person wrote into a draft by hand: numbers, dates, promises, names in it must be in the register.

Crude on purpose: it flags too much rather than too little, and a flagged edit can always be worded with a fact instead.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from engine.model import Fact, FactStatus

_NUMERALS: Final = "〇零一二三四五六七八九十百千万亿两半几数"
_UNITS: Final = "元块角分人名位户笔条起次个件家成倍折期天日月年周号点时小分钟秒岁万亿%％‰"
_NUMBER: Final = re.compile(
    rf"\d[\d,.:：/%％‰-]*|近?[{_NUMERALS}]+(?:余|多)?(?=[{_UNITS}])|百分之[{_NUMERALS}]+|半数|多数|大半|过半"
)
_PROMISE: Final = re.compile(
    r"保证|承诺|确保|一定(?:会|要)|绝不|绝对|必将|全额|赔偿|赔付|退还|退款|免除|终身|永久|百分百|零容忍|属实|承认|违法|违规"
)
_NAME: Final = re.compile(
    r"[《“「]([^》”」]{1,30})[》”」]|([\w]{2,12}(?:公司|银行|集团|平台|监管局|金融办|公安局|人民银行|法院|消保委|协会))"
)


def human_fault(text: str, register: Sequence[Fact]) -> str | None:
    """What an edited span says that no confirmed fact carries, in Chinese; None when there is nothing."""
    if any(unicodedata.category(char)[0] == "C" and char != "\n" for char in text):
        return "含有控制字符"
    known = unicodedata.normalize(
        "NFKC", "\n".join(fact.value for fact in register if fact.status is FactStatus.confirmed)
    )
    folded = unicodedata.normalize("NFKC", text)
    for kind, pattern in (("数字或日期", _NUMBER), ("承诺或定性", _PROMISE), ("名称", _NAME)):
        for match in pattern.finditer(folded):
            words = next((group for group in match.groups() if group), match.group())
            if not _known(words, known):
                return f"人工修改含有未登记的{kind}：“{words}”"
    return None


def _known(words: str, known: str) -> bool:
    """Whether a fact says it; a number must not be a piece of a longer one."""
    if not words[0].isdigit():
        return words in known
    return re.search(rf"(?<![\d.,]){re.escape(words)}(?![\d]|[.,]\d)", known) is not None
