"""Whether an exported draft may be published, and if not why: said on the export itself."""

from collections.abc import Sequence
from typing import Final

from engine.approval import ensure_current
from engine.drafting.document import Draft
from engine.drafting.template_program import load_template
from engine.drafting.verification import verify
from engine.errors import Conflict
from engine.model import Approval, ApprovalStatus, Fact, Frozen, Proof, SpanOrigin
from engine.signing import TrustedKeys
from knowledge.schema import Channel

NOT_APPROVED: Final = "草稿 · 未经审批，不得对外发布"
OUTDATED: Final = "已批准，但所用事实之后有变化，不得再对外发布"
UNPROVEN: Final = "核验未通过，不得对外发布"
UNRESOLVED: Final = "尚有【待核实】内容，不得对外发布"
INTERNAL: Final = "内部资料，不得外传"
_INTERNAL: Final = frozenset({Channel.internal_notice, Channel.service_script})


class Standing(Frozen):
    """`approved`: exactly these words were approved. `warnings` forbid publication, `remarks` do not."""

    approved: bool
    warnings: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """正式稿: approved and nothing against it."""
        return self.approved and not self.warnings


def standing_of(
    draft: Draft, approvals: Sequence[Approval], register: Sequence[Fact] | None, trusted: TrustedKeys
) -> Standing:
    """Where a draft stands now. `register` is the incident's register as it is, None where it is not known."""
    proof, approved = verify(draft.to_json(), trusted), _is_approved(draft, approvals)
    warnings = [] if approved else [NOT_APPROVED]
    if not proof.ok:
        warnings.append(UNPROVEN)
    elif not proof.releasable:
        warnings.append(_incomplete(proof))
    if approved and register is not None and not _is_current(draft, register):
        warnings.append(OUTDATED)
    remarks = (INTERNAL,) if load_template(draft.template_source).channel in _INTERNAL else ()
    return Standing(approved=approved, warnings=tuple(warnings), remarks=remarks)


def _incomplete(proof: Proof) -> str:
    """What a draft that says nothing wrong still lacks."""
    missing = [one.title for one in proof.elements if not one.present and not one.is_open]
    open_ones = any(span.origin is SpanOrigin.unresolved for span in proof.spans)
    return UNRESOLVED if open_ones or not missing else f"缺少必备内容（{'、'.join(missing)}），不得对外发布"


def _is_approved(draft: Draft, approvals: Sequence[Approval]) -> bool:
    last = approvals[-1] if approvals else None
    return last is not None and last.status is ApprovalStatus.approved and last.content_hash == draft.content_hash


def _is_current(draft: Draft, register: Sequence[Fact]) -> bool:
    try:
        ensure_current(draft, register)
    except Conflict:
        return False
    return True
