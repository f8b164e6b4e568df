"""A folder of files that are written all or not at all."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from api.command_line.edge import system_fault
from engine.errors import InputError

_TOLD: Final = 5


def write_folder(folder: Path, files: Mapping[str, str], *, force: bool) -> int:
    """Write texts by their paths below a folder; gives how many were new or different. Everything is written beside
    first and then moved into place; when that fails, what was there is put back.

    Raises InputError where a file is there that says something else and `force` is not given, where a link below the
    folder would lead out of it, or where the system refuses.
    """
    try:
        _refuse_links(folder, files)
        wanted = {path: text for path, text in files.items() if _differs(folder / path, text)}
        taken = [path for path in wanted if (folder / path).exists()]
        if taken and not force:
            named = "、".join(taken[:_TOLD]) + (f"等 {len(taken)} 个" if len(taken) > _TOLD else "")
            raise InputError(f"已有内容不同的文件：{named}。没有写任何文件；要覆盖请加 --force", place=str(folder))
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(mkdtemp(prefix=".crisisdesk-", dir=folder))
        try:
            _write(stage / "new", wanted)
            _move_in(folder, stage, wanted)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise InputError(
            f"无法写入，没有改动任何文件：{system_fault(error)}", place=str(error.filename or folder)
        ) from error
    return len(wanted)


def _refuse_links(folder: Path, files: Mapping[str, str]) -> None:
    below = {Path(path) for path in files}
    below |= {parent for path in below for parent in path.parents if parent != Path()}
    for path in sorted(below):
        if (folder / path).is_symlink():
            raise InputError("这里是一个链接，文件会写到别处。没有写任何文件；请换一个文件夹", place=str(folder / path))


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_bytes() != text.encode()


def _write(stage: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        place = stage / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())


def _move_in(folder: Path, stage: Path, files: Mapping[str, str]) -> None:
    done: list[str] = []
    try:
        for path in files:
            place, kept = folder / path, stage / "old" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            kept.parent.mkdir(parents=True, exist_ok=True)
            if place.exists():
                place.rename(kept)
            done.append(path)
            (stage / "new" / path).rename(place)
    except OSError:
        for path in done:
            (folder / path).unlink(missing_ok=True)
            if (stage / "old" / path).exists():
                (stage / "old" / path).rename(folder / path)
        raise
