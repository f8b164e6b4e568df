"""Words that all kinds of entries share, and what every entry has."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")]


class Category(StrEnum):
    """Crisis categories; the same words as `rules.vocabulary.Category` (a test keeps them equal)."""

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


class Level(StrEnum):
    """轻微, 中等, 严重."""

    low = "low"
    medium = "medium"
    high = "high"


class Department(StrEnum):
    """Who carries a step."""

    pr = "公关"
    compliance = "合规"
    legal = "法务"
    customer_service = "客服"
    product = "产品"
    technology = "技术"
    risk = "风控"
    collection = "贷后"
    marketing = "市场"
    hr = "人力"
    management = "管理层"


class Strategy(StrEnum):
    """Response strategies: SCCT (Coombs 2007) and the two that say nothing in public."""

    deny = "deny"
    diminish = "diminish"
    rebuild = "rebuild"
    bolster = "bolster"
    no_public_response = "no_public_response"
    private_communication = "private_communication"


STRATEGY_TITLES = {
    Strategy.deny: "澄清否认",
    Strategy.diminish: "说明缓释",
    Strategy.rebuild: "致歉整改",
    Strategy.bolster: "正面支撑",
    Strategy.no_public_response: "不公开回应",
    Strategy.private_communication: "私下沟通",
}


class Entry(BaseModel):
    """What every entry has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    title: Text
    version: Annotated[int, Field(ge=1)] = 1
    owner: Text
    reviewed_on: date
