"""Fits a tuning on judged questions: questions and the passages of incidents → a small network.

Listwise (ListNet's top-one form, Cao et al. 2007): the cross entropy between the gains of all incidents and a softmax
over the mean of each one's three best cosines, as the dense leg of the search works it out. Deterministic for one
machine: one thread, one seed. Takes about a minute for 5,000 questions. Imports torch (seconds).
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from retrieval.closeness import BEST, Segments
from retrieval.embedder import Counter, Vectors
from retrieval.learned.tuning import Tuning

HIDDEN: Final = 256
EPOCHS: Final = 20
BATCH: Final = 128
RATE, DECAY, NOISE = 1e-3, 0.02, 0.1
"""Of AdamW (Loshchilov and Hutter 2019); `NOISE` is the length of what is added at random to each question."""

SCALE: Final = 20.0
"""What a cosine is multiplied by before the softmax; learned from there."""

NOWHERE: Final = -1.0
"""The cosine of a passage that is not there."""


@dataclass(frozen=True)
class Examples:
    """`questions` (n x dimension) with the `gains` (n x incidents) of the incidents that answer them; `passages` of all
    incidents one after the other, in `segments`. Vectors are as the embedder gives them.
    """

    questions: Vectors
    gains: NDArray[np.float32]
    passages: Vectors
    segments: Segments


class Network(torch.nn.Module):
    """A `Tuning` being fitted, and the scale of its softmax."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.inner = torch.nn.Parameter(torch.randn(dimension, HIDDEN) / math.sqrt(dimension))
        self.bias = torch.nn.Parameter(torch.zeros(HIDDEN))
        self.outer = torch.nn.Parameter(torch.zeros(HIDDEN, dimension))
        self.scale = torch.nn.Parameter(torch.tensor(math.log(SCALE)))

    def forward(self, apart: torch.Tensor) -> torch.Tensor:
        hidden = torch.relu(apart @ self.inner + self.bias)
        return functional.normalize(apart + hidden @ self.outer, dim=-1)


def tuned(examples: Examples, progress: Counter | None = None, epochs: int = EPOCHS) -> Tuning:
    """The network that puts each question nearest to the incidents that answer it. Questions without an answer say
    nothing here; none at all leave vectors as they are.
    """
    telling = np.flatnonzero(examples.gains.sum(axis=1) > 0)
    if not len(telling):
        return Tuning.none()
    mean = examples.passages.mean(axis=0).astype(np.float32)
    with repeatable():
        network = Network(len(mean))
        questions = _apart(examples.questions[telling], mean)
        gains = torch.from_numpy(examples.gains[telling])
        _fit(network, questions, gains, Passages.of(examples.passages, examples.segments, mean), epochs, progress)
        layers = [part.detach().numpy().copy() for part in (network.inner, network.bias, network.outer)]
    return Tuning(mean, *layers)


@contextmanager
def repeatable(threads: int = 1, seed: int = 0) -> Iterator[None]:
    """So many threads and a seed, whatever was set before and is again afterwards."""
    before, state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.set_rng_state(state)


@dataclass(frozen=True)
class Passages:
    """`rows` (incidents x most passages) are numbers in `vectors`, `there` says which of them are passages."""

    vectors: torch.Tensor
    rows: torch.Tensor
    there: torch.Tensor

    @classmethod
    def of(cls, passages: Vectors, segments: Segments, mean: NDArray[np.float32]) -> "Passages":
        counts, starts = segments.counts, segments.starts
        places = np.arange(max(int(counts.max()), BEST))
        there = places[None] < counts[:, None]
        rows = np.where(there, starts[:, None] + places[None], 0)
        return cls(_apart(passages, mean), torch.from_numpy(rows), torch.from_numpy(there))

    def closeness(self, questions: torch.Tensor, network: Network) -> torch.Tensor:
        """Of tuned questions: questions x incidents."""
        cosines = (questions @ network(self.vectors).T)[:, self.rows]
        best: torch.Tensor = torch.where(self.there, cosines, NOWHERE).topk(BEST, -1).values
        fewer = (BEST - self.there.sum(-1)).clamp(min=0)
        return (best.sum(-1) - NOWHERE * fewer) / (BEST - fewer)


def _fit(
    network: Network,
    questions: torch.Tensor,
    gains: torch.Tensor,
    passages: Passages,
    epochs: int,
    progress: Counter | None,
) -> None:
    wanted = gains / gains.sum(1, keepdim=True)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    for epoch in range(epochs):
        for chosen in torch.randperm(len(questions)).split(BATCH):  # type: ignore[no-untyped-call]
            asked = questions[chosen]
            asked = asked + NOISE * torch.randn_like(asked) / math.sqrt(asked.shape[1])
            found = passages.closeness(network(functional.normalize(asked, dim=-1)), network)
            loss = -(wanted[chosen] * functional.log_softmax(found * network.scale.exp(), -1)).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - epoch / epochs)
        if progress:
            progress(epoch + 1, epochs)


def _apart(vectors: Vectors | Sequence[Vectors], mean: NDArray[np.float32]) -> torch.Tensor:
    return functional.normalize(torch.from_numpy(np.asarray(vectors - mean, np.float32)), dim=-1)
