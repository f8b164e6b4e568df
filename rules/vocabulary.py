"""Every fact a rule may name: type, unit, range and its meaning in Chinese.

The engine computes exactly these facts for a (realm, brand, category) at a moment; a rule that names
anything else is refused by the loader. Values are quantised to `step` before any rule sees them, so that
the rule engine and the plain evaluator compare the same fixed-point numbers.
"""

from typing import Final

from rules.categories import CATEGORY_TITLES, LEVEL_TITLES, Category, Level
from rules.fact_spec import WINDOWS, FactSpec, FactType, FactValue

__all__ = [
    "AT_MOST",
    "CATEGORY_TITLES",
    "CHOICE_TITLES",
    "HARM_WORDS",
    "LEVEL_TITLES",
    "VOCABULARY",
    "WINDOWS",
    "Category",
    "FactSpec",
    "FactType",
    "FactValue",
    "Level",
]


def _count(name: str, title: str, meaning: str, unit: str = "条", maximum: float = 10_000_000) -> FactSpec:
    return FactSpec(name, FactType.integer, unit, title, meaning, maximum=maximum)


_AUTHOR_KINDS: Final = {"personal": "个人", "media": "媒体", "official": "官方账号", "regulator": "监管机构"}
_MENTION_KINDS: Final = {
    "post": "帖子",
    "comment": "评论",
    "complaint": "投诉",
    "article": "文章",
    "hot_search": "热搜",
    "inquiry": "采访或问询",
}
CHOICE_TITLES: Final[dict[str, str]] = {**_AUTHOR_KINDS, **_MENTION_KINDS}

HARM_WORDS: Final = (
    "轻生", "自杀", "自尽", "自残", "割腕", "跳楼", "跳河", "跳江", "坠楼", "坠亡", "上吊", "烧炭", "喝农药",
    "寻短见", "遗书", "活不下去", "不想活", "身亡", "致死", "打伤", "打断", "殴打", "致伤", "重伤", "轻伤", "流产",
)  # fmt: skip
"""Words that say that somebody was hurt or is about to be; what often only excuses a late payment is left out."""

_SPECS: Final[tuple[FactSpec, ...]] = (
    *(
        _count(f"negative_count_{key}", f"{label}负面提及", f"最近{label}内属于该类别的负面提及条数")
        for key, label in WINDOWS.items()
    ),
    *(
        _count(
            f"unique_authors_{key}", f"{WINDOWS[key]}发声账号", f"最近{WINDOWS[key]}内发出负面提及的不同账号数", "个"
        )
        for key in ("1h", "24h")
    ),
    _count("original_count_24h", "24小时独立内容", "最近24小时内互不雷同的负面内容数（转抄同一段文字只算一次）"),
    _count("severe_count_24h", "24小时严重提及", "最近24小时内单条判为严重的负面提及条数"),
    _count("media_count_24h", "24小时媒体发声", "最近24小时内媒体账号的负面提及条数"),
    _count("official_count_24h", "24小时官方发声", "最近24小时内政务、警方、法院等官方账号的负面提及条数"),
    _count("regulator_count_24h", "24小时监管发声", "最近24小时内监管机构账号的提及条数"),
    _count("platforms_24h", "24小时涉及平台", "最近24小时内出现负面提及的平台数", "个", 1000),
    _count("mention_count_24h", "24小时全部提及", "最近24小时内该品牌的全部提及条数（不分类别与正负）"),
    _count("reposts_1h", "1小时新增转发", "最近1小时内该类别负面提及新增的转发数", "次", 1e9),
    _count("active_days_7d", "7天活跃天数", "最近7天中出现负面提及的天数，用来看慢热积累", "天", 8),
    FactSpec(
        "negative_share_24h",
        FactType.number,
        "比例",
        "24小时负面占比",
        "该类别负面提及占该品牌全部提及的比例",
        maximum=1,
        step=0.001,
    ),
    FactSpec(
        "baseline_1h",
        FactType.number,
        "条/小时",
        "平日基线",
        "之前6天（不含最近24小时）平均每小时的负面提及条数",
        maximum=1e6,
        step=0.01,
    ),
    FactSpec(
        "growth_1h",
        FactType.number,
        "倍",
        "1小时增长",
        "最近1小时负面提及与平日基线之比（两边各加1，避免小数失真）",
        maximum=1e6,
        step=0.01,
    ),
    FactSpec(
        "growth_24h",
        FactType.number,
        "倍",
        "24小时增长",
        "最近24小时负面提及与平日每天条数之比（两边各加1）",
        maximum=1e6,
        step=0.01,
    ),
    FactSpec(
        "heat",
        FactType.number,
        "分",
        "热度",
        "传播量与互动量按6小时半衰期衰减后的对数分，每多10分约为10倍",
        maximum=120,
        step=0.01,
    ),
    FactSpec(
        "top_heat_24h",
        FactType.number,
        "分",
        "单条最高热度",
        "最近24小时内单条负面提及的最高热度（不衰减）",
        maximum=120,
        step=0.01,
    ),
    FactSpec(
        "hot_search_rank_24h",
        FactType.integer,
        "位",
        "热搜最高排名",
        "最近24小时内相关热搜词的最高排名，没有上榜时无值",
        1,
        1000,
        nullable=True,
    ),
    FactSpec(
        "trigger_negativity",
        FactType.number,
        "0-1",
        "本条负面度",
        "刚到达的这一条提及的负面程度",
        maximum=1,
        step=0.001,
        nullable=True,
    ),
    FactSpec(
        "trigger_certainty",
        FactType.number,
        "0-1",
        "本条归类把握",
        "判断刚到达的这一条属于该类别的把握；类别由监测工具给出时无值",
        maximum=1,
        step=0.001,
        nullable=True,
    ),
    FactSpec(
        "trigger_harm_words",
        FactType.integer,
        "个",
        "本条伤害用词",
        f"刚到达的这一条提及里有几个说到伤亡或自伤的词（{'、'.join(HARM_WORDS)}）",
        maximum=len(HARM_WORDS),
        nullable=True,
    ),
    FactSpec(
        "trigger_severity",
        FactType.integer,
        "0-3",
        "本条严重度",
        "刚到达的这一条提及的严重程度：0无、1轻微、2中等、3严重",
        0,
        3,
        nullable=True,
    ),
    FactSpec(
        "trigger_followers",
        FactType.integer,
        "人",
        "本条粉丝数",
        "刚到达的这一条提及的作者粉丝数",
        maximum=2e9,
        nullable=True,
    ),
    FactSpec(
        "trigger_author_kind",
        FactType.text,
        "",
        "本条作者类型",
        "刚到达的这一条提及的作者类型",
        nullable=True,
        choices=tuple(_AUTHOR_KINDS),
    ),
    FactSpec(
        "trigger_kind",
        FactType.text,
        "",
        "本条提及类型",
        "刚到达的这一条提及的类型",
        nullable=True,
        choices=tuple(_MENTION_KINDS),
    ),
)

VOCABULARY: Final[dict[str, FactSpec]] = {spec.name: spec for spec in _SPECS}

AT_MOST: Final[tuple[tuple[str, str], ...]] = (
    *(
        (f"negative_count_{key}", f"negative_count_{longer}")
        for key, longer in zip(list(WINDOWS), list(WINDOWS)[1:], strict=False)
    ),
    ("unique_authors_1h", "negative_count_1h"),
    ("unique_authors_1h", "unique_authors_24h"),
    *(
        (f"{name}_24h", "negative_count_24h")
        for name in (
            "unique_authors",
            "original_count",
            "severe_count",
            "media_count",
            "official_count",
            "regulator_count",
            "platforms",
        )
    ),
    ("negative_count_24h", "mention_count_24h"),
    ("active_days_7d", "negative_count_7d"),
)
"""Pairs of counts of which the first is never above the second; lint reasons with them."""
