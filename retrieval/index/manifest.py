"""The one small file that says what an index folder holds. Renaming it into place is the commit."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from retrieval.bundle.files import CHUNK_BYTES, sha256_of, write_atomically
from retrieval.errors import IndexMismatch
from retrieval.index.header import IndexHeader

NAME: Final = "manifest.json"
REBUILD: Final = "请运行 crisisdesk reindex 重建索引。"

WHOLE_BYTES: Final = 64 << 20
"""Files up to this size are hashed whole when an index is opened, larger ones in samples."""

_HEAD_BYTES: Final = 16 << 20  # holds all of the lists' structure: nothing that FAISS trusts goes unread
_SAMPLES: Final = 32
_TITLES: Final = {"embedder": "向量模型", "knowledge": "知识库内容", "dimension": "向量维数", "format": "文件格式"}


@dataclass(frozen=True)
class StoredFile:
    """A file of the folder: hex SHA-256 of all of it, and of its head and samples (see `probe`)."""

    name: str
    size: int
    sha256: str
    probe: str

    @classmethod
    def of(cls, path: Path, sha256: str | None = None) -> Self:
        """Describe a file that was written, with its hash if that is known."""
        whole = sha256 or sha256_of(path)
        size = path.stat().st_size
        return cls(path.name, size, whole, whole if size <= WHOLE_BYTES else probe(path))

    def check(self, folder: Path, *, whole: bool) -> None:
        """Raise IndexMismatch when the file is not what was written."""
        path = folder / self.name
        try:
            size = path.stat().st_size
            found = "" if size != self.size else sha256_of(path) if whole or size <= WHOLE_BYTES else probe(path)
        except OSError as error:
            raise damaged(folder, f"{self.name} 不能读取") from error
        if size != self.size:
            raise damaged(folder, f"{self.name} 应有 {self.size} 字节，实有 {size} 字节")
        if found != (self.sha256 if whole else self.probe):
            raise damaged(folder, f"{self.name} 校验值不符")


@dataclass(frozen=True)
class Manifest:
    """`files` by role; `base`, `removed` and `delta` count vectors: the base's, its dead ones, the delta's."""

    header: IndexHeader
    generation: int
    base: int
    removed: int
    delta: int
    files: dict[str, StoredFile]

    def write(self, folder: Path) -> None:
        """Commit."""
        body = asdict(self)
        write_atomically(folder / NAME, [json.dumps(body | {"seal": _seal(body)}, sort_keys=True, indent=1).encode()])

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of a folder; raises FileNotFoundError, or IndexMismatch when it is damaged."""
        try:
            found = json.loads((folder / NAME).read_text(encoding="utf-8"))
            if found.pop("seal") != _seal(found):
                raise damaged(folder, f"{NAME} 校验值不符")
            header = IndexHeader(**found.pop("header"))
            files = {role: StoredFile(**one) for role, one in found.pop("files").items()}
            return cls(header=header, files=files, **found)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise damaged(folder, f"{NAME} 不完整") from error

    def check(self, folder: Path, expected: IndexHeader, *, any_knowledge: bool) -> None:
        """Raise IndexMismatch when the index belongs to something else."""
        ignored = {"knowledge"} if any_knowledge else set()
        found, wanted = asdict(self.header), asdict(expected)
        wrong = [title for key, title in _TITLES.items() if key not in ignored and found[key] != wanted[key]]
        if wrong:
            raise IndexMismatch(f"检索索引 {folder} 与当前的{'、'.join(wrong)}不一致，{REBUILD}")

    def verify(self, folder: Path, *, whole: bool) -> None:
        """Raise IndexMismatch when a file is damaged: sizes, hashes and samples, or every byte."""
        for one in self.files.values():
            one.check(folder, whole=whole)


def damaged(folder: Path, why: str) -> IndexMismatch:
    """The error for an index that cannot be used."""
    return IndexMismatch(f"检索索引 {folder} 已损坏（{why}），{REBUILD}")


def probe(path: Path) -> str:
    """Hex SHA-256 of the first 16 MiB, the last MiB and 32 samples between them."""
    size, digest = path.stat().st_size, hashlib.sha256()
    with path.open("rb") as stream:
        digest.update(stream.read(_HEAD_BYTES))
        for number in range(1, _SAMPLES + 1):
            stream.seek(_HEAD_BYTES + (size - _HEAD_BYTES) * number // (_SAMPLES + 1))
            digest.update(stream.read(CHUNK_BYTES // 16))
        stream.seek(size - CHUNK_BYTES)
        digest.update(stream.read(CHUNK_BYTES))
    return digest.hexdigest()


def _seal(body: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
