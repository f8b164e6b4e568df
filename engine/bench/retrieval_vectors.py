"""Real embeddings of generated texts, kept in chunks so that an interrupted run goes on where it stopped."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.bench.retrieval_texts import NONE, Rows
from retrieval.bundle.files import write_atomically
from retrieval.embedder import Embedder, Vectors
from retrieval.index import stable_id

_CHUNK: Final = 500
_BLOCK: Final = 50_000


class VectorCache:
    """Vectors by text, in files of 500 under a folder of the embedder's own."""

    def __init__(self, embedder: Embedder, cache: Path, progress: Callable[[str], None]) -> None:
        self._embedder = embedder
        self._folder = cache / "bench-index" / embedder.fingerprint[:16]
        self._progress = progress
        self._known: dict[int, NDArray[np.float32]] = {}
        for path in sorted(self._folder.glob("*.npy")):
            self._note(np.load(path))

    def lacks(self, texts: Sequence[str]) -> int:
        """How many of these texts have not been embedded."""
        return len({stable_id(text) for text in texts} - self._known.keys())

    def passages(self, texts: Sequence[str], title: str) -> Vectors:
        """The vectors of these texts, those that are missing embedded one by one."""
        missing = list({stable_id(text): text for text in texts if stable_id(text) not in self._known}.values())
        for start in range(0, len(missing), _CHUNK):
            part = missing[start : start + _CHUNK]
            self._keep([stable_id(text) for text in part], self._embedder.passages(part))
            self._progress(f"{title}：已计算向量 {min(start + _CHUNK, len(missing))}/{len(missing)}")
        return np.vstack([self._known[stable_id(text)] for text in texts])

    def queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of these texts as queries."""
        marks = [stable_id(f"query: {text}") for text in texts]
        missing = {mark: text for mark, text in zip(marks, texts, strict=True) if mark not in self._known}
        if missing:
            self._keep(list(missing), np.vstack([self._embedder.query(text) for text in missing.values()]))
        return np.vstack([self._known[mark] for mark in marks])

    def __len__(self) -> int:
        return len(self._known)

    def _keep(self, ids: Sequence[int], vectors: Vectors) -> None:
        rows = np.zeros(len(ids), [("id", "<i8"), ("vector", "<f4", (self._embedder.dimension,))])
        rows["id"], rows["vector"] = ids, vectors
        self._note(rows)
        path = self._folder / f"{rows['id'][0]:016x}.npy"
        write_atomically(path, [_as_file(rows)])

    def _note(self, rows: NDArray[np.void]) -> None:
        self._known.update(zip(rows["id"].tolist(), rows["vector"], strict=True))


def composed(clauses: Vectors, rows: Rows) -> Vectors:
    """For each text the mean of its clauses' vectors, at length 1."""
    found = np.zeros((len(rows), clauses.shape[1]), np.float32)
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        third = clauses[np.maximum(part[:, 2], 0)] * (part[:, 2:] != NONE)
        total = clauses[part[:, 0]] + clauses[part[:, 1]] + third
        found[start : start + _BLOCK] = total / np.linalg.norm(total, axis=1, keepdims=True)
    return found


def _as_file(rows: NDArray[np.void]) -> bytes:
    stream = BytesIO()
    np.save(stream, rows)
    return stream.getvalue()
