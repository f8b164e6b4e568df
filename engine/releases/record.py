"""Who proposed a release, who approved it, and the signatures that hold it together.

The installation signs the proposal (content hash, author, reason, base, needed approvals, comparison and its history)
and then each approval and the end, bound to the digest of the signed proposal. Status is read off what is signed, never
off a column: whoever changes a byte and recomputes every hash still lacks the key.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, JsonValue, ValidationError

from engine.drafting.document import canonical_json, content_hash
from engine.errors import ReleaseError
from engine.model import Actor, Frozen, Realm, Role
from engine.releases.content import ReleaseContent
from engine.signing import Signer, TrustedKeys

FACTORY: Final = Actor(name="出厂版本", role=Role.system)
"""Who stands for the release that comes with the program, until people approve releases of their own."""
_APPROVING: Final = frozenset({Role.compliance})

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class HistoryMark(Frozen):
    """Which history a comparison ran over: records of a realm's log by number, or a file, and their digest."""

    name: str
    realm: Realm | None = None
    from_seq: int | None = None
    to_seq: int | None = None
    digest: str


class Comparison(Frozen):
    """How the decisions of two contents differ over a history. `counts` is by kind of change (gained, lost, earlier,
    later, raised, lowered); `document` has the changes themselves.
    """

    old: Hash
    new: Hash
    history: HistoryMark
    counts: dict[str, int]
    document: JsonValue

    def to_json(self) -> str:
        """Canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def hash(self) -> str:
        """BLAKE2b of the JSON, 32 hex digits."""
        return content_hash(self.to_json())

    @property
    def changes_levels(self) -> bool:
        """Whether a decision came out at another level."""
        return any(self.counts.get(kind, 0) for kind in ("raised", "lowered"))


class Proposal(Frozen):
    """What is proposed, by whom and why. `number` counts the proposals of one content from 1; `comparison` is the hash
    of the comparison's JSON; `two_because` says why two people must approve.
    """

    release: Hash
    number: Annotated[int, Field(ge=1)]
    author: Actor
    at: AwareDatetime
    reason: str
    base: Hash | None
    approvals_needed: Annotated[int, Field(ge=1, le=2)]
    two_because: tuple[str, ...] = ()
    comparison: Hash | None = None
    history: HistoryMark | None = None


class ReleaseApproval(Frozen):
    """One person's approval of exactly this proposal."""

    proposal: Hash
    approver: Actor
    at: AwareDatetime
    note: str
    signature: str


class ReleaseEnd(Frozen):
    """A proposal that was rejected, or withdrawn by its author."""

    proposal: Hash
    kind: Literal["rejected", "withdrawn"]
    by: Actor
    at: AwareDatetime
    reason: str
    signature: str


class ReleaseStatus(StrEnum):
    """Where a proposal stands. Whether it is in force is for the log to say."""

    proposed = "proposed"
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"


STATUS_TITLES: Final = {
    ReleaseStatus.proposed: "待批准",
    ReleaseStatus.approved: "已批准",
    ReleaseStatus.rejected: "已驳回",
    ReleaseStatus.withdrawn: "已撤回",
}


class ReleaseHead(Frozen):
    """A proposal with everything that was signed about it."""

    proposal: Proposal
    signature: str
    approvals: tuple[ReleaseApproval, ...] = ()
    end: ReleaseEnd | None = None

    @property
    def status(self) -> ReleaseStatus:
        """Where it stands."""
        if self.end is not None:
            return ReleaseStatus(self.end.kind)
        enough = len(self.approvals) >= self.proposal.approvals_needed
        return ReleaseStatus.approved if enough else ReleaseStatus.proposed

    @property
    def by_factory(self) -> bool:
        """Whether it came with the program: no person has approved it."""
        return any(one.approver == FACTORY for one in self.approvals)

    @property
    def approvers(self) -> str:
        """Who approved, as the log names them."""
        return "、".join(one.approver.name for one in self.approvals)

    def to_json(self) -> str:
        """Canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))


class ReleaseFile(Frozen):
    """A release as a file that anyone can check."""

    content: dict[str, JsonValue]
    head: ReleaseHead
    comparison: Comparison | None = None

    def to_json(self) -> str:
        """Canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))


def sign_proposal(proposal: Proposal, signer: Signer) -> ReleaseHead:
    """A proposal that awaits its approvals."""
    return ReleaseHead(proposal=proposal, signature=signer.sign(_message("proposal", proposal)))


def sign_approval(head: ReleaseHead, approver: Actor, at: AwareDatetime, note: str, signer: Signer) -> ReleaseHead:
    """The head with one more approval."""
    unsigned = ReleaseApproval(proposal=proposal_digest(head), approver=approver, at=at, note=note, signature="")
    signed = unsigned.model_copy(update={"signature": signer.sign(_message("approval", unsigned))})
    return head.model_copy(update={"approvals": (*head.approvals, signed)})


def sign_end(
    head: ReleaseHead, kind: Literal["rejected", "withdrawn"], by: Actor, at: AwareDatetime, reason: str, signer: Signer
) -> ReleaseHead:
    """The head, rejected or withdrawn."""
    unsigned = ReleaseEnd(proposal=proposal_digest(head), kind=kind, by=by, at=at, reason=reason, signature="")
    return head.model_copy(
        update={"end": unsigned.model_copy(update={"signature": signer.sign(_message("end", unsigned))})}
    )


def proposal_digest(head: ReleaseHead) -> str:
    """What approvals bind to: the hash of the proposal and its signature."""
    return content_hash(canonical_json([head.proposal.model_dump(mode="json"), head.signature]))


def read_head(text: str, comparison: str | None, trusted: TrustedKeys) -> ReleaseHead:
    """A stored head with its comparison's JSON. Raises ReleaseError with everything that does not hold."""
    try:
        head = ReleaseHead.model_validate_json(text)
    except ValidationError as error:
        raise ReleaseError("发布记录的格式不对，可能被改动过") from error
    faults = list(_head_faults(head, comparison, trusted))
    if head.to_json() != text:
        faults.append("文字与规定的写法不一致")
    if faults:
        raise ReleaseError(f"发布 {head.proposal.release[:12]} 被改动过，不能使用：{'；'.join(faults)}")
    return head


def read_content(text: str, release: str) -> ReleaseContent:
    """A stored content. Raises ReleaseError when it is not exactly what this hash names."""
    content = ReleaseContent.from_json(text)
    if content.to_json() != text or content.hash != release:
        raise ReleaseError(f"发布 {release[:12]} 的内容被改动过，不能使用：内容与指纹不符")
    return content


def read_file(text: str, trusted: TrustedKeys) -> tuple[ReleaseHead, ReleaseContent]:
    """An exported release. Raises ReleaseError with what does not hold."""
    try:
        found = ReleaseFile.model_validate_json(text)
    except ValidationError as error:
        raise ReleaseError("不是发布文件，或格式被改动过") from error
    if found.to_json() != text:
        raise ReleaseError("发布文件被改动过：文字与规定的写法不一致")
    comparison = found.comparison.to_json() if found.comparison else None
    head = read_head(found.head.to_json(), comparison, trusted)
    return head, read_content(canonical_json(found.content), head.proposal.release)


def _head_faults(head: ReleaseHead, comparison: str | None, trusted: TrustedKeys) -> Iterator[str]:
    if not trusted.accepts(_message("proposal", head.proposal), head.signature):
        yield "提交的签名无效，或不是可信密钥所签"
    if head.proposal.comparison != (content_hash(comparison) if comparison is not None else None):
        yield "决策对比与提交时不一致"
    digest = proposal_digest(head)
    for approval in head.approvals:
        if approval.proposal != digest or not trusted.accepts(_message("approval", approval), approval.signature):
            yield f"{approval.approver.name}的批准签名无效，或批准的不是这次提交"
    if head.end and (head.end.proposal != digest or not trusted.accepts(_message("end", head.end), head.end.signature)):
        yield "驳回或撤回的签名无效"
    yield from _approver_faults(head)


def _approver_faults(head: ReleaseHead) -> Iterator[str]:
    names = [one.approver.name for one in head.approvals]
    if head.proposal.author.name in names:
        yield "提交人批准了自己的提交"
    if len(set(names)) < len(names):
        yield "同一人批准了两次"
    if any(one.approver.role not in _APPROVING and one.approver != FACTORY for one in head.approvals):
        yield "批准人没有批准的权限"


def _message(kind: str, signed: Frozen) -> bytes:
    """What a signature is over; the kind keeps one sort of statement from standing for another."""
    body = signed.model_dump(mode="json", exclude={"signature"})
    return canonical_json({"crisisdesk-release": kind, "signed": body}).encode()
