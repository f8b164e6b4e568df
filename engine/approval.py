"""Who may approve what: bound to the hash of exactly what was submitted, and never by its own author."""

from collections.abc import Sequence

from engine.draft_document import Draft
from engine.errors import Conflict, NotAllowed
from engine.model import Actor, Approval, ApprovalStatus
from engine.signing import TrustedKeys
from engine.store.casework import StoredDraft
from engine.verification import verify


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


def _ensure_proven(draft: Draft, trusted: TrustedKeys) -> None:
    proof = verify(draft.to_json(), trusted)
    if not proof.ok:
        raise Conflict("草稿核验未通过：" + "；".join(proof.problems[:3]))
    if not proof.releasable:
        raise Conflict("草稿尚有【待核实】的内容，请先补齐并确认事实，再重新起草")
