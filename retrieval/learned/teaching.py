"""Teaches the bundled encoder what questions mean: judged questions → an adapter.

Low-rank adaptation (Hu et al. 2022) of every attention and feed-forward layer, for questions alone, passages staying as
the encoder embeds them. Five losses share the change: listwise over incidents as in `retrieval.learned.training`,
through a small network like a `Tuning`; whether there is a precedent; which incidents answer; and both once more as the
other questions say (`retrieval.learned.memory`). The heads are thrown away: what is wanted is that questions with the
same answers come to lie together. `python -m retrieval.teach` does it for the bank: about half an hour on two cores for
each of the runs whose mean is taken.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.optim.lr_scheduler import LambdaLR
from transformers import BertModel

from retrieval.bundle.adapter import SCALE, Adapter
from retrieval.bundle.export import SentenceEncoder
from retrieval.closeness import Segments
from retrieval.embedder import Counter, Vectors
from retrieval.learned.memory import Memory
from retrieval.learned.questions import PRECEDENT
from retrieval.learned.training import Network, Passages, repeatable

RANK: Final = 16
EPOCHS: Final = 5
BATCH: Final = 32
SORTED: Final = 16 * BATCH
"""Questions among which batches are made of equally long ones."""

MOST_TOKENS: Final = 96
RATE, RATE_OF_HEADS, DECAY, CLIPPED = 5e-4, 1e-3, 0.02, 1.0
WARMING, COOLED = 50, 0.95
"""Steps after which rates are whole, and the share that they have lost at the end."""

HEAD: Final = 128
SHARES: Final = (1.0, 0.5, 10.0, 1.0, 1.0)
"""What the five losses count."""

SPREAD: Final = 4.0
"""Vectors of length 1 are made longer for the heads, which learn faster then."""

RARE: Final = -3.0
"""The log odds, before anything is learned, that an incident answers."""

ADAPTED: Final = ("query", "key", "value", "dense")


@dataclass(frozen=True)
class Lessons:
    """`tokens` of each question; `gains` (questions x incidents) of the incidents that answer them; `agreed` is the
    share of a question's judges who found a precedent, where any did; `passages` of all incidents as the encoder embeds
    them, in `segments`.
    """

    tokens: Sequence[Sequence[int]]
    gains: NDArray[np.float32]
    agreed: NDArray[np.float32]
    passages: Vectors
    segments: Segments


class _Adapted(torch.nn.Module):
    """A layer and a change of low rank, which starts at nothing."""

    def __init__(self, layer: torch.nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.down = torch.nn.Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.up = torch.nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.layer(states) + (states @ self.down.T) @ self.up.T * SCALE
        return found


class _Heads(torch.nn.Module):
    """Which incidents answer, and whether any does."""

    def __init__(self, dimension: int, incidents: int) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(dimension, HEAD)
        self.any = torch.nn.Linear(HEAD, 1)
        self.each = torch.nn.Linear(dimension, incidents)

    def forward(self, tuned: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        wide = tuned * SPREAD
        return self.any(torch.relu(self.inner(wide)))[:, 0], self.each(wide) + RARE


def taught(
    model: BertModel,
    lessons: Lessons,
    *,
    epochs: int = EPOCHS,
    threads: int = 2,
    seed: int = 0,
    progress: Counter | None = None,
) -> Adapter:
    """Fit an adapter; `model` is changed while at it. The same for the same seed, machine and number of threads."""
    with repeatable(threads, seed):
        return _taught(model, lessons, epochs, seed, progress)


def _taught(model: BertModel, lessons: Lessons, epochs: int, seed: int, progress: Counter | None) -> Adapter:
    adapted = _adapt(model)
    mean = lessons.passages.mean(axis=0).astype(np.float32)
    passages = Passages.of(lessons.passages, lessons.segments, mean)
    network, heads = Network(len(mean)), _Heads(len(mean), lessons.gains.shape[1])
    changes = [weight for one in adapted.values() for weight in (one.down, one.up)]
    others = [*network.parameters(), *heads.parameters()]
    groups: list[dict[str, Any]] = [{"params": changes, "lr": RATE}, {"params": others, "lr": RATE_OF_HEADS}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    gains, centre = torch.from_numpy(lessons.gains), torch.from_numpy(mean)
    answered = (gains >= PRECEDENT).any(1).float()
    memory = Memory(_all_encoded(model, lessons.tokens), gains, torch.from_numpy(lessons.agreed))
    steps = epochs * math.ceil(len(lessons.tokens) / BATCH)
    rates = LambdaLR(optimizer, lambda done: min(1.0, (done + 1) / WARMING) * (1 - COOLED * (done + 1) / max(steps, 1)))
    for step, chosen in enumerate(_batches(lessons.tokens, epochs, seed), 1):
        vectors = encoded(model, [lessons.tokens[number] for number in chosen])
        tuned = network(functional.normalize(vectors - centre, dim=-1))
        close = passages.closeness(tuned, network) * network.scale.exp()
        losses = (*_losses(close, heads(tuned), gains[chosen], answered[chosen]), *memory.losses(chosen, vectors))
        loss = torch.stack([share * one for share, one in zip(SHARES, losses, strict=True)]).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(changes, CLIPPED)
        optimizer.step()
        rates.step()
        memory.keep(chosen, vectors)
        if progress:
            progress(step, steps)
    parts = {name: (one.down.detach().numpy(), one.up.detach().numpy()) for name, one in adapted.items()}
    return Adapter({name: down for name, (down, _) in parts.items()}, {name: up for name, (_, up) in parts.items()})


def encoded(model: BertModel, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
    """Vectors of length 1, padded to the longest."""
    length = max(map(len, tokens))
    ids, mask = torch.ones(len(tokens), length, dtype=torch.long), torch.zeros(len(tokens), length, dtype=torch.long)
    for row, one in enumerate(tokens):
        ids[row, : len(one)] = torch.tensor(one)
        mask[row, : len(one)] = 1
    vectors: torch.Tensor = SentenceEncoder(model)(ids, mask)
    return vectors


def _all_encoded(model: BertModel, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
    order = sorted(range(len(tokens)), key=lambda number: len(tokens[number]))
    found = torch.zeros(len(tokens), model.config.hidden_size)
    with torch.no_grad():
        for at in range(0, len(order), BATCH):
            part = order[at : at + BATCH]
            found[part] = encoded(model, [tokens[number] for number in part])
    return found


def _adapt(model: BertModel) -> dict[str, _Adapted]:
    """Put an adapted layer in place of each; by its name."""
    for weight in model.parameters():
        weight.requires_grad_(False)
    found = {}
    for name, module in list(model.encoder.named_modules()):
        for short, layer in list(module.named_children()):
            if isinstance(layer, torch.nn.Linear) and short in ADAPTED:
                found[f"encoder.{name}.{short}"] = _Adapted(layer)
                setattr(module, short, found[f"encoder.{name}.{short}"])
    return found


def _batches(tokens: Sequence[Sequence[int]], epochs: int, seed: int) -> Iterator[list[int]]:
    """Numbers of about equally long questions, in random order."""
    random = np.random.default_rng(seed)
    lengths = np.array([len(one) for one in tokens])
    for _ in range(epochs):
        order, batches = random.permutation(len(tokens)), list[list[int]]()
        for start in range(0, len(order), SORTED):
            part = order[start : start + SORTED]
            part = part[np.argsort(lengths[part], kind="stable")]
            batches += [part[at : at + BATCH].tolist() for at in range(0, len(part), BATCH)]
        for number in random.permutation(len(batches)).tolist():
            yield batches[number]


def _losses(
    close: torch.Tensor, judged: tuple[torch.Tensor, torch.Tensor], gains: torch.Tensor, answered: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    whole = gains.sum(1)
    wanted = gains / whole.clamp(min=1e-6)[:, None]
    listed = -(wanted * functional.log_softmax(close, -1)).sum(1)
    some, each = judged
    return (
        listed[whole > 0].sum() / max(1, int((whole > 0).sum())),
        functional.binary_cross_entropy_with_logits(some, answered),
        functional.binary_cross_entropy_with_logits(each, gains.clamp(0, 1)),
    )
