"""Any sentence-transformers model, by folder or by name. Imports torch: loaded on demand by `load_embedder`."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from retrieval.bundle.prepare import PROMPTS
from retrieval.embedder import Counter, Vector, Vectors, readable, stack
from retrieval.errors import EmbedderUnavailable


def load_sentence_embedder(setting: str, threads: int = 1) -> "SentenceEmbedder":
    """Load a model that is not the bundled one; raises EmbedderUnavailable. `threads` is torch's global setting.

    Weights that a folder lacks (of a pooler that nobody asks, say) are drawn; always the same, as they are in the
    fingerprint.
    """
    torch.set_num_threads(threads)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = SentenceTransformer(setting, device="cpu", model_kwargs={"dtype": torch.float32})
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        why = str(error).strip().splitlines()[0][:200]
        raise EmbedderUnavailable(
            f"无法加载向量模型“{setting}”：{why}。请确认文件夹或名称正确；没有网络时请改用内置向量模型。"
        ) from error
    return SentenceEmbedder(setting, model)


class SentenceEmbedder:
    """A SentenceTransformer that embeds one text at a time, with its own prompts for queries and documents."""

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self._model = model
        self._prompts = _prompts(name, model)
        self.dimension = int(model.get_embedding_dimension())
        self.fingerprint = _fingerprint(model, self._prompts)

    def query(self, text: str) -> Vector:
        return self._embed(text, "query")

    def question(self, text: str) -> Vector:
        return self.query(text)

    def passages(self, texts: Sequence[str], progress: Counter | None = None) -> Vectors:
        vectors = []
        for done, text in enumerate(texts, start=1):
            vectors.append(self._embed(text, "document"))
            if progress:
                progress(done, len(texts))
        return stack(vectors, self.dimension)

    def _embed(self, text: str, role: str) -> Vector:
        prompt = self._prompts.get(role, "")
        vector = self._model.encode(readable(text), prompt=prompt, show_progress_bar=False, normalize_embeddings=True)
        return np.asarray(vector, dtype=np.float32)


def _prompts(name: str, model: Any) -> dict[str, str]:
    """The model's own prompts; E5 models published without them still need theirs."""
    own = {role: text for role, text in model.prompts.items() if text}
    return own or (PROMPTS if "e5" in name.lower() else {})


def _fingerprint(model: Any, prompts: dict[str, str]) -> str:
    """Hash of every weight, the prompts and the length limit: what decides a vector."""
    digest = hashlib.sha256(json.dumps([prompts, model.max_seq_length], sort_keys=True).encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:32]
