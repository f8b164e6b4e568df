"""What is learned from judged questions: a leg that remembers what answered questions like this one, and vectors tuned
to the field.
"""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.closeness import Segments
from retrieval.learned import NOTHING, Learned, Questions, Tuning, keep_learned, load_learned
from retrieval.learned.questions import FLOOR, NEAREST

if TYPE_CHECKING:
    from retrieval.learned.training import Examples

INCIDENTS = ("inc.a.one", "inc.a.two", "inc.a.three")
NUMBERS = b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }".ljust(118) + bytes(4)
EVERYWHERE = np.ones(3, np.bool_)


def unit(*values: float) -> NDArray[np.float32]:
    vector = np.array(values, np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def remembered() -> Questions:
    """Three questions: along x answered by the first incident and a little by the second, along y by the third, along z
    by nothing.
    """
    vectors = np.eye(3, dtype=np.float32)
    gains = np.array([[1.6, 0.3, 0], [0, 0, 1.0], [0, 0, 0]], np.float32)
    return Questions.of(vectors, np.zeros(3, np.float32), INCIDENTS, gains)


def test_a_question_speaks_for_what_answered_it_the_louder_the_more_it_is_like_the_query() -> None:
    near = remembered().like(unit(1, 0.1, 0), EVERYWHERE).shares
    assert near[0] > near[1] > near[2]
    halfway = remembered().like(unit(1, 0.9, 0), EVERYWHERE).shares
    assert near[0] > halfway[0] > halfway[2] > near[2]


def test_what_is_like_questions_without_a_precedent_has_most_likely_none() -> None:
    questions = remembered()
    assert questions.like(unit(1, 0, 0), EVERYWHERE).precedented > 1
    assert questions.like(unit(0, 0, 1), EVERYWHERE).precedented < -1


def test_a_precedent_counts_only_where_it_is_searched() -> None:
    questions, first_left_out = remembered(), np.array([False, True, True])
    assert questions.like(unit(1, 0, 0), first_left_out).precedented < -1
    nowhere = np.zeros(3, np.bool_)
    assert questions.like(unit(1, 0, 0), nowhere).precedented > 1, "nothing known is searched: the questions stand"


def test_only_the_nearest_questions_speak_however_many_others_there_are() -> None:
    few, many = NEAREST, 40 * NEAREST
    draw = np.random.default_rng(5)
    near = np.eye(16, dtype=np.float32)[np.zeros(few, np.int64)] + draw.normal(scale=0.05, size=(few, 16))
    others = draw.normal(size=(many, 16)) * np.array([0.3, *[1.0] * 15])
    vectors = np.vstack([others, near]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gains = np.zeros((many + few, 3), np.float32)
    gains[:many, 0], gains[many:, 1] = 1.6, 1.0
    questions = Questions.of(vectors, np.zeros(16, np.float32), INCIDENTS, gains)
    said = questions.like(np.eye(16, dtype=np.float32)[0], EVERYWHERE)
    assert said.shares[1] == pytest.approx(np.log(1.0), abs=0.05)
    assert said.shares[0] == pytest.approx(np.log(FLOOR), abs=1e-5)
    assert questions.like(np.eye(16, dtype=np.float32)[0], np.array([True, False, False])).precedented < -2


def test_a_precedent_that_half_the_judges_found_counts_half() -> None:
    vectors, mean = np.eye(3, dtype=np.float32), np.zeros(3, np.float32)
    gains = np.array([[1.6, 0, 0], [0, 1.6, 0], [0, 0, 0]], np.float32)
    sure, unsure = (
        Questions.of(vectors, mean, INCIDENTS, gains, np.array([share, 1, 1], np.float32)) for share in (1, 0.5)
    )
    both = [one.like(unit(1, 0, 0), EVERYWHERE) for one in (sure, unsure)]
    assert both[0].precedented > 1 > both[1].precedented > -1
    assert both[0].shares == pytest.approx(both[1].shares)


def test_nothing_learned_says_nothing_and_leaves_vectors_as_they_are() -> None:
    answered = NOTHING.questions.like(unit(1, 2, 3), np.zeros(0, np.bool_))
    assert (len(answered.shares), answered.precedented) == (0, 0)
    vectors = np.eye(4, dtype=np.float32)
    assert NOTHING.tuning.passages(vectors) is vectors


def examples() -> "Examples":
    """Questions along the axes 0 and 1 are answered by incidents whose passages lie along the axes 4 and 5."""
    from retrieval.learned.training import Examples  # noqa: PLC0415 - imports torch

    draw = np.random.default_rng(3)
    noise = draw.normal(scale=0.05, size=(46, 8)).astype(np.float32)
    axes = np.array([0] * 20 + [1] * 20 + [4] * 3 + [5] * 3)
    vectors = np.eye(8, dtype=np.float32)[axes] + noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gains = np.repeat(np.array([[1.6, 0], [0, 1.6]], np.float32), 20, axis=0)
    return Examples(vectors[:40], gains, vectors[40:], Segments.of([3, 3]))


def tuned(given: "Examples", epochs: int) -> Tuning:
    from retrieval.learned import training  # noqa: PLC0415 - imports torch

    return training.tuned(given, epochs=epochs)


def test_tuned_vectors_bring_questions_to_what_answers_them_and_the_same_examples_give_the_same() -> None:
    given = examples()
    tuning = tuned(given, epochs=60)
    questions, passages = tuning.passages(given.questions), tuning.passages(given.passages)
    assert np.allclose(np.linalg.norm(questions, axis=1), 1, atol=1e-5)
    after = (questions @ passages.T).reshape(40, 2, 3).mean(axis=2)
    before = (given.questions @ given.passages.T).reshape(40, 2, 3).mean(axis=2)
    right = np.repeat([0, 1], 20)
    rows = np.arange(40)
    assert (after[rows, right] - after[rows, 1 - right]).min() > 0.5
    assert abs((before[rows, right] - before[rows, 1 - right]).mean()) < 0.1
    assert np.array_equal(tuned(given, epochs=60).outer, tuning.outer)
    assert np.allclose(tuning.query(given.questions[7]), questions[7], atol=1e-6)


def test_questions_without_an_answer_teach_no_tuning() -> None:
    given = examples()
    assert not tuned(replace(given, gains=np.zeros_like(given.gains)), epochs=1).changes


def learned() -> Learned:
    return Learned("some-embedder", tuned(examples(), epochs=1), remembered())


def test_what_was_learned_comes_back_from_its_file_nearly_the_same(tmp_path: Path) -> None:
    kept = learned()
    keep_learned(kept, tmp_path)
    found = load_learned("some-embedder", tmp_path)
    query = unit(0.3, 0.5, 0.1)
    assert found.questions.incidents == INCIDENTS
    assert np.allclose(
        found.questions.like(query, EVERYWHERE).shares, kept.questions.like(query, EVERYWHERE).shares, atol=0.05
    )
    vectors = examples().questions
    assert np.allclose(found.tuning.passages(vectors), kept.tuning.passages(vectors), atol=2e-3)
    assert kept.packed() == learned().packed()


def test_no_damage_of_a_byte_gets_through(tmp_path: Path) -> None:
    whole = learned().packed()
    for place in range(0, len(whole), 97):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        (tmp_path / "learned.npz").write_bytes(damaged)
        found = load_learned("some-embedder", tmp_path)
        assert found is NOTHING or found.mark != learned().mark


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("columns", np.full(3, 10**6, np.int32)),
        ("tuning_bias", np.zeros(3, np.float16)),
        ("tuning_mean", np.zeros(5, np.float32)),
        ("scales", np.ones(1, np.float32)),
        ("scales", np.full(3, np.nan, np.float32)),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(name: str, wrong: NDArray[np.generic]) -> None:
    with np.load(BytesIO(learned().packed())) as found:
        parts = {**found, name: wrong}
    stream = BytesIO()
    np.savez_compressed(stream, **parts)
    with pytest.raises(ValueError, match="not what search learned"):
        Learned.unpacked(stream.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a real archive", b"\x93NUMPY", NUMBERS])
def test_a_damaged_file_or_one_of_another_embedder_counts_as_nothing_learned(tmp_path: Path, content: bytes) -> None:
    keep_learned(learned(), tmp_path)
    assert load_learned("another-embedder", tmp_path) is NOTHING
    (tmp_path / "learned.npz").write_bytes(content)
    assert load_learned("some-embedder", tmp_path) is NOTHING
