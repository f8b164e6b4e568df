"""Questions with the same answers come to lie together; what was taught is a small change that can be added once."""

from hashlib import sha256

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from retrieval.bundle.adapter import Adapter, bundled_adapter, bundled_mark
from retrieval.bundle.export import adapt
from retrieval.closeness import Segments
from retrieval.judging import GAINS
from retrieval.learned.memory import Memory
from retrieval.learned.questions import PRECEDENT, Questions
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
    tokens, gains = questions(192, 0)
    agreed = np.tile(np.array([1, 1, 1, 0.5], np.float32), len(tokens) // 4)
    return Lessons(tokens, gains, agreed, passages, Segments.of([3, 2]))


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


def test_another_seed_teaches_otherwise_and_the_mean_of_both_lies_between(adapter: Adapter) -> None:
    other = taught(fresh_model(), lessons(), epochs=EPOCHS, threads=1, seed=1)
    both = Adapter.unpacked(Adapter.mean([adapter, other]).packed())
    for layer in adapter.up:
        assert np.abs(adapter.change(layer) - other.change(layer)).max() > 0.01
        between = (adapter.change(layer) + other.change(layer)) / 2
        np.testing.assert_allclose(both.change(layer), between, atol=2e-3)
    model = fresh_model()
    before = told_apart(model)
    adapt(model, both)
    assert told_apart(model) > before + 0.2


def test_other_questions_answer_as_search_would_have_them_answer() -> None:
    random = np.random.default_rng(4)
    vectors = random.normal(size=(60, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gains = random.choice(np.array(GAINS, np.float32), size=(60, 3))
    agreed = random.choice(np.array([0.5, 1.0], np.float32), size=60)
    memory = Memory(*map(torch.from_numpy, (vectors, gains, agreed)))
    listed, known = memory.losses([0], torch.from_numpy(vectors[:1]))
    others = Questions.of(vectors[1:].copy(), vectors.mean(axis=0), ("a", "b", "c"), gains[1:], agreed[1:])
    said = others.like(vectors[0], np.ones(3, np.bool_))
    shares = np.exp(said.shares) / np.exp(said.shares).sum()
    chance, answered = 1 / (1 + np.exp(-said.precedented)), agreed[0] * bool(gains[0].max() >= PRECEDENT)
    assert listed.item() == pytest.approx(-(gains[0] / gains[0].sum() * np.log(shares)).sum(), rel=1e-4)
    assert known.item() == pytest.approx(-(answered * np.log(chance) + (1 - answered) * np.log(1 - chance)), rel=1e-4)


def test_a_memory_that_is_sure_and_wrong_still_learns() -> None:
    asked = torch.nn.functional.normalize(torch.ones(1, 8), dim=-1)
    vectors = torch.vstack([asked, asked.repeat(31, 1) + 0.01 * torch.eye(31, 8), -asked.repeat(31, 1)])
    gains = torch.zeros(len(vectors), 1)
    gains[0] = 1.6
    memory = Memory(torch.nn.functional.normalize(vectors, dim=-1), gains, torch.ones(len(vectors)))
    moved = torch.nn.functional.normalize(asked + 0.05 * torch.eye(1, 8), dim=-1).requires_grad_()
    known = memory.losses([0], moved)[1]
    known.backward()
    assert known.item() > 9
    assert moved.grad is not None
    assert bool(moved.grad.abs().max() > 1e-3)


def test_what_was_encoded_last_is_remembered_and_gradients_reach_the_batch_alone() -> None:
    vectors = torch.nn.functional.normalize(torch.randn(40, 8, generator=torch.Generator().manual_seed(2)), dim=-1)
    gains = torch.eye(40)[:, :4] * 1.6
    memory = Memory(vectors, gains, torch.ones(40))
    asked, kept = (vectors[[0, 1]].clone().requires_grad_() for _ in range(2))
    before = memory.losses([0, 1], asked)[0].item()
    memory.keep([7, 8], kept)
    after = memory.losses([0, 1], asked)[0]
    after.backward()
    assert after.item() != before
    assert asked.grad is not None
    assert bool(asked.grad.abs().max() > 0)
    assert kept.grad is None


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
