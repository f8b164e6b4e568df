"""Answers are remembered under the content of the model's file and the library that computes with it."""

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from engine.errors import ModelUnavailable
from engine.language_model.answer_memory import AnswerMemory
from engine.language_model.llama import LlamaCppModel
from engine.language_model.model_file import ModelFile, library_versions
from engine.language_model.protocol import Prefix

PREFIX = Prefix("写声明。", ("近日，",), "微博")
OPTIONS = ("甲", "乙", "丙")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" + b"a" * 100)
    return file


def rewrite(path: Path, content: bytes) -> None:
    """Other content of the same length at the same time, as a copy that keeps times would leave it."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_a_remembered_answer_holds_for_the_content_of_the_model_file_whatever_its_name_size_and_time(
    path: Path,
) -> None:
    answers = path.with_name("answers.txt")
    model = LlamaCppModel(path, answers=answers)
    AnswerMemory(answers).answer(f"choose|{model.fingerprint}", PREFIX, OPTIONS, lambda: 2)
    assert model.choose(PREFIX, OPTIONS) == 2
    moved = path.rename(path.with_name("moved.gguf"))
    assert LlamaCppModel(moved, answers=answers).choose(PREFIX, OPTIONS) == 2
    rewrite(moved, b"GGUF" + b"b" * 100)
    with pytest.raises(ModelUnavailable, match="损坏"):
        LlamaCppModel(moved, answers=answers).choose(PREFIX, OPTIONS)


def test_another_file_of_the_same_size_and_time_has_another_fingerprint(path: Path) -> None:
    before = LlamaCppModel(path).fingerprint
    assert LlamaCppModel(path).fingerprint == before
    rewrite(path, b"GGUF" + b"b" * 100)
    assert LlamaCppModel(path).fingerprint != before


def test_a_file_that_is_exchanged_while_it_is_used_is_refused(path: Path) -> None:
    model = LlamaCppModel(path)
    _ = model.fingerprint
    fresh = path.with_name("fresh")
    fresh.write_bytes(b"GGUF" + b"b" * 100)
    fresh.replace(path)
    with pytest.raises(ModelUnavailable, match="更换"):
        model.choose(PREFIX, OPTIONS)


def test_a_file_that_comes_later_is_found(path: Path) -> None:
    later = ModelFile(path.with_name("later.gguf"))
    with pytest.raises(ModelUnavailable, match="无法读取"):
        _ = later.content
    path.rename(later.path)
    assert len(later.content) == 128


def test_the_libraries_that_compute_are_part_of_the_fingerprint() -> None:
    assert library_versions() == f"llama-cpp-python {version('llama-cpp-python')}|llguidance {version('llguidance')}"
    assert library_versions() in LlamaCppModel(Path("none.gguf")).settings
