"""Whether the log and the audit chain name the same release as the one that decides."""

from sqlalchemy import Connection, select

from engine.audit import AuditEntry
from engine.model import REALM_TITLES, Realm
from engine.releases.record import FACTORY
from engine.store import releases
from engine.store.tables import audit

_ACTIONS = ("release.activate", "release.rollback")


def activation_detail(realm: Realm, detail: str) -> str:
    """What the audit chain says of putting a release in force: where, then why or who approved it."""
    return f"{REALM_TITLES[realm]}：{detail}"


def is_traced(connection: Connection, realm: Realm) -> bool:
    """Whether the release in force is the last one that the audit chain put in force in this realm.

    The program adopts its own content without an entry: in realm live only where no release was in force before.
    Entries of older versions name no realm; one of them for this release is then enough.
    """
    noted = releases.activations(connection, realm)
    rows = connection.execute(
        select(audit.c.document).where(audit.c.document.contains('"action":"release.')).order_by(audit.c.number)
    )
    entries = [AuditEntry.model_validate_json(text) for text in rows.scalars()]
    done = [one for one in entries if one.action in _ACTIONS]
    here = [one.subject for one in done if one.detail.startswith(activation_detail(realm, ""))]
    if noted and noted[-1].approved_by == FACTORY.name and realm is not Realm.live:
        return True
    if all(one.approved_by == FACTORY.name for one in noted):
        return not here
    last = noted[-1].release
    return here[-1] == last if here else last in {one.subject for one in done}
