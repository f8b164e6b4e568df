"""An embedder that embeds each question once, for measuring many settings on the same ones."""

from collections.abc import Sequence

from retrieval.embedder import Counter, Embedder, Vector, Vectors


class Remembering:
    """Another embedder with a memory for questions. Grows without limit: for measuring, not for serving."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vector] = {}
        self.name, self.dimension, self.fingerprint = embedder.name, embedder.dimension, embedder.fingerprint

    def query(self, text: str) -> Vector:
        return self._embedder.query(text)

    def question(self, text: str) -> Vector:
        if text not in self._known:
            self._known[text] = self._embedder.question(text)
        return self._known[text]

    def passages(self, texts: Sequence[str], progress: Counter | None = None) -> Vectors:
        return self._embedder.passages(texts, progress)
