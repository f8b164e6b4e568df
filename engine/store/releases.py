"""Stored releases: contents by hash, proposals with their signatures, and which release decided when."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from engine.errors import NotFound, ReleaseError
from engine.model import Finding, Realm, ReleaseRecord
from engine.releases.content import ReleaseContent
from engine.releases.record import Comparison, ReleaseHead, ReleaseStatus, read_content, read_head
from engine.signing import TrustedKeys
from engine.store.log import ALL_BRANDS
from engine.store.tables import log, release_contents, releases, shadow_findings


class Activation(NamedTuple):
    """From this number of the log on, this release decides in the realm."""

    seq: int
    at: datetime
    release: str
    approved_by: str


def next_number(connection: Connection, release: str) -> int:
    """The number that the next proposal of a content gets."""
    query = select(func.max(releases.c.number)).where(releases.c.hash == release)
    return (connection.execute(query).scalar_one() or 0) + 1


def add(connection: Connection, head: ReleaseHead, content: ReleaseContent, comparison: Comparison | None) -> None:
    """Keep a proposal with its content."""
    known = select(release_contents.c.hash).where(release_contents.c.hash == content.hash)
    if connection.execute(known).first() is None:
        connection.execute(insert(release_contents).values(hash=content.hash, document=content.to_json()))
    connection.execute(
        insert(releases).values(
            hash=head.proposal.release,
            number=head.proposal.number,
            proposed_at=int(head.proposal.at.timestamp()),
            head=head.to_json(),
            comparison=comparison.to_json() if comparison else None,
        )
    )


def save(connection: Connection, head: ReleaseHead) -> None:
    """Keep a proposal's approvals and end."""
    where = (releases.c.hash == head.proposal.release, releases.c.number == head.proposal.number)
    connection.execute(update(releases).where(*where).values(head=head.to_json()))


def resolve(connection: Connection, written: str) -> str:
    """The whole hash of what a person wrote: all of it, or its first letters (at least six). Raises NotFound."""
    query = select(releases.c.hash).where(releases.c.hash.startswith(written, autoescape=True)).distinct().limit(2)
    found = connection.execute(query).scalars().all() if len(written) >= 6 else []
    if len(found) != 1:
        raise NotFound(f"没有指纹为 {written} 的发布" if not found else f"{written} 对应不止一个发布，请多写几位")
    return str(found[0])


def heads(connection: Connection, trusted: TrustedKeys, release: str | None = None) -> list[ReleaseHead]:
    """Proposals, newest first, of one content or of all. Raises ReleaseError for one that was tampered with."""
    query = select(releases).order_by(releases.c.proposed_at.desc(), releases.c.number.desc(), releases.c.hash)
    rows = connection.execute(query if release is None else query.where(releases.c.hash == release))
    found = [(row, read_head(row.head, row.comparison, trusted)) for row in rows]
    for row, head in found:
        if (row.hash, row.number) != (head.proposal.release, head.proposal.number):
            raise ReleaseError(f"发布 {row.hash[:12]} 被改动过，不能使用：编号与签名的内容不符")
    return [head for _, head in found]


def newest(connection: Connection, release: str, trusted: TrustedKeys) -> ReleaseHead:
    """The newest proposal of a content. Raises NotFound or ReleaseError."""
    found = heads(connection, trusted, release)
    if not found:
        raise NotFound(f"没有指纹为 {release} 的发布")
    return max(found, key=lambda head: head.proposal.number)


def load_content(connection: Connection, release: str) -> ReleaseContent:
    """A content. Raises NotFound, or ReleaseError when it is not what its hash names."""
    query = select(release_contents.c.document).where(release_contents.c.hash == release)
    document = connection.execute(query).scalar_one_or_none()
    if document is None:
        raise NotFound(f"没有指纹为 {release} 的发布")
    return read_content(document, release)


def load_comparison(connection: Connection, head: ReleaseHead) -> Comparison | None:
    """The comparison that a proposal was made with, as `heads` has checked it."""
    where = (releases.c.hash == head.proposal.release, releases.c.number == head.proposal.number)
    document = connection.execute(select(releases.c.comparison).where(*where)).scalar_one()
    return Comparison.model_validate_json(document) if document else None


def approval_of(connection: Connection, release: str, trusted: TrustedKeys) -> ReleaseHead:
    """The approved proposal of a content, one that people approved before the program's own.

    Raises ReleaseError when there is none: only an approved release decides.
    """
    approved = [one for one in heads(connection, trusted, release) if one.status is ReleaseStatus.approved]
    if not approved:
        raise ReleaseError(f"发布 {release[:12]} 没有获得批准，不能使用")
    return min(approved, key=lambda head: (head.by_factory, -head.proposal.number))


def activations(connection: Connection, realm: Realm, until: int | None = None) -> Sequence[Activation]:
    """Which release decided from when on in a realm, oldest first; `until` is the last number of the log to look at."""
    query = select(log.c.seq, log.c.at, log.c.payload).where(log.c.realm == realm, log.c.brand == ALL_BRANDS)
    if until is not None:
        query = query.where(log.c.seq <= until)
    found = []
    for row in connection.execute(query.order_by(log.c.seq)):
        record = ReleaseRecord.model_validate_json(row.payload)
        found.append(Activation(row.seq, datetime.fromisoformat(row.at), record.release, record.approved_by))
    return found


def in_force(connection: Connection, realm: Realm, until: int | None = None) -> str | None:
    """The release that decides in a realm, or decided at a number of the log; None before the first one."""
    found = activations(connection, realm, until)
    return found[-1].release if found else None


def before(connection: Connection, realm: Realm) -> str | None:
    """The release to go back to: what was in force before, whereby going back twice goes back two steps."""
    stack: list[str] = []
    for one in activations(connection, realm):
        if stack[-2:-1] == [one.release]:
            stack.pop()
        elif stack[-1:] != [one.release]:
            stack.append(one.release)
    return stack[-2] if len(stack) > 1 else None


def save_shadow_findings(connection: Connection, found: Sequence[Finding]) -> None:
    """What draft and shadow rules would have announced; ids are derived, so writing one again changes nothing."""
    for one in found:
        if connection.execute(select(shadow_findings.c.id).where(shadow_findings.c.id == one.id)).first() is None:
            connection.execute(
                insert(shadow_findings).values(
                    id=one.id,
                    realm=one.realm,
                    brand=one.brand,
                    category=one.category,
                    level=one.level,
                    rule=one.rule,
                    at=int(one.at.timestamp()),
                    document=one.model_dump_json(),
                )
            )
