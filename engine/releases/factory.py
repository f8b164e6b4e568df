"""The release that comes with the program: kept in the store like any other, signed, adopted where that is right."""

from datetime import datetime

import structlog

from engine.errors import ReleaseError
from engine.model import SYSTEM, Realm
from engine.pipeline import Pipeline
from engine.releases.content import ReleaseContent
from engine.releases.record import FACTORY, Proposal, ReleaseHead, sign_approval, sign_proposal
from engine.releases.trace import is_traced
from engine.signing import Signer, TrustedKeys
from engine.store import releases
from engine.store.database import Database

_REASON = "随程序提供"
_log = structlog.get_logger(__name__)


def keep_bundled(database: Database, content: ReleaseContent, signer: Signer, at: datetime) -> None:
    """Keep the program's own content as an approved release; once is enough."""
    trusted = TrustedKeys.of(signer)
    with database.read() as connection:
        if _is_kept(releases.heads(connection, trusted, content.hash)):
            return
    with database.write() as connection:
        if _is_kept(releases.heads(connection, trusted, content.hash)):
            return  # another process was first
        moment = at.replace(microsecond=0)
        number = releases.next_number(connection, content.hash)
        proposal = Proposal(
            release=content.hash,
            number=number,
            author=SYSTEM,
            at=moment,
            reason=_REASON,
            base=None,
            approvals_needed=1,
        )
        head = sign_approval(sign_proposal(proposal, signer), FACTORY, moment, "", signer)
        releases.add(connection, head, content, None)


def adopt(pipeline: Pipeline, realm: Realm, at: datetime, trusted: TrustedKeys) -> None:
    """Let the program's own content decide in a realm where nothing did.

    In realm live, what people put in force stays. Elsewhere a content that came with another version of the program
    gives way to this one's. What the audit chain did not put in force is logged as a warning. Raises ReleaseError when
    what is in force must not decide, with what to do.
    """
    with pipeline.database.read() as connection:
        current = releases.in_force(connection, realm)
        if not is_traced(connection, realm):
            _log.warning("release_in_force_is_not_the_audited_one", realm=realm, release=current)
        people = current is not None and _by_people(releases.heads(connection, trusted, current))
    if current is None or not (people or realm is Realm.live):
        pipeline.ensure_active(realm, at, FACTORY.name)
        return
    try:
        pipeline.parts.of(current)
    except ReleaseError:
        if realm is Realm.live:
            raise
        pipeline.ensure_active(realm, at, FACTORY.name)


def _is_kept(heads: list[ReleaseHead]) -> bool:
    return any(head.by_factory for head in heads)


def _by_people(heads: list[ReleaseHead]) -> bool:
    return any(not head.by_factory for head in heads)
