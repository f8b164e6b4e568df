"""The content of a release: every file that changes decisions or wording, under one hash.

Paths are as in the repository. Past incidents are no part of it: they are evidence for people and decide nothing.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final, Self

from pydantic import JsonValue, TypeAdapter, ValidationError

from engine.drafting.document import canonical_json, content_hash
from engine.errors import InputError, ReleaseError
from engine.model import Frozen
from engine.scoring.heads import load_parameters, parameters_hash
from engine.scoring.scorer import BUNDLED, VERSION
from rules.vocabulary import VOCABULARY, FactSpec

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final[Mapping[str, int]] = {
    "rules/packs": 2,
    "knowledge/playbooks": 1,
    "knowledge/templates": 2,
    "knowledge/regulations": 1,
    "engine/scoring/lexicons": 1,
}
"""Where a release's files lie, and how many names a path has below."""
SINGLE_FILES: Final = ("rules/handling.yaml", "engine/scoring/brands.yaml")
SUFFIX: Final = ".yaml"
_NAME: Final = "[a-z0-9_]{1,80}"
_PLAIN: Final = {depth: re.compile("/".join([_NAME] * depth) + re.escape(SUFFIX)) for depth in set(FOLDERS.values())}
_BESIDE: Final = "knowledge/incidents"
_LIMITS: Final = ("type", "minimum", "maximum", "step", "nullable", "choices")
_SPECS: Final = TypeAdapter(dict[str, FactSpec])


class _Document(Frozen):
    """The shape of a content's JSON."""

    files: dict[str, str]
    scorer: str
    vocabulary: str


@dataclass(frozen=True)
class ReleaseContent:
    """`files` by path; `scorer` and `vocabulary` name what the program must bring for these files to mean the same.

    Raises InputError for a path that is no place of a release's file.
    """

    files: Mapping[str, str]
    scorer: str
    vocabulary: str

    def __post_init__(self) -> None:
        for path, text in self.files.items():
            if not is_release_path(path):
                raise InputError("这个位置的文件不属于发布内容", place=_shown(path))
            if wrong := _wrong_text(text):
                raise InputError(wrong, place=path)
        object.__setattr__(self, "files", MappingProxyType(dict(sorted(self.files.items()))))

    @cached_property
    def hash(self) -> str:
        """BLAKE2b of the canonical JSON, 32 hex digits."""
        return content_hash(self.to_json())

    @classmethod
    def from_disk(cls, root: Path = ROOT) -> Self:
        """The files below a folder, for this program's scorer and vocabulary."""
        return cls({path: _read(root, path) for path in _paths(root)}, program_scorer(), program_vocabulary())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote. Raises ReleaseError for anything else."""
        try:
            found = _Document.model_validate_json(text)
            return cls(found.files, found.scorer, found.vocabulary)
        except (ValidationError, InputError) as error:
            raise ReleaseError("发布内容的格式不对，可能被改动过") from error

    def to_json(self) -> str:
        """Canonical JSON: equal contents give equal texts."""
        return canonical_json(self.document())

    def document(self) -> dict[str, JsonValue]:
        """The content as plain values."""
        return {"files": dict(self.files), "scorer": self.scorer, "vocabulary": self.vocabulary}

    def with_files(self, changes: Mapping[str, str | None]) -> "ReleaseContent":
        """The content with files added, replaced or (None) taken out."""
        kept = {path: text for path, text in self.files.items() if path not in changes}
        added = {path: text for path, text in changes.items() if text is not None}
        return ReleaseContent(kept | added, self.scorer, self.vocabulary)

    def for_this_program(self) -> "ReleaseContent":
        """The same files, to be understood by the scorer and the vocabulary of this program."""
        return ReleaseContent(self.files, program_scorer(), program_vocabulary())

    def changes_since(self, base: "ReleaseContent") -> dict[str, str | None]:
        """What `base.with_files` needs to get these files."""
        changed = {path: text for path, text in self.files.items() if base.files.get(path) != text}
        return dict(sorted({**changed, **dict.fromkeys(set(base.files) - set(self.files))}.items()))

    def part(self, *prefixes: str) -> tuple[tuple[str, str], ...]:
        """The files below these paths, in order."""
        return tuple((path, text) for path, text in self.files.items() if path.startswith(prefixes))

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """A temporary folder with these files, and the program's past incidents beside them."""
        with TemporaryDirectory(prefix="crisisdesk-release-") as folder:
            root = Path(folder).resolve()
            for path, text in self.files.items():
                place = root / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(text.encode())
            (root / "knowledge").mkdir(exist_ok=True)
            (root / _BESIDE).symlink_to(ROOT / _BESIDE, target_is_directory=True)
            yield root


def is_release_path(path: str) -> bool:
    """Whether a file at this path belongs into a release: plain names, each folder as deep as it is read."""
    if path in SINGLE_FILES:
        return True
    folder = next((one for one in FOLDERS if path.startswith(f"{one}/")), None)
    return folder is not None and bool(_PLAIN[FOLDERS[folder]].fullmatch(path.removeprefix(f"{folder}/")))


def _shown(path: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in path[:120])


def _wrong_text(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        return f"第 {line} 行有不能保存的字符（不成对的编码），请删去"
    return None


@cache
def program_scorer() -> str:
    """What of the scorer belongs to the program: its version, its fitted numbers and the embedder they need."""
    return f"{VERSION}:{parameters_hash(load_parameters(BUNDLED))}"


@cache
def program_vocabulary() -> str:
    """Hash of what the vocabulary allows (types, ranges, steps, choices); its words may be improved freely."""
    specs = _SPECS.dump_python(dict(VOCABULARY), mode="json")
    return content_hash(canonical_json({name: {key: spec[key] for key in _LIMITS} for name, spec in specs.items()}))


def misfit(content: ReleaseContent) -> str | None:
    """Why a content cannot decide under this program, with what to do; None when it can."""
    wrong = []
    if content.scorer != program_scorer():
        wrong.append("评分参数")
    if content.vocabulary != program_vocabulary():
        wrong.append("事实词表")
    if not wrong:
        return None
    return (
        f"发布 {content.hash[:12]} 是为另一版本的{'和'.join(wrong)}批准的，与当前程序不符。"
        "请换回原来版本的程序；或运行 crisisdesk release propose --refit --reason 理由，"
        "把同样的文件按当前程序重新提交、批准并启用"
    )


def _paths(root: Path) -> list[str]:
    found = [path for folder in FOLDERS for path in (root / folder).rglob(f"*{SUFFIX}")]
    found += [root / name for name in SINGLE_FILES if (root / name).is_file()]
    return sorted(path.relative_to(root).as_posix() for path in found)


def _read(root: Path, path: str) -> str:
    try:
        return (root / path).read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError("文件不是 UTF-8 编码", place=path) from error
    except OSError as error:
        raise InputError(f"文件读不出来（{os.strerror(error.errno or 0)}）", place=path) from error
