"""knowledge: lint, list, show, history, export, import."""

import json
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

from api.command_line.actors import Credentials, local_actor, named_actor
from api.command_line.edge import DONE, FAILED, system_fault, write_out
from api.command_line.folder_output import write_folder
from api.command_line.releases import opened_desk
from api.settings import Settings
from engine.errors import InputError, NotFound, ProposalRefused
from engine.knowledge_base.places import KIND_TITLES, EntryKind
from engine.knowledge_base.views import EntryRow, RevisionRow
from engine.model import CATEGORY_TITLES, Category, Role
from knowledge.errors import BadKnowledgeError, Fault

_READER: Final = Role.compliance
_MOST_FILES: Final = 500
_MOST_BYTES: Final = 1_000_000


def lint(folder: Path | None, *, as_json: bool) -> int:
    """Check a folder of knowledge files: schema, places, relations, wording."""
    from engine.drafting.template_review import review_template  # noqa: PLC0415 - only for this command
    from knowledge.lint import lint as check  # noqa: PLC0415
    from knowledge.loader import FOLDER, load_knowledge  # noqa: PLC0415

    if folder is not None and not folder.is_dir():
        raise InputError("没有这个文件夹，请改成知识库所在的文件夹", place=str(folder))
    try:
        found = load_knowledge(folder or FOLDER)
    except BadKnowledgeError as bad:
        return _tell_faults(bad.faults, as_json=as_json)
    faults = list(check(found))
    for template in found.templates.values():
        document = found.documents[template.id]
        wrong = review_template(template, document.text, document.file)
        faults.extend(Fault(document.file, int(one.place.rpartition(":")[2]), one.message) for one in wrong)
    return _tell_faults(tuple(sorted(set(faults))), as_json=as_json)


def list_(settings: Settings, kind: str | None, category: str | None, *, as_json: bool) -> int:
    """The entries in force, and what is being worked on."""
    if kind is not None and kind not in set(EntryKind):
        raise InputError("没有这一种，可选：" + "、".join(EntryKind), field="--kind")
    if category is not None and category not in set(Category):
        raise InputError("没有这个类别，可选：" + "、".join(Category), field="--category")
    with opened_desk(settings) as opened:
        rows = opened.desk.knowledge_list(local_actor(_READER))
    rows = tuple(row for row in rows if kind in (None, row.kind) and (category is None or category in row.categories))
    if as_json:
        _write_json([row.model_dump(mode="json") for row in rows])
    else:
        write_out("\n".join([*map(_line_of, rows), f"共 {len(rows)} 条"]))
    return DONE


def show(settings: Settings, entry: str, *, as_json: bool) -> int:
    """An entry in force: its file, or its values as JSON."""
    with opened_desk(settings) as opened:
        actor = local_actor(_READER)
        found = opened.desk.knowledge_entry(actor, entry)
        if found is None:
            raise NotFound(f"知识库里没有现行的“{entry}”")
        work = opened.desk.entry_work(actor, entry)
    if as_json:
        _write_json(found.model_dump(mode="json"))
    else:
        write_out((work.in_force or "").rstrip("\n"))
    return DONE


def history(settings: Settings, entry: str, *, as_json: bool) -> int:
    """The revisions of an entry, newest first."""
    with opened_desk(settings) as opened:
        actor = local_actor(_READER)
        rows = opened.desk.entry_history(actor, entry)
        if not rows and opened.desk.knowledge_entry(actor, entry) is None:
            raise NotFound(f"知识库里没有“{entry}”")
    if as_json:
        _write_json([{**row.model_dump(mode="json"), "state_title": row.state_title} for row in rows])
    else:
        write_out("\n".join(map(_revision_text, rows)) or "没有修订：现行的是随程序提供的内容")
    return DONE


def export(settings: Settings, folder: Path, *, force: bool, as_json: bool) -> int:
    """Write the entries in force as files."""
    with opened_desk(settings) as opened:
        files = opened.desk.entries_in_force(local_actor(_READER))
    written = write_folder(folder, files, force=force)
    if as_json:
        _write_json({"folder": str(folder), "files": len(files), "written": written})
    else:
        write_out(f"已导出 {len(files)} 条到 {folder}（其中 {written} 个文件是新写或更新的）")
    return DONE


def import_(settings: Settings, source: Path, reason: str, who: Credentials, *, as_json: bool) -> int:
    """Take in past incidents as drafts, all of them or none."""
    files = _read(source)
    with opened_desk(settings) as opened:
        actor = named_actor(opened.users, who)
        try:
            kept = opened.desk.import_past_incidents(actor, files, reason)
        except ProposalRefused as refused:
            _write_json({"ok": False, "faults": list(refused.faults)}) if as_json else write_out(str(refused))
            return FAILED
    if as_json:
        _write_json({"ok": True, "drafts": [{"entry": one.entry, "revision": one.number} for one in kept]})
    else:
        lines = [f"{one.entry} 修订 {one.number} {one.state_title}" for one in kept]
        same = len(files) - len(kept)
        write_out("\n".join([*lines, f"收下 {len(kept)} 份草稿" + (f"，{same} 份与现行相同，已略过" if same else "")]))
    return DONE


def _read(source: Path) -> dict[str, str]:
    paths = sorted(source.rglob("*.yaml")) if source.is_dir() else [source]
    if source.is_dir():  # an exported folder has the other kinds beside
        paths = [one for one in paths if not _is_other_kind(one.relative_to(source))]
    if not paths or len(paths) > _MOST_FILES:
        raise InputError(f"没有历史事件文件，或多于 {_MOST_FILES} 个", place=str(source))
    try:
        return {path.as_posix(): _bytes_of(path).decode() for path in paths}
    except UnicodeDecodeError as error:
        raise InputError("有文件不是 UTF-8 编码", place=str(source)) from error
    except OSError as error:
        raise InputError(f"无法读取：{system_fault(error)}", place=str(error.filename or source)) from error


def _bytes_of(path: Path) -> bytes:
    """A file's content, if it is one that ends. Raises InputError or OSError."""
    if not S_ISREG(path.stat().st_mode):
        raise InputError("不是普通文件，不能导入", place=str(path))
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise InputError("文件超过 1 MB，不像是历史事件，没有导入任何文件", place=str(path))
    return content


def _is_other_kind(path: Path) -> bool:
    return path.parts[0] in ("playbooks", "templates", "regulations")


def _line_of(row: EntryRow) -> str:
    category = "、".join(CATEGORY_TITLES[Category(one)] for one in row.categories if one in set(Category)) or "通用"
    work = f"，{row.work.state_title}：修订 {row.work.number}（{row.work.author}）" if row.work else ""
    return f"{row.entry}  {KIND_TITLES[row.kind]}  {category}  {row.title}  {row.owner}  {row.state_title}{work}"


def _revision_text(row: RevisionRow) -> str:
    decided = f"；{row.decided_by} {row.note}".rstrip() if row.decided_by else ""
    head = f"修订 {row.number} {row.state_title} {row.at:%Y-%m-%d %H:%M} {row.author} {row.reason}{decided}"
    return "\n".join([head, *(f"  {sentence}" for sentence in row.sentences)])


def _tell_faults(faults: tuple[Fault, ...], *, as_json: bool) -> int:
    if as_json:
        told = [{"file": one.file, "line": one.line, "message": one.message} for one in faults]
        _write_json({"ok": not faults, "faults": told})
    else:
        write_out("\n".join([*map(str, faults), f"共 {len(faults)} 处问题" if faults else "没有问题"]))
    return FAILED if faults else DONE


def _write_json(value: Any) -> None:
    write_out(json.dumps(value, ensure_ascii=False, indent=2))
