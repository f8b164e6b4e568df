"""Crisis categories and levels, the words that rules, engine and pages share."""

from enum import StrEnum
from typing import Final


class Category(StrEnum):
    """Crisis categories 危机类别."""

    fee_dispute = "fee_dispute"
    interest_dispute = "interest_dispute"
    debt_collection = "debt_collection"
    false_advertising = "false_advertising"
    privacy_leak = "privacy_leak"
    customer_service = "customer_service"
    regulatory_action = "regulatory_action"
    fund_safety = "fund_safety"
    fraud_illegal = "fraud_illegal"
    system_outage = "system_outage"
    impersonation = "impersonation"
    corporate_governance = "corporate_governance"


CATEGORY_TITLES: Final[dict[Category, str]] = {
    Category.fee_dispute: "收费争议",
    Category.interest_dispute: "利率争议",
    Category.debt_collection: "催收争议",
    Category.false_advertising: "不当宣传",
    Category.privacy_leak: "隐私泄露",
    Category.customer_service: "服务不当",
    Category.regulatory_action: "监管处罚",
    Category.fund_safety: "资金安全",
    Category.fraud_illegal: "涉嫌违法",
    Category.system_outage: "系统故障",
    Category.impersonation: "仿冒冒用",
    Category.corporate_governance: "公司治理",
}


class Level(StrEnum):
    """Crisis levels 等级, from mild to severe."""

    low = "low"
    medium = "medium"
    high = "high"

    @property
    def rank(self) -> int:
        """1 for 轻微, 2 for 中等, 3 for 严重."""
        return _LEVEL_RANKS[self]


_LEVEL_RANKS: Final = {level: place for place, level in enumerate(Level, 1)}
LEVEL_TITLES: Final[dict[Level, str]] = {Level.low: "轻微", Level.medium: "中等", Level.high: "严重"}
