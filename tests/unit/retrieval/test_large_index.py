"""A large index: a base of quantised lists, a delta and tombstones. Likely neighbours, never a wrong or stale one."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import IndexMismatch
from retrieval.index import IndexHeader, VectorIndex
from retrieval.index.building import build_apart, tuned_lists
from retrieval.index.lists import Lists

DIMENSION, ROWS, EXACT_UP_TO = 96, 6_000, 500
HEADER = IndexHeader("embedder-a", "knowledge-a", DIMENSION)


MATTERS = np.random.default_rng(0).normal(size=(80, DIMENSION))


def vectors(count: int, seed: int) -> np.ndarray:
    """Around eighty centres, as texts are about matters."""
    draw = np.random.default_rng(seed)
    values = MATTERS[draw.integers(len(MATTERS), size=count)] + draw.normal(size=(count, DIMENSION))
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


BASE = vectors(ROWS, 1)
OTHERS = vectors(200, 2)
QUERIES = vectors(60, 3)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of ids 0, 3, 6, ... that was merged and saved once."""
    folder = tmp_path_factory.mktemp("large") / "index"
    index = VectorIndex(DIMENSION, exact_up_to=EXACT_UP_TO)
    index.upsert(list(range(0, 3 * ROWS, 3)), BASE)
    index.save(folder, HEADER)
    assert index.merge_due
    index.merge()
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return Path(shutil.copytree(saved, tmp_path / "index"))


def opened(folder: Path, *, verify: bool = False) -> VectorIndex:
    return VectorIndex.load(folder, HEADER, verify=verify, exact_up_to=EXACT_UP_TO)


def best(plain: dict[int, np.ndarray], query: np.ndarray, k: int) -> list[tuple[int, float]]:
    ids = sorted(plain)
    scores = np.einsum("ij,j->i", np.vstack([plain[one] for one in ids]), query)
    return [(ids[at], float(scores[at])) for at in np.lexsort((ids, -scores))[:k]]


def test_a_merged_index_finds_nearly_all_neighbours_with_exact_scores(folder: Path) -> None:
    index = opened(folder)
    plain = dict(zip(range(0, 3 * ROWS, 3), BASE, strict=True))
    shared = 0
    for query in QUERIES:
        found, expected = index.search(query, 10), dict(best(plain, query, 10))
        assert all(score == float(np.einsum("ij,j->i", plain[number][None], query)[0]) for number, score in found)
        shared += len(expected.keys() & dict(found).keys())
    assert not index.exact
    assert not index.merge_due
    assert shared / (10 * len(QUERIES)) >= 0.97


def test_who_asks_for_much_of_it_gets_all_exactly(folder: Path) -> None:
    plain = dict(zip(range(0, 3 * ROWS, 3), BASE, strict=True))
    assert opened(folder).search(QUERIES[0], 1000) == best(plain, QUERIES[0], 1000)


def test_a_whole_neighbourhood_that_was_removed_is_never_found_and_others_are(folder: Path) -> None:
    index = opened(folder)
    near = [number for number, _ in index.search(QUERIES[0], 2000)]
    index.remove(near)
    found = index.search(QUERIES[0], 10)
    assert len(found) == 10
    assert not {number for number, _ in found} & set(near)
    index.remove(index.ids().tolist())
    assert index.search(QUERIES[0], 10) == []


def test_a_replaced_vector_is_found_as_it_is_now(folder: Path) -> None:
    index = opened(folder)
    index.upsert([300], QUERIES[:1])
    index.upsert([1], -QUERIES[:1])
    assert index.search(QUERIES[0], 1)[0] == (300, pytest.approx(1))
    np.testing.assert_array_equal(index.vectors([1, 300]), [-QUERIES[0], QUERIES[0]])
    assert len(index) == ROWS + 1


Step = tuple[str, list[int], int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "drop", "merge", "reopen", "save"]),
        st.lists(st.integers(0, 3 * ROWS), min_size=1, max_size=30, unique=True),
        st.integers(0, 170),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("exact_up_to", [EXACT_UP_TO, 10 * ROWS])
@settings(max_examples=8)
@given(STEPS)
def test_any_sequence_of_steps_agrees_with_a_dictionary(
    saved: Path, tmp_path_factory: pytest.TempPathFactory, exact_up_to: int, steps: list[Step]
) -> None:
    folder = Path(shutil.copytree(saved, tmp_path_factory.mktemp("steps") / "index"))
    index = VectorIndex.load(folder, HEADER, exact_up_to=exact_up_to)
    plain = dict(zip(range(0, 3 * ROWS, 3), BASE, strict=True))
    for action, ids, first in [*steps, ("check", [0], 0)]:
        if action == "put":
            fresh = OTHERS[first : first + len(ids)]
            index.upsert(ids, fresh)
            plain |= dict(zip(ids, fresh, strict=True))
        elif action == "drop":
            index.remove(ids)
            plain = {number: stored for number, stored in plain.items() if number not in ids}
        elif action == "merge":
            index.merge()
        elif action in {"save", "reopen"}:
            index.save(folder, HEADER)
            index = (
                VectorIndex.load(folder, HEADER, verify=True, exact_up_to=exact_up_to) if action == "reopen" else index
            )
    assert index.ids().tolist() == sorted(plain)
    np.testing.assert_array_equal(index.vectors(sorted(plain)), np.vstack([plain[one] for one in sorted(plain)]))
    for query in (QUERIES[0], OTHERS[steps[0][2]]):
        expected = best(plain, query, len(plain))
        assert set(index.search(query, 10)) <= set(expected), "a removed, replaced or wrongly scored one"
        if index.exact:
            assert index.search(query, 10) == expected[:10]
    shutil.rmtree(folder)


def test_a_merge_in_the_background_keeps_what_changes_meanwhile_and_searches_go_on(folder: Path) -> None:
    index = opened(folder)
    index.upsert([7, 30], OTHERS[:2])
    with searching(index) as seen:
        done = index.merge_in_background()
        index.upsert([8], OTHERS[2:3])
        index.upsert([30], OTHERS[3:4])
        index.remove([7, 33])
        done.result(60)
    assert seen
    assert all(len(found) == 10 for found in seen)
    np.testing.assert_array_equal(index.vectors([8, 30]), OTHERS[2:4])
    assert not np.isin([7, 33], index.ids()).any()
    index.save(folder, HEADER)
    assert opened(folder, verify=True).ids().tolist() == index.ids().tolist()


class searching:  # noqa: N801 - reads as a verb
    """Searches going on in another thread while the body runs; gives what they found."""

    def __init__(self, index: VectorIndex) -> None:
        self.index, self.found, self.over = index, list[list[tuple[int, float]]](), threading.Event()

    def __enter__(self) -> list[list[tuple[int, float]]]:
        self.pool = ThreadPoolExecutor(1)
        self.running = self.pool.submit(self.search)
        return self.found

    def search(self) -> None:
        while not self.over.is_set():
            self.found.append(self.index.search(QUERIES[0], 10))

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.running.result()
        self.pool.shutdown()


def test_a_merge_commits_what_was_saved_and_nothing_that_was_not(folder: Path) -> None:
    index = opened(folder)
    index.upsert([7], OTHERS[:1])
    index.merge()
    assert len(opened(folder)) == ROWS, "unsaved changes must not be committed by a merge"
    index.save(folder, HEADER)
    before = {path.name for path in folder.iterdir()}
    index.merge()
    after = {path.name for path in folder.iterdir()}
    assert len(before) == len(after)
    assert not any(name in after for name in before if name.startswith("base-"))
    assert len(opened(folder)) == ROWS + 1


def test_a_small_change_does_not_write_the_base_again(folder: Path) -> None:
    base = {path.name: path.stat().st_mtime_ns for path in folder.glob("base-*")}
    index = opened(folder)
    index.upsert([1], OTHERS[:1])
    index.save(folder, IndexHeader("embedder-a", "knowledge-b", DIMENSION))
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("base-*")} == base
    with pytest.raises(IndexMismatch, match="知识库内容"):
        opened(folder)


def test_a_base_that_another_process_removed_is_written_again(folder: Path) -> None:
    mine, other = opened(folder), opened(folder)
    other.upsert([1], OTHERS[:1])
    other.save(folder, HEADER)
    other.merge()
    mine.upsert([2], OTHERS[:1])
    mine.save(folder, HEADER)
    assert opened(folder, verify=True).ids().tolist() == mine.ids().tolist()


def test_a_merge_does_not_take_back_what_another_process_saved(folder: Path) -> None:
    mine, other = opened(folder), opened(folder)
    other.upsert([1], OTHERS[:1])
    other.save(folder, HEADER)
    mine.merge()
    assert len(opened(folder, verify=True)) == ROWS + 1
    assert len(mine) == ROWS
    mine.save(folder, HEADER)
    assert len(opened(folder, verify=True)) == ROWS


def test_an_index_that_became_small_is_exact_again(folder: Path) -> None:
    index = opened(folder)
    index.remove(index.ids()[100:].tolist())
    assert index.merge_due
    index.merge_if_due().result(60)
    assert index.exact
    index.save(folder, HEADER)
    assert not list(folder.glob("base-*"))
    assert len(opened(folder)) == 100


@pytest.mark.parametrize("part", ["ids.npy", "sums.npy", "vectors.npy", "lists.faiss"])
@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_base_is_refused(folder: Path, part: str, damage: str) -> None:
    path = next(folder.glob(f"base-*.{part}"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data if damage == "flip" else data[:-1])
    with pytest.raises(IndexMismatch, match=r"已损坏（base-.*），请运行 crisisdesk reindex"):
        opened(folder)


def test_a_row_that_is_damaged_while_it_is_mapped_raises_instead_of_scoring(folder: Path) -> None:
    index = opened(folder)
    path = next(folder.glob("base-*.vectors.npy"))
    with path.open("r+b") as stream:
        stream.seek(-4, 2)
        stream.write(b"\0\0\x80\x3f")
    with pytest.raises(IndexMismatch, match="已损坏"):
        index.vectors([3 * (ROWS - 1)])
    with pytest.raises(IndexMismatch, match="已损坏"):
        index.merge()


def test_the_same_vectors_give_the_same_lists_also_in_a_process_of_their_own(saved: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here.faiss", tmp_path / "there.faiss"
    tuned_lists(BASE).write(here)
    build_apart(next(saved.glob("base-*.vectors.npy")), there)
    assert here.read_bytes() == there.read_bytes()
    assert 1 <= Lists.read(there).probed < Lists.read(there).count / 2


def test_lists_of_vectors_with_few_dimensions_are_finer_and_as_good() -> None:
    few = np.ascontiguousarray(BASE[:, :8])
    lists = tuned_lists(few)
    found = [set(lists.search(query, 128).tolist()) for query in few[:50]]
    expected = [np.argsort(-(few @ query))[:10] for query in few[:50]]
    assert sum(len(near & set(true.tolist())) for near, true in zip(found, expected, strict=True)) >= 0.97 * 500


def test_a_building_process_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        build_apart(tmp_path / "none.npy", tmp_path / "lists.faiss")


@pytest.fixture(autouse=True)
def _no_threads_left() -> Iterator[None]:
    yield
    assert not [one for one in threading.enumerate() if one.name == "index-merge" and one.is_alive()]
