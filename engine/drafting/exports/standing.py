"""Whether an exported draft may be published, and if not why: said on the export itself."""

from collections.abc import Iterator, Sequence
from typing import Final

from engine.approval import ensure_complete, ensure_current, ensure_strategy_current
from engine.drafting.document import Draft
from engine.drafting.exports.length import body_fault
from engine.drafting.template_program import load_template
from engine.drafting.verification import verify
from engine.errors import Conflict
from engine.model import Approval, ApprovalStatus, Fact, Frozen, Incident, Proof, Realm, SpanOrigin
from engine.signing import TrustedKeys
from knowledge.schema import Channel

NOT_APPROVED: Final = "草稿 · 未经审批，不得对外发布"
OUTDATED: Final = "已批准，但所用事实之后有变化，不得再对外发布"
LESS_THAN_NOW: Final = "已批准，但事件之后有变化，不得再对外发布"
UNPROVEN: Final = "核验未通过，不得对外发布"
UNRESOLVED: Final = "尚有【待核实】内容，不得对外发布"
INTERNAL: Final = "内部资料，不得外传"
DRAFT: Final = "草稿"
NOT_REAL: Final = {Realm.demo: "演示稿", Realm.drill: "演练稿", Realm.replay: "回放稿"}
"""What a statement is called that is not of a real incident."""
_INTERNAL: Final = frozenset({Channel.internal_notice, Channel.service_script})


class Standing(Frozen):
    """`approved`: exactly these words were approved. `warnings` forbid publication, `remarks` do not; both stand on
    what is exported, `advice` only beside it.

    `realm` is where its incident is; a draft file from elsewhere does not tell and counts as live.
    """

    approved: bool
    warnings: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    realm: Realm = Realm.live

    @property
    def is_final(self) -> bool:
        """正式稿: approved, of a real incident, and nothing against it."""
        return self.approved and not self.warnings and self.realm is Realm.live

    @property
    def objections(self) -> tuple[str, ...]:
        """The warnings apart from the one that a statement is not of a real incident."""
        return tuple(one for one in self.warnings if one != not_real(self.realm))

    @property
    def is_ready(self) -> bool:
        """Approved and nothing against it, be it in a drill."""
        return self.approved and not self.objections

    @property
    def label(self) -> str:
        """What its files are called before their name: 草稿, 演练稿 and the like; nothing when it is final."""
        return "" if self.is_final else NOT_REAL.get(self.realm, DRAFT)


def not_real(realm: Realm) -> str:
    """What forbids to publish a statement of another realm than the live one; empty for that."""
    return "" if realm is Realm.live else f"{NOT_REAL[realm]} · 不是真实事件的声明，不得对外发布"


def standing_of(
    draft: Draft,
    approvals: Sequence[Approval],
    register: Sequence[Fact] | None,
    trusted: TrustedKeys,
    incident: Incident | None = None,
) -> Standing:
    """Where a draft stands now. `register` is the incident's register as it is, None where it is not known; so is
    `incident`.
    """
    realm = Realm.live if incident is None else incident.realm
    approved = _is_approved(draft, approvals)
    since = _changed_since(draft, register, incident) if approved and register is not None else ""
    found = (not_real(realm), "" if approved else NOT_APPROVED, *_own_faults(draft, trusted), since)
    remarks = (INTERNAL,) if load_template(draft.template_source).channel in _INTERNAL else ()
    return Standing(approved=approved, warnings=tuple(filter(None, found)), remarks=remarks, realm=realm)


def _own_faults(draft: Draft, trusted: TrustedKeys) -> Iterator[str]:
    """What is wrong with the draft by itself."""
    proof = verify(draft.to_json(), trusted)
    if not proof.ok:
        yield UNPROVEN
    elif not proof.releasable:
        yield _incomplete(proof)
    yield body_fault(draft)


def _incomplete(proof: Proof) -> str:
    """What a draft that says nothing wrong still lacks."""
    missing = [one.title for one in proof.elements if not one.present and not one.is_open]
    open_ones = any(span.origin is SpanOrigin.unresolved for span in proof.spans)
    return UNRESOLVED if open_ones or not missing else f"缺少必备内容（{'、'.join(missing)}），不得对外发布"


def _is_approved(draft: Draft, approvals: Sequence[Approval]) -> bool:
    last = approvals[-1] if approvals else None
    return last is not None and last.status is ApprovalStatus.approved and last.content_hash == draft.content_hash


def _changed_since(draft: Draft, register: Sequence[Fact], incident: Incident | None) -> str:
    """What changed after the approval so that the draft must not go out any more; or nothing."""
    try:
        ensure_current(draft, register)
    except Conflict:
        return OUTDATED
    if incident is None:
        return ""
    try:
        ensure_strategy_current(draft, incident, register)
        ensure_complete(draft, incident)
    except Conflict as error:
        return f"{LESS_THAN_NOW}：{error}"
    return ""
