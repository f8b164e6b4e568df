"""release: propose, compare, approve, activate, roll back, export, verify."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from api.clock import wall_clock
from api.command_line.actors import Credentials, local_actor, named_actor
from api.command_line.edge import DONE, FAILED, say, system_fault, write_out
from api.command_line.output import AtomicFile
from api.command_line.release_text import changes_text, list_text, view_text
from api.installation import Installation, open_installation
from api.settings import Settings
from api.trust import trusted_keys
from engine.commands import Desk
from engine.errors import InputError, ProposalRefused, ReleaseError, ScoringUnavailable
from engine.model import REALM_TITLES, Actor, Frozen, Mention, Realm, Role, Scores
from engine.releases.content import ReleaseContent, is_release_path
from engine.releases.record import Comparison, read_file
from engine.releases.views import InForce, ReleaseView
from engine.signing import TrustedKeys

_READER: Final = Role.compliance


class _NoScorer:
    """Commands on releases score nothing, so that they need no model."""

    hash: Final = "none"

    def score(self, mention: Mention) -> Scores:
        """Never."""
        raise ScoringUnavailable(f"这个命令不评分（{mention.id}）")


def list_(settings: Settings, *, as_json: bool) -> int:
    """Every proposal and what is in force."""
    with opened_desk(settings) as opened:
        found = opened.desk.releases(local_actor(_READER))
    _tell(found, list_text(found), as_json=as_json)
    return DONE


def show(settings: Settings, release: str, *, as_json: bool) -> int:
    """One proposal: what it changes, who approved it."""
    with opened_desk(settings) as opened:
        view = opened.desk.release_view(local_actor(_READER), release)
    _tell(view, view_text(view), as_json=as_json)
    return DONE


def diff(settings: Settings, old: str, new: str, *, as_json: bool) -> int:
    """What one release changes against another."""
    with opened_desk(settings) as opened:
        found = opened.desk.release_diff(local_actor(_READER), old, new)
    _tell(found, changes_text(found), as_json=as_json)
    return DONE


def propose(
    settings: Settings,
    folder: Path | None,
    reason: str,
    who: Credentials,
    *,
    base: str | None,
    removed: tuple[str, ...],
    bundled: bool,
    refit: bool,
    days: int | None,
    as_json: bool,
) -> int:
    """Propose the changed files of a folder, the program's own content, or the same files for this program."""
    if sum((folder is not None or bool(removed), bundled, refit)) != 1:
        raise InputError(
            "请写要提交的文件夹，或 --bundled（随程序提供的内容），或 --refit（同样的文件按当前程序重新提交）"
        )
    with opened_desk(settings) as opened:
        desk, actor = opened.desk, named_actor(opened.users, who)
        content = desk.release_content(actor, base)
        files = _changes(content, folder, removed, desk.shelf.bundled.content if bundled else None)
        try:
            comparison = _compared(desk, actor, files, base, days) if days else None
            view = desk.propose_release(actor, reason, files, base, comparison)
        except ProposalRefused as refused:
            _tell_faults(refused, as_json=as_json)
            return FAILED
    _tell(view, view_text(view), as_json=as_json)
    return DONE


def approve(settings: Settings, release: str, note: str, who: Credentials, *, as_json: bool) -> int:
    """Approve exactly this content."""
    with opened_desk(settings) as opened:
        view = opened.desk.approve_release(named_actor(opened.users, who), release, note)
    return _decided(view, as_json=as_json)


def reject(settings: Settings, release: str, reason: str, who: Credentials, *, as_json: bool) -> int:
    """Reject a proposal."""
    with opened_desk(settings) as opened:
        view = opened.desk.reject_release(named_actor(opened.users, who), release, reason)
    return _decided(view, as_json=as_json)


def withdraw(settings: Settings, release: str, reason: str, who: Credentials, *, as_json: bool) -> int:
    """Withdraw one's own proposal."""
    with opened_desk(settings) as opened:
        view = opened.desk.withdraw_release(named_actor(opened.users, who), release, reason)
    return _decided(view, as_json=as_json)


def activate(settings: Settings, release: str, realm: Realm | None, *, as_json: bool) -> int:
    """Let an approved release decide."""
    with opened_desk(settings) as opened:
        found = opened.desk.activate_release(local_actor(Role.operator), release, realm)
    return _in_force(found, as_json=as_json)


def rollback(settings: Settings, reason: str, realm: Realm | None, *, as_json: bool) -> int:
    """Go back to the release before."""
    with opened_desk(settings) as opened:
        found = opened.desk.rollback_release(local_actor(Role.operator), reason, realm)
    return _in_force(found, as_json=as_json)


def export(settings: Settings, release: str | None, out: Path | None, folder: Path | None, *, as_json: bool) -> int:
    """A release as a file that anyone can check, or its files as a folder to work in."""
    if (out is None) == (folder is None):
        raise InputError("请写 --out 文件，或 --folder 文件夹")
    with opened_desk(settings) as opened:
        actor = local_actor(_READER)
        content = opened.desk.release_content(actor, release)
        text = opened.desk.release_file(actor, content.hash) if out else ""
    if out is not None:
        with AtomicFile(out) as file:
            file.line(text)
    if folder is not None:
        _unpack(content, folder)
    done = {"release": content.hash, "files": len(content.files), "to": str(out or folder)}
    write_out(json.dumps(done, ensure_ascii=False) if as_json else f"发布 {content.hash} 已写到 {out or folder}")
    return DONE


def verify(settings: Settings, file: Path, keys: Path | None, *, as_json: bool) -> int:
    """Check an exported release; 0 only when it is whole and approved by trusted keys."""
    try:
        text = file.read_bytes().decode().removesuffix("\n")
        lines = keys.read_text("utf-8").splitlines() if keys else []
    except UnicodeDecodeError as error:
        raise InputError("不是 UTF-8 文字", place=str(file)) from error
    except OSError as error:
        raise InputError(f"无法读取：{system_fault(error)}", place=str(error.filename)) from error
    trusted = TrustedKeys.from_lines(lines, str(keys)) if keys else trusted_keys(settings)
    fault, release, status = "", "", ""
    try:
        head, content = read_file(text, trusted)
        release, status = content.hash, str(head.status)
    except ReleaseError as error:
        fault = str(error)
    ok = not fault and status == "approved"
    said = (
        f"发布 {release}：签名与内容完整，{'已批准' if ok else '没有获得批准'}" if not fault else f"核验未通过：{fault}"
    )
    body = {"ok": ok, "release": release, "status": status, "fault": fault}
    write_out(json.dumps(body, ensure_ascii=False) if as_json else said)
    return DONE if ok else FAILED


@contextmanager
def opened_desk(settings: Settings) -> Iterator[Installation]:
    with closing(open_installation(settings, clock=wall_clock, scorer=_NoScorer())) as opened:
        yield opened


def _changes(
    content: ReleaseContent, folder: Path | None, removed: tuple[str, ...], bundled: ReleaseContent | None
) -> dict[str, str | None]:
    if bundled is not None:
        return bundled.changes_since(content)
    unknown = [path for path in removed if path not in content.files]
    if unknown:
        raise InputError("现行发布里没有这个文件", place=unknown[0])
    read = _read(folder) if folder else {}
    changed: dict[str, str | None] = {path: text for path, text in read.items() if content.files.get(path) != text}
    return {**changed, **dict.fromkeys(removed)}


def _read(folder: Path) -> dict[str, str]:
    """The files below a folder that lies like the project: rules/packs/…, knowledge/…"""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    found = {name: path for name, path in paths.items() if is_release_path(name)}
    if not found:
        raise InputError("没有属于发布的文件；文件夹里的位置须同发布，如 rules/packs/类别/规则.yaml", place=str(folder))
    try:
        return {name: path.read_bytes().decode() for name, path in found.items()}
    except UnicodeDecodeError as error:
        raise InputError("有文件不是 UTF-8 编码", place=str(folder)) from error
    except OSError as error:
        raise InputError(f"无法读取：{system_fault(error)}", place=str(error.filename)) from error


def _unpack(content: ReleaseContent, folder: Path) -> None:
    try:
        for path, text in content.files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
    except OSError as error:
        raise InputError(f"无法写入：{system_fault(error)}", place=str(error.filename)) from error


def _compared(desk: Desk, actor: Actor, files: dict[str, str | None], base: str | None, days: int) -> Comparison:
    say(f"正在对比最近 {days} 天…")
    until = desk.now(desk.shelf.realm)
    return desk.compare_release(actor, files, until - timedelta(days=days), until, base)


def _decided(view: ReleaseView, *, as_json: bool) -> int:
    head = view.row.head
    missing = head.proposal.approvals_needed - len(head.approvals)
    more = f"，还需要{missing}位批准" if view.row.status == "proposed" else ""
    _tell(view, f"发布 {view.row.release}：{view.row.status_title}{more}", as_json=as_json)
    return DONE


def _in_force(found: InForce, *, as_json: bool) -> int:
    _tell(
        found,
        f"发布 {found.release} 从现在起生效（数据域：{REALM_TITLES[found.realm]}，批准人 {found.approved_by}）",
        as_json=as_json,
    )
    return DONE


def _tell(found: Frozen, text: str, *, as_json: bool) -> None:
    write_out(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2) if as_json else text)


def _tell_faults(refused: ProposalRefused, *, as_json: bool) -> None:
    body = {"ok": False, "faults": list(refused.faults)}
    write_out(json.dumps(body, ensure_ascii=False, indent=2) if as_json else str(refused))
