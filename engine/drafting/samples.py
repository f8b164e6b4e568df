"""Believable facts per category, for previews of templates and for measuring drafts. Every name in them is invented."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final

from engine.model import Fact, FactSource, FactStatus
from knowledge.schema import Category, FactKey

_CONFIRMED_AT: Final = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
REGISTRY_VALUES: Final[Mapping[FactKey, str]] = {
    FactKey.company: "云岭消费金融有限公司",
    FactKey.hotline: "400-000-1234",
    FactKey.statement_date: "2026年3月20日",
}
EARLY: Final = frozenset(
    {
        *(FactKey.product, FactKey.platform, FactKey.event_date, FactKey.complaint, FactKey.measure),
        *(FactKey.outage_start, FactKey.document, FactKey.authority, FactKey.fake_name),
    }
)
"""What is usually confirmed first: what is said, since when, and what was done at once."""
_COMMON: Final[Mapping[FactKey, str]] = {
    FactKey.product: "安心分期",
    FactKey.platform: "微博",
    FactKey.event_date: "2026年3月18日",
    FactKey.completion_date: "2026年3月31日",
}
_K = FactKey
_BY_CATEGORY: Final[Mapping[Category, Mapping[FactKey, str]]] = {
    Category.fee_dispute: {
        _K.complaint: "办理分期时被额外收取会员服务费",
        _K.fee_item: "会员服务费",
        _K.amount: "36.8万元",
        _K.affected_count: "2300笔订单",
        _K.cause: "办理页面的费用提示位置不够醒目",
        _K.measure: "暂停该项费用的收取",
        _K.remedy: "对不符合约定的收费原路退回",
        _K.partner: "星桥科技",
    },
    Category.interest_dispute: {
        _K.complaint: "实际利率高于页面展示利率",
        _K.rate: "年化利率18%",
        _K.affected_count: "860位用户",
        _K.cause: "展示页面未及时更新计息说明",
        _K.measure: "下线原展示页面并逐笔核对计息记录",
        _K.remedy: "对多计的利息原路退回",
        _K.amount: "12万元",
        _K.document: "《个人消费贷款合同》",
    },
    Category.debt_collection: {
        _K.complaint: "催收人员联系无关第三人",
        _K.partner: "恒序商务服务公司",
        _K.event_date: "2026年3月16日",
        _K.cause: "外包人员未按规范核对联系人信息",
        _K.measure: "暂停涉事外包团队的催收作业",
        _K.remedy: "向受打扰的人员当面致歉",
        _K.affected_count: "7位用户",
        _K.person_role: "外包催收人员",
    },
    Category.false_advertising: {
        _K.complaint: "宣传页面的免息说法与合同不符",
        _K.platform: "短视频平台",
        _K.partner: "青禾传媒",
        _K.cause: "合作方投放的素材未经审核",
        _K.measure: "下架相关宣传素材",
        _K.remedy: "对受影响的订单按宣传的条件办理",
        _K.affected_count: "410笔订单",
    },
    Category.privacy_leak: {
        _K.complaint: "个人信息疑似外泄",
        _K.data_kinds: "姓名和手机号码",
        _K.affected_count: "1520位用户",
        _K.cause: "合作方接口权限设置不当",
        _K.measure: "关闭涉事接口并完成权限复查",
        _K.remedy: "为受影响用户提供账户安全提醒服务",
        _K.partner: "星桥科技",
        _K.authority: "属地网信部门",
        _K.person_role: "合作方运维人员",
    },
    Category.customer_service: {
        _K.complaint: "客服热线长时间无法接通",
        _K.cause: "系统切换期间坐席排班不足",
        _K.measure: "增派坐席并开通在线回呼",
        _K.remedy: "对未接通的来电逐一回呼",
        _K.affected_count: "3100通来电",
        _K.person_role: "热线客服人员",
    },
    Category.regulatory_action: {
        _K.complaint: "合作机构收费不透明",
        _K.authority: "属地金融监管部门",
        _K.document: "《行政处罚决定书》",
        _K.amount: "95万元",
        _K.cause: "合作机构管理不到位",
        _K.measure: "成立整改专班并完成合作机构清查",
        _K.remedy: "逐户核对费用并退还多收的部分",
        _K.event_date: "2026年3月12日",
    },
    Category.fund_safety: {
        _K.complaint: "还款已扣款而账单未更新",
        _K.cause: "支付通道回传扣款结果延迟",
        _K.measure: "停用涉事支付通道",
        _K.remedy: "将已扣款项逐笔补记入账",
        _K.affected_count: "640位用户",
        _K.amount: "58万元",
    },
    Category.fraud_illegal: {
        _K.complaint: "有人冒用他人身份办理贷款",
        _K.authority: "属地公安机关",
        _K.measure: "冻结涉案账户并移交线索",
        _K.remedy: "暂停向被冒用人催收并更正信用记录",
        _K.affected_count: "23位用户",
        _K.cause: "中介人员冒用他人证件办理",
        _K.person_role: "离职业务人员",
        _K.amount: "210万元",
    },
    Category.system_outage: {
        _K.complaint: "手机应用无法登录和还款",
        _K.outage_start: "3月18日9时20分",
        _K.outage_end: "3月18日13时05分",
        _K.cause: "数据库主机硬件故障",
        _K.measure: "切换至备用系统",
        _K.remedy: "对故障期间到期的账单顺延还款日",
        _K.affected_count: "4.2万位用户",
    },
    Category.impersonation: {
        _K.complaint: "假冒公司客服要求转账",
        _K.fake_name: "云岭快贷",
        _K.measure: "向应用商店投诉下架仿冒应用",
        _K.authority: "属地公安机关",
        _K.remedy: "协助受骗用户报案和取证",
        _K.affected_count: "18位用户",
        _K.amount: "9.6万元",
        _K.cause: "不法分子冒用公司名称和标识",
    },
    Category.corporate_governance: {
        _K.complaint: "公司高管变动引发经营担忧",
        _K.person_role: "副总经理",
        _K.measure: "由总经理代行相关职责",
        _K.remedy: "依规披露后续任职安排",
        _K.cause: "个人工作变动",
        _K.document: "《关于高级管理人员变动的公告》",
        _K.authority: "属地金融监管部门",
    },
}


def sample_values(category: Category) -> dict[FactKey, str]:
    """Believable values for a category, registry facts included."""
    return {**REGISTRY_VALUES, **_COMMON, **_BY_CATEGORY[category]}


def sample_register(
    category: Category, incident: str, *, confirmed: bool = True, only: Collection[FactKey] | None = None
) -> tuple[Fact, ...]:
    """A register in which everything is confirmed (`only` these keys, where given), or with `confirmed` False only the
    company's registry is; what is not confirmed is reported.
    """
    known = {*REGISTRY_VALUES, *((FactKey if only is None else only) if confirmed else ())}
    return tuple(_fact(incident, key, value, confirmed=key in known) for key, value in sample_values(category).items())


def _fact(incident: str, key: FactKey, value: str, *, confirmed: bool) -> Fact:
    registry = key in REGISTRY_VALUES
    return Fact(
        id=f"fact-{key}",
        incident=incident,
        key=key,
        value=value,
        source=FactSource(kind="registry", ref=key) if registry else FactSource(kind="department", ref="客服"),
        status=FactStatus.confirmed if confirmed else FactStatus.reported,
        proposed_by="系统",
        confirmed_by="李芳" if confirmed else None,
        confirmed_at=_CONFIRMED_AT if confirmed else None,
    )
