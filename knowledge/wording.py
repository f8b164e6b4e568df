"""Words that must not stand in the knowledge base: promises nobody can keep, real names, phone numbers."""

import re
from typing import Final

TO_COMPLETE: Final = "【待补充】"
"""What a person has still to write; an entry with it is not complete."""

PROMISES: Final = (
    "绝对",
    "保证",
    "零投诉",
    "史无前例",
    "百分之百",
    "百分百",
    "永远",
    "永不",
    "万无一失",
    "彻底杜绝",
    "绝不",
    "从未",
    "完全不存在",
    "全额赔偿",
    "无条件",
    "第一时间",
    "高度重视",
    "个别员工",
    "临时工",
    "不实谣言",
    "造谣",
    "别有用心",
)

# Short forms that also occur inside ordinary words are left out on purpose (分期乐 stays, 乐信 would hit 娱乐信息).
REAL_NAMES: Final = (
    "招联",
    "马上消费",
    "安逸花",
    "中银消费",
    "兴业消费",
    "捷信",
    "中邮消费",
    "苏宁消费",
    "海尔消费",
    "海尔消金",
    "中原消费",
    "北银消费",
    "湖北消费",
    "锦程消费",
    "长银五八",
    "哈银消费",
    "尚诚消费",
    "杭银消费",
    "晋商消费",
    "盛银消费",
    "蒙商消费",
    "金美信",
    "幸福消费",
    "阳光消费",
    "小米消费",
    "小米金融",
    "唯品富邦",
    "建信消费",
    "宁银消费",
    "南银法巴",
    "平安消费",
    "平安普惠",
    "陆金所",
    "蚂蚁",
    "花呗",
    "借呗",
    "支付宝",
    "微粒贷",
    "财付通",
    "京东",
    "白条",
    "金条",
    "度小满",
    "有钱花",
    "360借条",
    "奇富",
    "拍拍贷",
    "信也",
    "乐信科技",
    "分期乐",
    "宜人贷",
    "宜信",
    "玖富",
    "你我贷",
    "美团",
    "放心借",
    "趣店",
    "来分期",
    "小花钱包",
    "洋钱罐",
    "人人贷",
    "恒小花",
    "桔多多",
    "还呗",
    "榕树贷款",
    "众安",
    "点融",
    "红岭",
    "网信普惠",
    "爱钱进",
    "钱宝",
    "e租宝",
    "信而富",
    "360金融",
    "滴滴",
    "携程",
    "爱奇艺",
)

_PHONES: Final = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|0\d{2,3}-\d{7,8}|95\d{3})(?![\d元笔人条户万件次])"
)
_NUMERALS: Final = "二三四五六七八九十百千万亿两"
_NUMBERS: Final = re.compile(rf"[0-9０-９]+|(?:[{_NUMERALS}]|[一{_NUMERALS}]{{2,}})(?=[元笔人条户万件次天日个年%％])")
_NEGATIONS: Final = ("不", "没", "无", "未", "非", "勿", "否")
_CAUSES: Final = ("因为", "由于", "因此", "导致", "造成", "所以", "原因")


def promises(text: str) -> tuple[str, ...]:
    """Words that promise or accuse too much, or are worn out."""
    return tuple(word for word in PROMISES if word in text)


def real_names(text: str) -> tuple[str, ...]:
    """Names of real lenders and platforms of credit."""
    return tuple(name for name in REAL_NAMES if name in text)


def phone_numbers(text: str) -> tuple[str, ...]:
    """Digits that look like somebody's telephone."""
    return tuple(_PHONES.findall(text))


def numbers(text: str) -> tuple[str, ...]:
    """Digits, and Chinese numerals before a unit: a template knows no number, only the register does."""
    return tuple(_NUMBERS.findall(text))


def claims(phrase: str) -> tuple[str, ...]:
    """What a connecting phrase must not bring: a negation or a cause."""
    return tuple(word for word in (*_NEGATIONS, *_CAUSES) if word in phrase)
