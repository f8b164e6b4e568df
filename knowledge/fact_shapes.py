"""How the value of a fact must be worded so that every approved pattern reads well with it.

Patterns insert values verbatim ("我们已{measure}", "有用户反映{complaint}"), so a value with its own 已, subject or
full stop would give a broken sentence. Whoever proposes or confirms a fact is shown the example and the hint.
"""

from dataclasses import dataclass
from typing import Final

from knowledge.schema import FACT_TITLES, FactKey

_LOOSE_ENDS: Final = "，。；、：！？,.;:!? \n"


@dataclass(frozen=True, slots=True)
class FactShape:
    """An example of a good value, a hint in Chinese, and beginnings that the patterns already have."""

    example: str
    hint: str
    refused_starts: tuple[str, ...] = ()


SHAPES: Final[dict[FactKey, FactShape]] = {
    FactKey.company: FactShape("云岭消费金融有限公司", "公司全称"),
    FactKey.hotline: FactShape("400-000-0000", "对外客服热线号码"),
    FactKey.statement_date: FactShape("2026年5月7日", "年月日写全"),
    FactKey.product: FactShape("“安心分期”", "产品名，带引号"),
    FactKey.fee_item: FactShape("会员服务费", "账单上的收费名称"),
    FactKey.rate: FactShape("年化利率（单利）24%", "写明口径的年化利率"),
    FactKey.amount: FactShape("3.2万元", "数字加单位"),
    FactKey.affected_count: FactShape("126笔", "数字加量词，如126笔、58名用户", ("约", "大约")),
    FactKey.event_date: FactShape("2026年5月6日", "年月日写全"),
    FactKey.event_place: FactShape("某市服务网点", "地点名称", ("在",)),
    FactKey.platform: FactShape("微博", "平台名称，不带“等平台”", ("在",)),
    FactKey.complaint: FactShape(
        "被额外收取会员服务费、办理页面未明确提示",
        "不带主语的短句，接在“有用户反映”之后",
        ("用户", "有用户", "反映", "客户"),
    ),
    FactKey.data_kinds: FactShape("姓名、手机号码", "信息种类，用顿号分开"),
    FactKey.cause: FactShape(
        "页面改版后费用提示被折叠", "陈述句，接在“原因是”之后", ("因为", "由于", "因", "系因", "原因")
    ),
    FactKey.measure: FactShape(
        "暂停该项收费并逐笔核对订单", "动词开头，接在“我们已”之后", ("已", "我们", "我司", "公司", "将", "正在")
    ),
    FactKey.remedy: FactShape("已收费用将原路退回", "可独立成句的补救办法，不含期限", ("我们将",)),
    FactKey.completion_date: FactShape("2026年5月20日前", "写明年月日和“前”", ("预计", "将于", "于")),
    FactKey.authority: FactShape("当地金融监管部门", "机关名称", ("向", "由")),
    FactKey.document: FactShape("《行政处罚决定书》", "文书名称带书名号，或文号"),
    FactKey.partner: FactShape("某数据服务公司", "机构名称", ("由",)),
    FactKey.fake_name: FactShape("“安心分期极速版”", "仿冒名称，带引号"),
    FactKey.outage_start: FactShape("2026年5月6日9时20分", "精确到分"),
    FactKey.outage_end: FactShape("2026年5月6日11时5分", "精确到分"),
    FactKey.person_role: FactShape("客服岗", "岗位名称，不写姓名"),
}


def shape_problem(key: FactKey, value: str) -> str | None:
    """Why this value would break a sentence, in Chinese; None when it fits."""
    title, shape = FACT_TITLES[key], SHAPES[key]
    if not value or value != value.strip(_LOOSE_ENDS):
        return f"“{title}”首尾不能是空的、空格或标点，例如“{shape.example}”"
    for start in shape.refused_starts:
        if value.startswith(start):
            return f"“{title}”不要以“{start}”开头：{shape.hint}，例如“{shape.example}”"
    if any(mark in value for mark in "\n{}【】"):
        return f"“{title}”不能含换行、花括号或【】"
    return None
