"""When a release may be approved, and when it may decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import Conflict, NotAllowed
from engine.model import Actor, Realm
from engine.releases.content import ReleaseContent, misfit
from engine.releases.promotion import promotion_faults
from engine.releases.record import ReleaseHead, ReleaseStatus
from engine.releases.release import Release
from engine.rule_standing import rules_in
from engine.signing import TrustedKeys
from engine.store import releases


def ensure_approvable(head: ReleaseHead, actor: Actor, content: ReleaseContent) -> None:
    """Raise NotAllowed or Conflict unless this person may approve this content now."""
    if actor.name == head.proposal.author.name:
        raise NotAllowed("不能批准自己提交的发布")
    if any(one.approver.name == actor.name for one in head.approvals):
        raise NotAllowed("你已经批准过，还需要另一个人批准")
    wrong = misfit(content)
    if wrong:
        raise Conflict(wrong)


def ensure_activable(
    connection: Connection, release: str, nows: Mapping[Realm, datetime], trusted: TrustedKeys, bundled: Release
) -> None:
    """Raise Conflict unless a release may decide from now on in the first realm of `nows` (the realms whose trials
    count there, with their time).

    It must be approved and fit the program. What comes with the program decides in realm live only where nothing was
    in force before. And it must rest on what is in force now, through approved releases: otherwise it would take back
    what was approved meanwhile without anybody having seen it. Rules that begin to alarm need their quiet days in this
    realm, or in realm live; those of a demonstration prove nothing elsewhere. What was in force before may come back.
    """
    realm = next(iter(nows))
    approved = [one for one in releases.heads(connection, trusted, release) if one.status is ReleaseStatus.approved]
    if not approved:
        raise Conflict(f"发布 {release[:12]} 还没有获得批准，不能启用")
    content = releases.load_content(connection, release)
    wrong = misfit(content)
    if wrong:
        raise Conflict(wrong)
    noted = [one.release for one in releases.activations(connection, realm)]
    if noted[-1:] == [release]:
        raise Conflict("这份发布已经在生效")
    if release in noted:
        return
    _ensure_quiet(connection, content, noted, nows, bundled)
    if not noted:
        return
    people = [one for one in approved if not one.by_factory]
    if not people and realm is Realm.live:
        raise Conflict("随程序提供的内容没有经过你们批准，请先用 crisisdesk release propose --bundled 提交")
    if people and not _rests_on(connection, people[0], noted[-1], trusted):
        raise Conflict(f"提交之后，发布 {noted[-1][:12]} 已经启用，请以它为基础重新提交，以免无意中撤销其中的改动")


def _ensure_quiet(
    connection: Connection,
    content: ReleaseContent,
    noted: Sequence[str],
    nows: Mapping[Realm, datetime],
    bundled: Release,
) -> None:
    own = bundled.rules.rules
    current = rules_in(releases.load_content(connection, noted[-1])) if noted else own
    faults = promotion_faults(connection, nows, current, rules_in(content), own)
    if faults:
        raise Conflict("；".join(faults))


def _rests_on(connection: Connection, head: ReleaseHead, current: str, trusted: TrustedKeys) -> bool:
    seen: set[str] = set()
    base = head.proposal.base
    while base is not None and base not in seen:
        if base == current:
            return True
        seen.add(base)
        found = [one for one in releases.heads(connection, trusted, base) if one.status is ReleaseStatus.approved]
        base = found[0].proposal.base if found else None
    return False
