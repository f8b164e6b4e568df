"""An index folder: base files, the changes (delta and tombstones) of a generation, and the manifest that names them.

Files are written first, under names that no manifest uses, then the manifest is renamed into place, then what it no
longer names is removed. A process that dies in between leaves files without a name in the manifest; whoever opens or
saves next removes them.
"""

import fcntl
import io
import re
import secrets
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from retrieval.errors import IndexMismatch
from retrieval.index.array_files import read_changes, write_changes
from retrieval.index.base import Alive, Base, Parts
from retrieval.index.base_files import BASE_PARTS, copy_base, map_base, write_base
from retrieval.index.header import IndexHeader
from retrieval.index.manifest import NAME, Manifest, StoredFile, damaged
from retrieval.index.snapshot import Snapshot

_LOCK: Final = "lock"
_OURS: Final = re.compile(r"\.?(base-[0-9a-f]+|changes-\d+|manifest)\.")


class Overtaken(Exception):
    """Another process has saved another state meanwhile."""


@dataclass
class Folder:
    """Commits and opens snapshots. A base that is being built is guarded from other processes by a lock of its own."""

    path: Path
    _guards: dict[str, io.FileIO] = field(default_factory=dict)
    _known: dict[str, StoredFile] = field(default_factory=dict)
    """Descriptions of the base's files, so that a commit need not read them."""

    def __post_init__(self) -> None:
        weakref.finalize(self, _release, self._guards)

    def open(self, expected: IndexHeader, *, any_knowledge: bool, whole: bool = False) -> tuple[Snapshot, Manifest]:
        """What was committed last; raises IndexMismatch or FileNotFoundError."""
        if self.path.is_file():
            raise damaged(self.path, "是旧格式的单个文件")
        if not self.path.is_dir():
            raise FileNotFoundError(self.path)
        if not (self.path / NAME).exists():
            raise damaged(self.path, f"没有 {NAME}")
        with self._locked():
            manifest = Manifest.read(self.path)
            manifest.check(self.path, expected, any_knowledge=any_knowledge)
            manifest.verify(self.path, whole=whole)
            snapshot = self._read(manifest)
            self._clean(manifest)
        self._known = {one.name: one for one in manifest.files.values()}
        return snapshot, manifest

    def commit(self, snapshot: Snapshot, header: IndexHeader, *, after: int | None = None) -> tuple[Snapshot, int]:
        """Save a snapshot; gives the same one with its base mapped from this folder, and its generation.

        With `after`, raises Overtaken when another process committed since that generation.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with self._locked():
            generation = self._last_generation() + 1
            if after is not None and generation != after + 1:
                raise Overtaken
            base = self._stored(snapshot.base) if snapshot.base else None
            snapshot = Snapshot(base, snapshot.alive, snapshot.delta)
            changes = write_changes(self.path / f"changes-{generation:08}.npy", snapshot)
            files = self._base_files(base) | {"changes": changes}
            counts = (len(base) if base else 0, len(snapshot.dead()), len(snapshot.delta))
            manifest = Manifest(header, generation, *counts, files=files)
            manifest.write(self.path)
            self._clean(manifest)
        return snapshot, generation

    def build(self, parts: Parts, threads: int | None = None) -> Base:
        """Write and map a new base. It counts once a snapshot over it is committed."""
        self.path.mkdir(parents=True, exist_ok=True)
        name = f"base-{secrets.token_hex(6)}"
        with self._locked():
            self._guards[name] = _hold(self.path / f"{name}.{_LOCK}", "a")
        try:
            files = write_base(self.path, name, parts, threads)
            base = map_base(self.path, name)
        except BaseException:
            with self._locked():
                self._guards.pop(name).close()
            raise
        with self._locked():
            self._known |= files
        return base

    def _stored(self, base: Base) -> Base:
        """The base with its files in this folder, written if they are not there."""
        if base.name and all((self.path / f"{base.name}.{part}").is_file() for part in BASE_PARTS):
            return base
        name = f"base-{secrets.token_hex(6)}"
        self._known |= copy_base(self.path, name, base)
        return map_base(self.path, name)

    def _base_files(self, base: Base | None) -> dict[str, StoredFile]:
        if base is None:
            return {}
        names = {part: f"{base.name}.{part}" for part in BASE_PARTS}
        found = {part: self._known.get(name) or StoredFile.of(self.path / name) for part, name in names.items()}
        return {f"base.{part}": one for part, one in found.items()}

    def _read(self, manifest: Manifest) -> Snapshot:
        try:
            delta, dead = read_changes(self.path / manifest.files["changes"].name)
            if not manifest.base:
                return Snapshot.flat(delta)
            base = map_base(self.path, manifest.files["base.ids.npy"].name.partition(".")[0])
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise damaged(self.path, str(error)) from error
        return Snapshot(base, Alive.of(~np.isin(base.rows.ids, dead)), delta)

    def _last_generation(self) -> int:
        """Of the manifest, or what file names tell when it cannot be read."""
        try:
            return Manifest.read(self.path).generation
        except (OSError, IndexMismatch):
            names = (path.name for path in self.path.glob("changes-*"))
            return max((int(number) for name in names for number in re.findall(r"\d+", name)), default=0)

    def _clean(self, manifest: Manifest) -> None:
        """Remove files of other generations, left by a switch or by a process that died."""
        named = {NAME, *(one.name for one in manifest.files.values())}
        for base in {name.partition(".")[0] for name in named} & self._guards.keys():
            self._guards.pop(base).close()
        self._known = {name: one for name, one in self._known.items() if name in named or self._guarded(name)}
        for path in self.path.iterdir():
            if path.name not in named and _OURS.match(path.name) and not self._guarded(path.name):
                path.unlink(missing_ok=True)

    def _guarded(self, name: str) -> bool:
        """Whether a living process (this one, too) is building the base that a file belongs to."""
        base = name.lstrip(".").partition(".")[0]
        if base in self._guards:
            return True
        try:
            _hold(self.path / f"{base}.{_LOCK}", "r").close()
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time opens, commits and cleans."""
        with (self.path / _LOCK).open("a") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def _release(guards: dict[str, io.FileIO]) -> None:
    for one in guards.values():
        one.close()


def _hold(path: Path, mode: str) -> io.FileIO:
    """A lock that ends with the process; raises BlockingIOError when another holds it."""
    stream = io.FileIO(path, mode)
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        raise
    return stream
