"""Near-identical entries do not fill the page: an entry much like one above it moves down.

Maximal marginal relevance (Carbonell and Goldstein 1998) with a hinge: only likeness above `LIKE` costs anything, so
that several precedents of one kind stay and near-copies do not. The first place never moves; playbooks and templates,
of which those of one category are alike on purpose, stay where they are.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from retrieval.closeness import GIST, Numbers
from retrieval.corpus import Corpus

LIKE: Final = 0.6
"""Cosine of the gists of two documents (see `Corpus.gists`) from which they are much alike. No two of the written
incidents come closer than .46; a copy in other words reaches about .8. Tuned vectors would not tell them apart: to them
two incidents are alike that answer the same questions.
"""

COST: Final = 15.0
"""What likeness costs, in units of the ranking for each unit of cosine above `LIKE`."""

POOL: Final = 4
"""How many candidates are looked at for each place."""


def diverse(corpus: Corpus, documents: Numbers, values: NDArray[np.float32], k: int) -> Numbers:
    """Positions (in `documents`, which is best first) of the `k` entries to show, in the order to show them."""
    pool = min(len(documents), k * POOL)
    if pool <= 2:
        return np.arange(min(k, pool))
    cases = corpus.filters.incidents.take(documents[:pool]).nonzero()[0]
    likeness = _likeness(corpus, documents.take(cases))
    if likeness.max(initial=0) <= LIKE:
        return np.arange(min(k, pool))
    cost = np.zeros((pool, pool), np.float32)
    cost[np.ix_(cases, cases)] = COST * np.maximum(likeness - LIKE, 0)
    left = values[:pool].astype(np.float64)
    chosen: list[int] = []
    for _ in range(min(k, pool)):
        best = int(np.argmax(left))
        chosen.append(best)
        left[best] = -np.inf
        left = np.minimum(left, values[:pool] - cost[best])
        left[chosen] = -np.inf
    return np.array(chosen, np.int64)


def _likeness(corpus: Corpus, documents: Numbers) -> NDArray[np.float32]:
    """Of each to each other, 0 to itself."""
    gists = corpus.gists.take(documents, axis=0).astype(np.float32)
    gists /= GIST
    likeness = gists @ gists.T.copy()  # the product with itself would wake the threads of BLAS
    likeness.reshape(-1)[:: len(gists) + 1] = 0
    return np.asarray(likeness, np.float32)
