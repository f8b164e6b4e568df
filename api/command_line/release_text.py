"""Releases as lines for people."""

from collections.abc import Iterator

from engine.model import REALM_TITLES, at_local
from engine.releases.views import ReleaseDiff, ReleaseList, ReleaseRow, ReleaseView

_COUNTS = {
    "gained": "多出",
    "lost": "少了",
    "earlier": "提早",
    "later": "推迟",
    "raised": "升级",
    "lowered": "降级",
}


def list_text(found: ReleaseList) -> str:
    """What is in force, then every proposal."""
    lines = [
        f"现行（{REALM_TITLES[one.realm]}）：{one.release}，自 {at_local(one.since)}，批准人 {one.approved_by}"
        for one in found.in_force
    ]
    lines += [_row(row) for row in found.rows]
    lines += [found.notice] if found.notice else []
    return "\n".join(lines)


def view_text(view: ReleaseView) -> str:
    """One proposal with its changes and approvals."""
    head, proposal = view.row.head, view.row.head.proposal
    lines = [_row(view.row), f"理由：{proposal.reason}", f"须{'两人' if proposal.approvals_needed > 1 else '一人'}批准"]
    lines += [f"  因为：{reason}" for reason in proposal.two_because]
    lines += [
        f"{one.approver.name} 于 {at_local(one.at)} 批准{'：' if one.note else ''}{one.note}" for one in head.approvals
    ]
    if head.end:
        lines.append(f"{head.end.by.name} 于 {at_local(head.end.at)} {view.row.status_title[1:]}：{head.end.reason}")
    lines += [f"注意：{view.row.fault}"] if view.row.fault else []
    if view.comparison:
        told = "、".join(f"{_COUNTS[kind]} {count}" for kind, count in view.comparison.counts.items() if count)
        lines.append(f"历史对比（{view.comparison.history.name}）：{told or '没有变化'}")
    return "\n".join([*lines, changes_text(view.diff)])


def changes_text(diff: ReleaseDiff) -> str:
    """What changed, rules first."""
    lines = [f"改动 {len(diff.files)} 个文件"]
    for one in diff.rules:
        lines += [f"{one.title}（{one.rule}）：{one.summary}", *_indented(one.sentences)]
    for other in diff.others:
        lines += [f"{other.kind}“{other.title}”（{other.path}）", *_indented(other.sentences)]
    return "\n".join(lines)


def _row(row: ReleaseRow) -> str:
    proposal = row.head.proposal
    where = f"，生效于 {'、'.join(REALM_TITLES[one] for one in row.realms)}" if row.realms else ""
    who = f"{proposal.author.name} {at_local(proposal.at)}"
    return f"{row.release}  {row.status_title}{where}  {who}  {proposal.reason}"


def _indented(sentences: tuple[str, ...]) -> Iterator[str]:
    return (f"  - {sentence}" for sentence in sentences)
