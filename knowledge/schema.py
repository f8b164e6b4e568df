"""What an entry of the knowledge base looks like: past incidents, playbooks, templates, regulations.

One YAML file per entry; unknown fields are errors. All text is Chinese, written for this project, anonymised.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

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


class Entry(BaseModel):
    """What every entry has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    title: Text
    version: Annotated[int, Field(ge=1)] = 1
    owner: Text
    reviewed_on: date


# --- past incidents 历史事件 -------------------------------------------------------------------


class IncidentStep(BaseModel):
    """One step of what happened or was done: who did what, with which material, when after the start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Annotated[str, StringConstraints(pattern=r"^\d+(分钟|小时|天)$")]
    actor: Text
    action: Text
    material: Text


class PastIncident(Entry):
    """A crisis that happened, anonymised: what started it, what turned it, what came of it, what was learned."""

    category: Category
    level: Level
    occurred_on: date
    platforms: Annotated[tuple[Text, ...], Field(min_length=1)]
    scale: Text
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=60)]
    cause: Text
    turning_point: Text
    strategy: Strategy
    steps: Annotated[tuple[IncidentStep, ...], Field(min_length=3)]
    outcome: Text
    outcome_grade: Literal["好转", "平息", "恶化", "长期影响"]
    lessons: Annotated[tuple[Text, ...], Field(min_length=1)]
    voices: Annotated[tuple[Text, ...], Field(min_length=2)]


# --- playbooks 预案 ---------------------------------------------------------------------------


class PlaybookStep(BaseModel):
    """A task for one department with a deadline in minutes after the incident reaches the level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    title: Text
    detail: Text
    department: Department
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    within_minutes: Annotated[int, Field(ge=5, le=30 * 24 * 60)]
    template: Slug | None = None
    fact_keys: tuple[FactKey, ...] = ()


class MediaPlan(BaseModel):
    """媒体沟通方案."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spokesperson: Text
    key_messages: Annotated[tuple[Text, ...], Field(min_length=2)]
    channels: Annotated[tuple[Text, ...], Field(min_length=1)]
    questions: Annotated[tuple[Text, ...], Field(min_length=3)]
    avoid: Annotated[tuple[Text, ...], Field(min_length=2)]


class LevelStrategy(BaseModel):
    """The strategy at a level, with its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    strategy: Strategy
    reason: Text


class Playbook(Entry):
    """What to do when an incident of this category reaches a level."""

    category: Category
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]
    strategies: dict[Level, LevelStrategy]
    steps: Annotated[tuple[PlaybookStep, ...], Field(min_length=5)]
    media_plan: MediaPlan
    rectification: Annotated[tuple[Text, ...], Field(min_length=3)]


# --- templates 声明模板 -----------------------------------------------------------------------


class Channel(StrEnum):
    """Where a statement is used."""

    weibo = "weibo"
    wechat = "wechat"
    service_script = "service_script"


CHANNEL_TITLES = {Channel.weibo: "微博短声明", Channel.wechat: "公众号正式声明", Channel.service_script: "客服口径"}


class FactSlot(BaseModel):
    """Copied from the register; 【待核实】 when no confirmed fact is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["fact"] = "fact"
    fact: FactKey


class ChoiceSlot(BaseModel):
    """One of the approved phrasings; the first is the default without a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["choice"] = "choice"
    options: Annotated[tuple[Text, ...], Field(min_length=2)]


class ProseSlot(BaseModel):
    """A clause decoded under a closed vocabulary: phrases of the cited facts plus approved phrases.

    `patterns` are the approved clause shapes, each a literal with `{fact_key}` holes and `{phrases}` holes; the
    model chooses among the ways to fill them and the first that the confirmed facts allow is the model-free wording.
    `phrases` are approved connecting or softening phrases, without negation, cause, promise, number or name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["prose"] = "prose"
    cites: Annotated[tuple[FactKey, ...], Field(min_length=1)]
    patterns: Annotated[tuple[Text, ...], Field(min_length=2)]
    phrases: Annotated[tuple[Text, ...], Field(min_length=2)]


Slot = Annotated[FactSlot | ChoiceSlot | ProseSlot, Field(discriminator="type")]


class Template(Entry):
    """An approved statement: literal text with `{{slot}}` marks. A holding template has no fact slot but registry
    facts (company, hotline, statement_date), so it can be released when nothing is confirmed.
    """

    category: Category | Literal["any"]
    kind: Literal["statement", "holding"] = "statement"
    channel: Channel
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    strategies: Annotated[tuple[Strategy, ...], Field(min_length=1)]
    max_chars: Annotated[int, Field(ge=50, le=5000)] | None = None
    slots: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], Slot]
    body: Annotated[str, StringConstraints(min_length=20)]


# --- regulations 法规 -------------------------------------------------------------------------


class Regulation(Entry):
    """A clause and the duty it carries; only a verified one may start a clock."""

    document: Text
    clause: Text
    duty: Text
    effective_from: date
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    verified: bool = False


AnyEntry = PastIncident | Playbook | Template | Regulation
