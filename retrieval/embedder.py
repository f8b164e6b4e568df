"""Text to unit vectors: the bundled multilingual-e5-small, or any sentence-transformers model.

Every text is embedded alone. In a batch the int8 graph's activation scales, and padding, make a vector depend on its
neighbours; alone, the same text always gives the same bytes.

Importing this module is cheap; torch and sentence-transformers are imported when first needed.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.bundle.prepare import FINGERPRINT_FILE
from retrieval.errors import EmbedderUnavailable
from retrieval.text import readable

__all__ = ["Counter", "Embedder", "Vector", "Vectors", "load_embedder", "readable", "stack"]

Vector = NDArray[np.float32]
"""Shape (dimension,), length 1."""

Vectors = NDArray[np.float32]
"""Shape (texts, dimension), each row of length 1."""

Counter = Callable[[int, int], None]
"""Called with how many texts are done and how many there are."""


class Embedder(Protocol):
    """Texts with close meaning get vectors with a high inner product.

    `fingerprint` changes whenever the same query or passage could get another vector. They are told apart because some
    models (E5) want them marked. Questions to the knowledge base are queries for most; the bundled embedder was taught
    what they mean, with what search learned (`retrieval.learned`).
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def fingerprint(self) -> str: ...

    def query(self, text: str) -> Vector:
        """The vector of a text that is compared with others of its kind."""
        ...

    def question(self, text: str) -> Vector:
        """The vector of something searched for."""
        ...

    def passages(self, texts: Sequence[str], progress: Counter | None = None) -> Vectors:
        """The vectors of things to be found, each independent of the others."""
        ...


def stack(vectors: Sequence[Vector], dimension: int) -> Vectors:
    """Rows of one matrix, also when there are none."""
    return np.vstack(vectors).astype(np.float32) if vectors else np.zeros((0, dimension), np.float32)


def load_embedder(setting: str | Path, *, threads: int = 1, direct: bool = False) -> Embedder:
    """The embedder that a setting names.

    `setting` is the bundled folder (see `retrieval.bundle`), another sentence-transformers folder, or a model name for
    a hub. `threads` are processor threads for one text. `direct` runs the bundled graph without sentence-transformers:
    the same bytes, without seconds of imports, for short-lived commands; other models ignore it.
    Raises EmbedderUnavailable.
    """
    folder = Path(setting)
    if isinstance(setting, Path) and not folder.is_dir():
        raise EmbedderUnavailable(f"向量模型还没有准备好（{folder}），请先运行 make models")
    if not (folder / FINGERPRINT_FILE).is_file():
        from retrieval.sentence_embedder import load_sentence_embedder  # noqa: PLC0415 - imports torch

        return load_sentence_embedder(str(setting), threads)
    from retrieval.bundled_embedder import BundledEmbedder, DirectEmbedder  # noqa: PLC0415 - imports onnxruntime

    return DirectEmbedder(folder, threads) if direct else BundledEmbedder(folder, threads)
