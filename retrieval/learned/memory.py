"""The memory of questions as a loss: each question is answered by the others, as in `retrieval.learned.questions`.

Neighbourhood components analysis with a memory (Goldberger et al. 2004; Wu et al. 2018, "Improving Generalization via
Scalable Neighborhood Component Analysis"). All questions are remembered as they were when they were last encoded;
gradients go through those of a batch alone. What is taught is then what search does with it: the nearest speak. But for
one thing: likeness is measured from the mean of the questions, which moves while they are taught; search measures it
from that of the passages. To search with either comes to the same (ADR 27).
"""

from collections.abc import Sequence

import torch
from torch.nn import functional

from retrieval.learned.questions import FLOOR, LEVEL, NEAREST, PRECEDENT, SHARPNESS


class Memory:
    """`vectors` (questions x dimension) as they are encoded at first; the `gains` (questions x incidents) of each
    question; `agreed` is the share of its judges who found a precedent, where any did.
    """

    def __init__(self, vectors: torch.Tensor, gains: torch.Tensor, agreed: torch.Tensor) -> None:
        self._vectors = vectors.clone()
        self._gains = gains
        self._answered = agreed * (gains >= PRECEDENT).any(1)

    def keep(self, chosen: Sequence[int], vectors: torch.Tensor) -> None:
        """Remember these questions as they are now."""
        self._vectors[list(chosen)] = vectors.detach()

    def losses(self, chosen: Sequence[int], vectors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the other questions say wrongly of these: which incidents answer (the cross entropy of shares), and
        whether any does.
        """
        rows = list(chosen)
        mean = self._vectors.mean(0)
        asked = functional.normalize(vectors - mean, dim=-1)
        likeness = asked @ functional.normalize(self._vectors - mean, dim=-1).T
        likeness[torch.arange(len(rows)), rows] = -1  # nobody speaks for himself
        near, others = likeness.topk(min(NEAREST, likeness.shape[1]), dim=1)
        say = torch.exp(SHARPNESS * (near - LEVEL))
        whole = say.sum(1) + 1
        shares = torch.einsum("qn,qni->qi", say, self._gains[others]) / whole[:, None] + FLOOR
        chance = ((say * self._answered[others]).sum(1) + 0.5) / whole
        gains = self._gains[rows]
        sums = gains.sum(1)
        wanted = gains / sums.clamp(min=1e-6)[:, None]
        each = -(wanted * torch.log(shares / shares.sum(1, keepdim=True))).sum(1)
        known = functional.binary_cross_entropy(chance, self._answered[rows])
        return each[sums > 0].sum() / max(1, int((sums > 0).sum())), known
