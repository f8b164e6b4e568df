"""export: a draft as Word, Markdown or plain text."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.command_line.edge import DONE, say, system_fault
from api.settings import Settings
from engine.errors import InputError
from engine.model import Role

if TYPE_CHECKING:
    from engine.drafting.exports.exporting import DraftExport, ExportForm, Statement

_UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC)


def export(
    settings: Settings, draft: str, out: Path, *, with_sources: bool, store: Path | None, keys: Path | None
) -> int:
    """Write the export of a draft file, or of a draft of the store by its number. A file knows of no approval."""
    form = _form(out)
    if Path(draft).is_file() or draft.endswith(".json"):
        made = _of_file(settings, Path(draft), form, keys, with_sources=with_sources)
    else:
        made = _of_store(settings, draft, form, store, with_sources=with_sources)
    _write(out, made.content)
    say(f"已写入 {out}")
    return DONE


def _form(out: Path) -> "ExportForm":
    from engine.drafting.exports.exporting import ExportForm  # noqa: PLC0415

    ending = out.suffix.lower().removeprefix(".")
    if ending not in set(ExportForm):
        raise InputError("只能写 .docx、.md、.txt 或 .json 文件，请改文件名", field="--out", place=str(out))
    return ExportForm(ending)


def _of_file(
    settings: Settings, file: Path, form: "ExportForm", keys: Path | None, *, with_sources: bool
) -> "DraftExport":
    from engine.drafting.exports.exporting import export as made  # noqa: PLC0415

    statement = _read(settings, file, keys).model_copy(update={"with_sources": with_sources})
    for warning in statement.warnings:
        say(f"注：{warning}")
    return made(statement, form)


def _read(settings: Settings, file: Path, keys: Path | None) -> "Statement":
    from api.trust import trusted_keys  # noqa: PLC0415
    from engine.drafting.exports.exporting import Statement  # noqa: PLC0415
    from engine.drafting.exports.standing import standing_of  # noqa: PLC0415
    from engine.drafting.template_program import load_template  # noqa: PLC0415
    from engine.drafting.verification import read_draft  # noqa: PLC0415
    from engine.signing import TrustedKeys  # noqa: PLC0415

    try:
        draft = read_draft(file.read_bytes())
        lines = keys.read_text("utf-8").splitlines() if keys else []
    except OSError as error:
        raise InputError(f"无法读取：{system_fault(error)}", place=str(error.filename)) from error
    load_template(draft.template_source, "草稿文件")
    trusted = TrustedKeys.from_lines(lines, str(keys)) if keys else trusted_keys(settings)
    times = [fact.confirmed_at for fact in draft.register_ if fact.confirmed_at is not None]
    standing = standing_of(draft, [], None, trusted)
    return Statement(draft=draft, standing=standing, at=max(times, default=_UNKNOWN))


def _of_store(
    settings: Settings, draft: str, form: "ExportForm", store: Path | None, *, with_sources: bool
) -> "DraftExport":
    from api.clock import wall_clock  # noqa: PLC0415
    from api.command_line.actors import local_actor  # noqa: PLC0415
    from api.command_line.streams import open_beside  # noqa: PLC0415 - loads models
    from api.installation import open_installation  # noqa: PLC0415

    opened = open_beside(settings, store) if store else open_installation(settings, clock=wall_clock)
    with closing(opened):
        return opened.desk.export_draft(local_actor(Role.pr), draft, form, with_sources=with_sources)


def _write(out: Path, content: bytes) -> None:
    """Whole or not at all."""
    beside = out.with_name(f".{out.name}.tmp")
    try:
        beside.write_bytes(content)
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"无法写入：{system_fault(error)}", place=str(out)) from error
