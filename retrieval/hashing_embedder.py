"""A tiny embedder for tests: texts that share character sequences are close. No model, the same anywhere."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np

from retrieval.embedder import Counter, Vector, Vectors, readable, stack


class HashingEmbedder:
    """Character 1-3-grams hashed into signed buckets, scaled to length 1."""

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.name = "hashing"
        self.fingerprint = f"hashing-{dimension}"

    def query(self, text: str) -> Vector:
        vector = np.zeros(self.dimension, np.float32)
        for gram in _grams(readable(text)):
            number = int.from_bytes(blake2b(gram.encode(), digest_size=8).digest(), "little")
            vector[(number >> 1) % self.dimension] += 1 if number & 1 else -1
        length = float(np.linalg.norm(vector))
        if length == 0:
            vector[0] = length = 1.0
        scaled: Vector = (vector / length).astype(np.float32)
        return scaled

    def question(self, text: str) -> Vector:
        return self.query(text)

    def passages(self, texts: Sequence[str], progress: Counter | None = None) -> Vectors:
        vectors = []
        for done, text in enumerate(texts, start=1):
            vectors.append(self.query(text))
            if progress:
                progress(done, len(texts))
        return stack(vectors, self.dimension)


def _grams(text: str) -> Iterator[str]:
    for size in (1, 2, 3):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]
