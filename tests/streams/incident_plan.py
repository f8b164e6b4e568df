"""What is planned to happen in the diffusion stream: brands, onsets and sizes. Brand names come from the data."""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

START = datetime(2019, 7, 1, tzinfo=timezone(timedelta(hours=8)))
DAYS = 9

_FRAUD = re.compile(
    "诈骗|非法集资|非法吸收|套路贷|传销|立案|庞氏|骗|假标|自融|犯罪|刑事|黑社会|涉黑|洗钱|洗黑钱|嫌疑|嫌犯|抓捕|逮捕"
)
_FUNDS = re.compile("逾期|提现|兑付|清盘|展期|跑路|失联|回款|血汗钱|还钱|还我|本息|到期|雷|清退|退出|挤兑|还款|资金链")
_SOUR = re.compile(
    "曝光|维权|投诉|处罚|罚|违规|违法|催收|高利|起诉|诉讼|亏|跌|裁员|倒闭|警方|公安|风险|黑|坑|泄露|报案|举报|崩|垃圾|利息|冻结|质押"
)
_BESIDE = re.compile("警|公安|经侦|报案|股东|高管|法人|董事|总裁|CEO|裁员|注销|监管|罚|虚假|系统|崩|打不开")
"""Words that draw a fund-safety text into further categories."""


@dataclass(frozen=True)
class Incident:
    """One planned incident: how many mentions in how many hours, its busiest hour, and what lifts it further.

    `viral_reposts` grows the first post's own counts; `media_at` are numbers of mentions by media accounts;
    `level_count` is the mentions within an hour that the level needs (0: its reposts decide).
    """

    brand: str
    category: str
    level: str
    begins: datetime
    mentions: int
    hours: int
    busiest_hour: int
    level_count: int
    tolerance_minutes: int
    aliases: tuple[str, ...] = ()
    media_at: tuple[int, ...] = ()
    hot_search_after: int | None = None
    keyword: str = ""
    viral_reposts: int = 0

    def reached(self, arrivals: Iterable[tuple[datetime, dict[str, Any]]]) -> datetime:
        """When the level's count is reached; for a viral post, when its reposts are."""
        within: deque[datetime] = deque()
        seen: set[str] = set()
        for moment, record in arrivals:
            if self.viral_reposts and record["engagement"]["reposts"] >= 200:
                return moment
            if record["id"] not in seen:
                seen.add(record["id"])
                within.append(moment)
            while within[0] <= moment - timedelta(hours=1):
                within.popleft()
            if self.level_count and len(within) >= self.level_count:
                return moment
        raise ValueError(f"the plan for {self.brand} never reaches its level")


def _day(number: int, hour: int) -> datetime:
    return START + timedelta(days=number - 1, hours=hour)


INCIDENTS = (
    Incident(
        "小资钱包", "fraud_illegal", "high", _day(5, 9), mentions=150, hours=10, busiest_hour=48, level_count=30,
        tolerance_minutes=90, media_at=(6, 11, 16),
        aliases=(
            "资易贷", "资易贷（北京）金融信息服务有限公司", "资易贷金融信息服务有限公司", "北京资易贷",
            "北京资易贷金融信息服务有限公司", "(北京)资易贷金融信息服务有限公司", "资易贷（北京）信息金融服务有限公司",
        ),
    ),
    Incident(
        "壹佰金融", "fund_safety", "high", _day(7, 14), mentions=110, hours=8, busiest_hour=42, level_count=30,
        tolerance_minutes=90, hot_search_after=25, keyword="壹佰金融逾期无法兑付", aliases=("壹佰金",),
    ),
    Incident(
        "红岭创投", "fund_safety", "medium", _day(6, 10), mentions=70, hours=12, busiest_hour=20, level_count=12,
        tolerance_minutes=120, aliases=("红岭控股", "投资宝"),
    ),
    Incident(
        "易贷金融", "fraud_illegal", "medium", _day(8, 8), mentions=70, hours=12, busiest_hour=20, level_count=12,
        tolerance_minutes=120, aliases=("恒丰银行", "北京正聚源通鼎公司", "国有投资"),
    ),
    Incident(
        "宜贷网", "fraud_illegal", "medium", _day(6, 19), mentions=8, hours=12, busiest_hour=4, level_count=0,
        tolerance_minutes=120, viral_reposts=380,
        aliases=("宜贷网(沪)", "北京金领贷", "易捷金融", "摩尔龙", "摩尔龙公司", "成都易捷公司", "成都易捷", "易贷网"),
    ),
    Incident(
        "唐小僧", "fund_safety", "low", _day(8, 15), mentions=16, hours=10, busiest_hour=7, level_count=5,
        tolerance_minutes=180, aliases=("资邦",),
    ),
)  # fmt: skip

QUIET_BRANDS = (
    "京东白条", "京东金融", "小额贷", "蚂蚁花呗", "中国平安", "消费金融", "期市盈家", "微交易", "paypal", "中国支付通",
    "陆金所", "优财网", "拉卡拉", "中国人寿", "招商银行", "百度有钱花", "小微金融", "工商银行", "微粒贷", "京东众筹",
    "融360", "360金融", "玖富", "宜信", "平安银行", "京东商城",
)  # fmt: skip

ADVERTISED = {"京东白条", "蚂蚁花呗", "京东商城"}
"""Brands whose texts are nearly all cash-out advertisements: spam, but no accusation."""


def speaks_quietly(text: str, brand: str) -> bool:
    """Whether a text about a quiet brand accuses nobody: advertisements may speak of cashing out."""
    return not _FRAUD.search(text) if brand in ADVERTISED else fits(text, "none")


def fits(text: str, category: str) -> bool:
    """Whether a text clearly belongs to a category by its words: one kind of accusation and not the other.

    "none" is a text without any word of accusation.
    """
    fraud, funds = bool(_FRAUD.search(text)), bool(_FUNDS.search(text))
    if category == "fraud_illegal":
        return fraud and not funds
    if category == "fund_safety":
        return funds and not fraud and not _BESIDE.search(text)
    return not fraud and not funds and not _SOUR.search(text)
