"""The vector index finds exactly, replaces instead of doubling, and refuses what does not belong to it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import IndexMismatch
from retrieval.index import IndexHeader, VectorIndex, stable_id

DIMENSION = 8
HEADER = IndexHeader("embedder-a", "knowledge-a", DIMENSION)


def vector(seed: int) -> np.ndarray:
    values = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return values / np.linalg.norm(values)


def filled(ids: list[int]) -> VectorIndex:
    index = VectorIndex(DIMENSION)
    index.upsert(ids, np.vstack([vector(number) for number in ids]))
    return index


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["put", "drop"]), st.integers(0, 9), st.integers(0, 99)), min_size=1, max_size=30
    )
)
def test_any_sequence_of_puts_and_drops_searches_like_a_dictionary(steps: list[tuple[str, int, int]]) -> None:
    index, plain = VectorIndex(DIMENSION), {}
    for action, number, seed in steps:
        if action == "put":
            index.upsert([number], vector(seed)[None])
            plain[number] = vector(seed)
        else:
            index.remove([number])
            plain.pop(number, None)
    assert sorted(index.ids().tolist()) == sorted(plain)
    query = vector(1000)
    expected = sorted(((number, float(v @ query)) for number, v in plain.items()), key=lambda p: (-p[1], p[0]))
    found = index.search(query, 20)
    np.testing.assert_allclose([s for _, s in found], [s for _, s in expected], atol=1e-6)
    for number, stored in plain.items():
        np.testing.assert_array_equal(index.vectors([number])[0], stored)


def test_the_same_id_twice_in_one_call_is_refused() -> None:
    with pytest.raises(ValueError, match="2 ids"):
        filled([1, 1])


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        VectorIndex(DIMENSION).upsert([1], np.ones((1, 3), np.float32))


def test_an_unknown_id_has_no_vector() -> None:
    with pytest.raises(KeyError):
        filled([1]).vectors([2])


def test_equal_scores_are_ordered_by_id() -> None:
    index = VectorIndex(DIMENSION)
    index.upsert([7, 3, 5], np.vstack([vector(1)] * 3))
    assert [number for number, _ in index.search(vector(1), 3)] == [3, 5, 7]


def test_an_empty_index_finds_nothing() -> None:
    assert VectorIndex(DIMENSION).search(vector(1), 5) == []


def test_a_saved_index_comes_back_the_same_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    index = filled([1, 2, 3])
    index.save(tmp_path / "index", HEADER)
    again = VectorIndex.load(tmp_path / "index", HEADER)
    assert again.search(vector(9), 3) == index.search(vector(9), 3)
    assert again.header == HEADER
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "changes-00000001.npy",
        "lock",
        "manifest.json",
    ]


@pytest.mark.parametrize(
    ("header", "title"),
    [
        (IndexHeader("embedder-b", "knowledge-a", DIMENSION), "向量模型"),
        (IndexHeader("embedder-a", "knowledge-b", DIMENSION), "知识库内容"),
        (IndexHeader("embedder-a", "knowledge-a", 9), "向量维数"),
        (IndexHeader("embedder-a", "knowledge-a", DIMENSION, format=1), "文件格式"),
    ],
)
def test_an_index_of_something_else_is_refused(tmp_path: Path, header: IndexHeader, title: str) -> None:
    filled([1]).save(tmp_path / "index", HEADER)
    with pytest.raises(IndexMismatch, match=f"与当前的{title}不一致"):
        VectorIndex.load(tmp_path / "index", header)


@pytest.mark.parametrize("damage", ["cut", "flip", "text", "empty", "gone"])
@pytest.mark.parametrize("file", ["manifest.json", "changes-00000001.npy"])
def test_a_damaged_file_is_refused_and_it_is_said_what_to_run(tmp_path: Path, file: str, damage: str) -> None:
    filled([1, 2]).save(tmp_path / "index", HEADER)
    hurt(tmp_path / "index" / file, damage)
    with pytest.raises(IndexMismatch, match=r"已损坏（.*），请运行 crisisdesk reindex"):
        VectorIndex.load(tmp_path / "index", HEADER)


def hurt(path: Path, damage: str) -> None:
    data = path.read_bytes()
    flipped = data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
    path.write_bytes({"cut": data[:-3], "flip": flipped, "text": b"hello", "empty": b"", "gone": b""}[damage])
    if damage == "gone":
        path.unlink()


def test_a_file_of_the_former_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index").write_bytes(b"crisisdesk index\n{}")
    with pytest.raises(IndexMismatch, match="旧格式"):
        VectorIndex.load(tmp_path / "index", HEADER)


def test_where_nothing_was_saved_nothing_is_opened(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        VectorIndex.load(tmp_path / "index", HEADER)


def test_a_damaged_index_is_replaced_by_saving_another_one(tmp_path: Path) -> None:
    filled([1, 2]).save(tmp_path, HEADER)
    (tmp_path / "manifest.json").write_text("{")
    filled([3]).save(tmp_path, HEADER)
    assert VectorIndex.load(tmp_path, HEADER).ids().tolist() == [3]


def test_what_a_process_left_when_it_died_is_removed_at_open_and_other_files_are_not(tmp_path: Path) -> None:
    filled([1]).save(tmp_path, HEADER)
    before = {path.name for path in tmp_path.iterdir()}
    left = ["changes-00000007.npy", "base-0a1b.vectors.npy", ".base-0a1b.ids.npy.17.tmp", ".manifest.json.17.tmp"]
    for name in [*left, "base-0a1b.lock", "notes.txt"]:
        (tmp_path / name).write_bytes(b"half")
    VectorIndex.load(tmp_path, HEADER)
    assert {path.name for path in tmp_path.iterdir()} == before | {"notes.txt"}


def test_vectors_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="no numbers"):
        VectorIndex(DIMENSION).upsert([1], np.full((1, DIMENSION), np.nan, np.float32))


def test_ids_are_stable() -> None:
    assert stable_id("催收") == stable_id("催收") == 8984798915672685630 != stable_id("收费")
    assert 0 <= stable_id("\ud800") < 2**63
