"""The vectors that tests remember between runs are those that the embedder gives, and a wrong one is found."""

import sqlite3
from pathlib import Path

import pytest

from retrieval.hashing_embedder import HashingEmbedder
from tests.support.remembered import PROVEN, RememberingEmbedder

TEXTS = ("会员费", "泄露了我的资料", "会员费")


def test_a_remembered_vector_has_the_bytes_of_the_first_one(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    for _ in range(2):
        remembering = RememberingEmbedder(embedder, tmp_path)
        assert [remembering.query(text).tobytes() for text in TEXTS] == [embedder.query(t).tobytes() for t in TEXTS]
        remembering.close()


def test_a_wrong_one_is_found(tmp_path: Path) -> None:
    remembering = RememberingEmbedder(HashingEmbedder(), tmp_path, day=0)
    _spoil(remembering, tmp_path)
    with pytest.raises(AssertionError, match="记住的向量"):
        remembering.query(TEXTS[0])
    remembering.close()


def test_each_lookup_of_a_run_is_proven_on_one_of_forty_days(tmp_path: Path) -> None:
    _spoil(remembering := RememberingEmbedder(HashingEmbedder(), tmp_path), tmp_path)
    remembering.close()
    proven = [
        _first_proven(RememberingEmbedder(HashingEmbedder(), tmp_path, day=20_000 + day)) for day in range(PROVEN)
    ]
    assert sorted(proven) == list(range(PROVEN))


def _first_proven(remembering: RememberingEmbedder) -> int:
    """How many lookups of a wrong vector pass before it is found."""
    passed = 0
    while passed < 2 * PROVEN:
        try:
            remembering.query(TEXTS[0])
        except AssertionError:
            break
        passed += 1
    remembering.close()
    return passed


def _spoil(remembering: RememberingEmbedder, folder: Path) -> None:
    """Remember a vector of the first text that the embedder does not give."""
    vector = remembering.query(TEXTS[0])
    [kept] = folder.glob("vectors-*.sqlite3")
    with sqlite3.connect(kept) as other:
        other.execute("UPDATE vectors SET vector = ?", ((vector * 2).tobytes(),))
    other.close()


def test_another_embedder_remembers_nothing_of_this_one(tmp_path: Path) -> None:
    for dimension in (64, 128):
        remembering = RememberingEmbedder(HashingEmbedder(dimension), tmp_path)
        assert remembering.query(TEXTS[0]).shape == (dimension,)
        remembering.close()
    assert len(list(tmp_path.glob("vectors-*.sqlite3"))) == 1
