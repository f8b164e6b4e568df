"""What is in a model's file, and which libraries compute with it: both decide the model's answers.

Hashing up to a gigabyte takes a second, so it is done once a process for a file as it lies there. What it lies there as
(inode, size, times) is never trusted beyond the process: the next one reads the content again.
"""

import hashlib
import os
import threading
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NamedTuple

from engine.errors import ModelUnavailable

_LIBRARIES: Final = ("llama-cpp-python", "llguidance")


class _Identity(NamedTuple):
    """A file as it lies there; the time of the last change of status cannot be set by hand."""

    device: int
    inode: int
    size: int
    written_ns: int
    changed_ns: int


class ModelFile:
    """A model's file, which must stay the one that it was at the first use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._first: tuple[_Identity, str] | None = None

    @property
    def content(self) -> str:
        """Hash of the content at the first use, in hexadecimal digits. Raises ModelUnavailable."""
        with self._lock:
            if self._first is None:
                identity = _identity_of(self.path)
                self._first = identity, _hash(self.path, identity)
            return self._first[1]

    def refuse_another(self) -> None:
        """Raises ModelUnavailable when the file has other content by now than at the first use."""
        first, now = self.content, _identity_of(self.path)
        with self._lock:
            if self._first is not None and self._first[0] != now:
                if _hash(self.path, now) != first:
                    raise ModelUnavailable(f"语言模型文件在运行中被更换：{self.path.name}，请重新启动服务")
                self._first = now, first


def library_versions() -> str:
    """The libraries that compute the answers, with their versions: another version may compute another last bit."""
    return "|".join(f"{name} {_version(name)}" for name in _LIBRARIES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


def _identity_of(path: Path) -> _Identity:
    try:
        return _identity(path.stat())
    except OSError as error:
        raise _unreadable(path) from error


def _identity(found: os.stat_result) -> _Identity:
    return _Identity(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@lru_cache(maxsize=8)
def _hash(path: Path, identity: _Identity) -> str:
    try:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "blake2b").hexdigest()
            after = _identity(os.fstat(file.fileno()))
    except OSError as error:
        raise _unreadable(path) from error
    if after != identity:
        raise ModelUnavailable(f"语言模型文件正在更换：{path.name}，请稍后再试")
    return content


def _unreadable(path: Path) -> ModelUnavailable:
    return ModelUnavailable(f"语言模型文件无法读取：{path.name}")
