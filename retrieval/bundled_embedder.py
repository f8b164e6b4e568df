"""The bundled embedder, through sentence-transformers or directly: both give the same bytes."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from retrieval.bundle.prepare import PROMPTS
from retrieval.embedder import Counter, Vector, Vectors, readable, stack
from retrieval.onnx_encoder import OnnxEncoder


class DirectEmbedder:
    """onnxruntime and tokenizers alone: ready in under a second."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._encoder = OnnxEncoder(folder, threads)
        self._loading = Lock()

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    def query(self, text: str) -> Vector:
        return self._embed(text, "query")

    def question(self, text: str) -> Vector:
        return self._embed(text, "query", question=True)

    def passages(self, texts: Sequence[str], progress: Counter | None = None) -> Vectors:
        vectors = []
        for done, text in enumerate(texts, start=1):
            vectors.append(self._embed(text, "document"))
            if progress:
                progress(done, len(texts))
        return stack(vectors, self.dimension)

    def _embed(self, text: str, role: str, *, question: bool = False) -> Vector:
        return self._encoder.encode(PROMPTS[role] + readable(text), question=question)


class BundledEmbedder(DirectEmbedder):
    """The default: the same graphs as modules of SentenceTransformers, which are imported with the first text."""

    @cached_property
    def _models(self) -> tuple[Any, Any]:
        """For texts and for questions."""
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds of imports

        from retrieval.onnx_module import OnnxEncoderModule  # noqa: PLC0415

        modules = (OnnxEncoderModule(self._encoder, questions=questions) for questions in (False, True))
        plain, taught = (
            SentenceTransformer(modules=[one], prompts=PROMPTS, similarity_fn_name="cosine", device="cpu")
            for one in modules
        )
        return plain, taught

    def _embed(self, text: str, role: str, *, question: bool = False) -> Vector:
        with self._loading:
            model = self._models[question]
        vector = model.encode(readable(text), prompt_name=role, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)
