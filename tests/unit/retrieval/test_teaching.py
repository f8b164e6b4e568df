"""Questions with the same answers come to lie together; what was taught is a small change that can be added once."""

from hashlib import sha256

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from retrieval.bundle.adapter import Adapter, bundled_adapter, bundled_mark
from retrieval.bundle.export import adapt
from retrieval.closeness import Segments
from retrieval.learned.teaching import Lessons, encoded, taught

WORDS, SIZE = 40, 16
FEES, CALLS = range(4, 20), range(20, 36)
SHAPE = {"hidden_size": SIZE, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
EPOCHS = 40


def fresh_model() -> BertModel:
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=WORDS, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, initializer_range=0.3, **SHAPE
    )
    return BertModel(config, add_pooling_layer=False).eval()


def questions(count: int, seed: int) -> tuple[list[list[int]], np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
    """Questions of fee words are answered by the first incident, those of call words by the second, others by none."""
    random = np.random.default_rng(seed)
    tokens, gains = [], np.zeros((count, 2), np.float32)
    for row in range(count):
        words = (FEES, CALLS, range(1, 4))[row % 3]
        tokens.append([0, *random.choice(list(words), size=4 + row % 3).tolist(), 2])
        if row % 3 < 2:
            gains[row, row % 3] = 1.6
    return tokens, gains


def lessons() -> Lessons:
    passages = np.random.default_rng(3).normal(size=(5, SIZE)).astype(np.float32)
    passages /= np.linalg.norm(passages, axis=1, keepdims=True)
    return Lessons(*questions(192, 0), passages, Segments.of([3, 2]))


@pytest.fixture(scope="module")
def adapter() -> Adapter:
    return taught(fresh_model(), lessons(), epochs=EPOCHS, threads=1)


def told_apart(model: BertModel) -> float:
    """How much closer new questions lie to those with their answer than to the others."""
    tokens, gains = questions(60, 9)
    with torch.no_grad():
        vectors = encoded(model, tokens).numpy()
    cosines, kinds = vectors @ vectors.T, gains.argmax(axis=1) + (gains.sum(axis=1) > 0)
    same = kinds[:, None] == kinds[None]
    return float(cosines[same].mean() - cosines[~same].mean())


def test_questions_with_the_same_answers_come_to_lie_together(adapter: Adapter) -> None:
    model = fresh_model()
    before = told_apart(model)
    adapt(model, adapter)
    assert told_apart(model) > before + 0.2


def test_what_was_taught_is_the_same_from_its_file_and_from_another_run(adapter: Adapter) -> None:
    again = Adapter.unpacked(adapter.packed())
    assert set(again.up) == set(adapter.up)
    for layer in adapter.up:
        np.testing.assert_allclose(again.change(layer), adapter.change(layer), atol=1e-3)
    assert taught(fresh_model(), lessons(), epochs=EPOCHS, threads=1).packed() == adapter.packed()


def test_nothing_taught_changes_nothing() -> None:
    model, adapter = fresh_model(), taught(fresh_model(), lessons(), epochs=0, threads=1)
    before = told_apart(model)
    adapt(model, adapter)
    assert told_apart(model) == before


def test_the_adapter_that_comes_along_changes_every_layer_of_the_encoder_a_little() -> None:
    adapter = bundled_adapter()
    assert len(adapter.up) == len(adapter.down) == 12 * 6
    assert bundled_mark() == sha256(adapter.packed()).hexdigest()
    changes = [np.abs(adapter.change(layer)).max() for layer in adapter.up]
    assert 0 < min(changes) <= max(changes) < 1
