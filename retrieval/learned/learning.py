"""Judged queries → what search learns from them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Counter, Embedder
from retrieval.judging import GAINS, JudgedQuery
from retrieval.learned.kept import Learned
from retrieval.learned.questions import Questions
from retrieval.learned.tuning import Tuning
from retrieval.search import SearchEngine


def learn(
    engine: SearchEngine,
    embedder: Embedder,
    queries: Sequence[JudgedQuery],
    progress: Counter | None = None,
) -> Learned:
    """What judged queries teach about the documents of an engine that learned nothing yet. Incidents that no query
    names were not judged: nothing is learned about them.
    """
    from retrieval.learned.training import Examples, tuned  # noqa: PLC0415 - imports torch

    named = frozenset(name for one in queries for name in one.grades)
    incidents = engine.incident_passages(named)
    if not incidents.ids:
        return Learned(embedder.fingerprint, Tuning.none(), Questions.none())
    vectors = []
    for done, one in enumerate(queries, 1):
        vectors.append(embedder.question(engine.understand(one.query).text))
        if progress:
            progress(done, len(queries))
    gains, asked = gains_of(queries, incidents.ids), np.vstack(vectors)
    tuning = tuned(Examples(asked, gains, incidents.vectors, incidents.segments), progress)
    mean, agreed = incidents.vectors.mean(axis=0), np.array([one.agreed for one in queries], np.float32)
    return Learned(embedder.fingerprint, tuning, Questions.of(asked, mean, incidents.ids, gains, agreed))


def gains_of(queries: Sequence[JudgedQuery], ids: Sequence[str]) -> NDArray[np.float32]:
    """What each incident is worth as an answer: queries x incidents."""
    places = {name: place for place, name in enumerate(ids)}
    found = np.zeros((len(queries), len(ids)), np.float32)
    for row, one in enumerate(queries):
        for name, grade in one.grades.items():
            if name in places:
                found[row, places[name]] = GAINS[grade]
    return found
