"""What a slot may ask the fact register for."""

from enum import StrEnum
from typing import Final


class FactKey(StrEnum):
    """What a slot may ask the fact register for."""

    company = "company"
    hotline = "hotline"
    statement_date = "statement_date"
    product = "product"
    fee_item = "fee_item"
    rate = "rate"
    amount = "amount"
    affected_count = "affected_count"
    event_date = "event_date"
    event_place = "event_place"
    platform = "platform"
    complaint = "complaint"
    data_kinds = "data_kinds"
    cause = "cause"
    measure = "measure"
    remedy = "remedy"
    completion_date = "completion_date"
    authority = "authority"
    document = "document"
    partner = "partner"
    fake_name = "fake_name"
    outage_start = "outage_start"
    outage_end = "outage_end"
    person_role = "person_role"


FACT_TITLES: dict[FactKey, str] = {
    FactKey.company: "公司名称",
    FactKey.hotline: "客服热线",
    FactKey.statement_date: "声明日期",
    FactKey.product: "涉及产品",
    FactKey.fee_item: "收费项目",
    FactKey.rate: "利率",
    FactKey.amount: "涉及金额",
    FactKey.affected_count: "涉及人数或笔数",
    FactKey.event_date: "发生日期",
    FactKey.event_place: "发生地点",
    FactKey.platform: "传播平台",
    FactKey.complaint: "反映的问题",
    FactKey.data_kinds: "涉及信息种类",
    FactKey.cause: "原因",
    FactKey.measure: "已采取措施",
    FactKey.remedy: "补救办法",
    FactKey.completion_date: "完成时限",
    FactKey.authority: "监管或办案机关",
    FactKey.document: "文书名称或文号",
    FactKey.partner: "合作机构",
    FactKey.fake_name: "仿冒名称",
    FactKey.outage_start: "故障开始时间",
    FactKey.outage_end: "恢复时间",
    FactKey.person_role: "涉及岗位",
}

PLURAL_KEYS: Final = frozenset(
    {
        *(FactKey.product, FactKey.fee_item, FactKey.platform, FactKey.complaint, FactKey.data_kinds),
        *(FactKey.measure, FactKey.remedy, FactKey.partner, FactKey.fake_name, FactKey.authority, FactKey.document),
    }
)
"""Keys of which several values may be true at once."""
