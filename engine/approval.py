"""Who may approve what: bound to the hash of exactly what was submitted, and never by its own author."""

from collections.abc import Sequence

from engine.drafting.document import Draft
from engine.drafting.elements import elements_for, judge, missing
from engine.drafting.exports.length import body_fault
from engine.drafting.facts import refuse_reason
from engine.drafting.strategy_refusals import refusals
from engine.drafting.template_program import asked_keys, load_template
from engine.drafting.verification import verify
from engine.errors import Conflict, NotAllowed
from engine.model import LEVEL_TITLES, Actor, Approval, ApprovalStatus, Fact, FactStatus, Incident, SpanOrigin
from engine.signing import TrustedKeys
from engine.store.casework import StoredDraft
from knowledge.schema import FACT_TITLES, Category, FactKey, Level
from knowledge.slots import REGISTRY_FACTS


def ensure_submittable(draft: Draft, history: Sequence[Approval], trusted: TrustedKeys) -> None:
    """Raise Conflict unless the draft proves itself, has nothing unresolved and is not already decided on."""
    if history and history[-1].status is ApprovalStatus.submitted:
        raise Conflict("这份草稿已提交，正在等待审批")
    if history and history[-1].status is ApprovalStatus.approved:
        raise Conflict("这份草稿已经批准")
    _ensure_proven(draft, trusted)


def decide(
    stored: StoredDraft, history: Sequence[Approval], actor: Actor, content_hash: str, trusted: TrustedKeys
) -> Approval:
    """The submission that this actor may now decide on. Raises Conflict or NotAllowed."""
    if not history or history[-1].status is not ApprovalStatus.submitted:
        raise Conflict("这份草稿没有待审批的提交")
    pending = history[-1]
    if actor.name in (pending.submitted_by, stored.created_by):
        raise NotAllowed("不能审批自己起草或提交的声明")
    if content_hash != pending.content_hash or content_hash != stored.draft.content_hash:
        raise Conflict("内容与提交时不一致，请刷新后重新查看")
    _ensure_proven(stored.draft, trusted)
    return pending


def ensure_up_to_date(draft: Draft, incident: Incident, register: Sequence[Fact]) -> None:
    """Raise Conflict when the facts or the incident have changed so that the draft is not what would be said now."""
    ensure_current(draft, register)
    ensure_strategy_current(draft, incident, register)
    ensure_complete(draft, incident)


def ensure_current(draft: Draft, register: Sequence[Fact]) -> None:
    """Raise Conflict when a fact that the draft could state was disputed, changed, taken back or confirmed since."""
    now = {fact.id: fact for fact in register}
    for used in draft.register_:
        given_by_system = used.source.kind == "registry" and used.key in REGISTRY_FACTS
        if given_by_system or used.status is FactStatus.disputed:
            continue
        fact = now.get(used.id)
        weaker = used.status is FactStatus.confirmed and fact is not None and fact.status is not FactStatus.confirmed
        if fact is None or fact.value != used.value or fact.status is FactStatus.disputed or weaker:
            raise Conflict(f"起草之后，事实“{used.value}”已有变化，请重新起草")
    for fact in confirmed_since(draft, register):
        title = FACT_TITLES[FactKey(fact.key)]
        raise Conflict(f"起草之后，“{title}”已确认为“{fact.value}”，请点“按最新事实重新起草”")


def confirmed_since(draft: Draft, register: Sequence[Fact]) -> tuple[Fact, ...]:
    """The confirmed facts that the template asks for and that were not yet confirmed when it was drafted."""
    keys = set(asked_keys(load_template(draft.template_source)))
    known = {(fact.key, fact.value) for fact in draft.register_ if fact.status is FactStatus.confirmed}
    return tuple(
        fact
        for fact in register
        if fact.key in keys and fact.status is FactStatus.confirmed and (fact.key, fact.value) not in known
        if refuse_reason(fact) is None
    )


def ensure_complete(draft: Draft, incident: Incident) -> None:
    """Raise Conflict when the incident's level now demands an element that the draft does not say."""
    demanded = elements_for(load_template(draft.template_source), Level(incident.level))
    unsaid = [one.title for one in judge(demanded, draft.spans, draft.register_) if not one.present]
    if unsaid:
        raise Conflict(
            f"按事件现在的等级（{LEVEL_TITLES[incident.level]}），草稿缺少必备内容：{'、'.join(unsaid)}。"
            "请补齐有关事实后重新起草，或换用写到这些内容的模板"
        )


def ensure_strategy_current(draft: Draft, incident: Incident, register: Sequence[Fact]) -> None:
    """Raise Conflict when what was confirmed since, or the incident's level now, refuses the draft's strategy."""
    if draft.strategy is None:
        return
    refused = refusals(Category(incident.category), Level(incident.level), register).get(draft.strategy.strategy)
    if refused is not None:
        raise Conflict(f"起草之后情况有变：{refused}（本稿策略是“{draft.strategy.title}”），请重新起草")


def _ensure_proven(draft: Draft, trusted: TrustedKeys) -> None:
    proof = verify(draft.to_json(), trusted)
    if not proof.ok:
        raise Conflict("草稿核验未通过：" + "；".join(proof.problems[:3]))
    if any(span.origin is SpanOrigin.unresolved for span in proof.spans):
        raise Conflict("草稿尚有【待核实】的内容，请先补齐并确认事实，再重新起草")
    if unsaid := missing(proof):
        raise Conflict(f"草稿缺少必备内容：{'、'.join(unsaid)}。请补齐有关事实后重新起草，或换用写到这些内容的模板")
    if not proof.releasable:
        raise Conflict("草稿还不能提交审批")
    if fault := body_fault(draft):
        raise Conflict(f"{fault}，请精简后再提交：改短人工改写的段落，或精简事实的表述后重新起草")
