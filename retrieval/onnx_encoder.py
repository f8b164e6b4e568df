"""The bundled embedder's graphs and tokenizer, without torch: text in, unit vector out."""

import json
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from retrieval.bundle.adapter import bundled_mark
from retrieval.bundle.files import sha256_of
from retrieval.bundle.prepare import FINGERPRINT_FILE, MODULE_FILE, QUESTION_GRAPH_FILE, TOKENIZER_FILE
from retrieval.errors import EmbedderUnavailable

MAX_TOKENS = 512
"""What the model was trained for; the tokenizer cuts there."""

_DAMAGED = (
    "向量模型文件夹 {folder} 不完整或已损坏（{why}）。请运行：python -m retrieval.bundle --models 模型文件夹 --embedder"
)

_OTHER_VERSION = (
    "向量模型文件夹 {folder} 由另一版本的程序准备。请运行 make models"
    "（或 python -m retrieval.bundle --models 模型文件夹 --embedder）；索引不必重建。"
)


class _Graph:
    """A graph of the folder, loaded when first used."""

    def __init__(self, path: Path, threads: int) -> None:
        self._path = path
        self._threads = threads

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        # Waiting threads sleep: spinning took nearly twice the processor time where other work shares the cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(str(self._path), options, providers=["CPUExecutionProvider"])

    def run(self, input_ids: NDArray[np.int64], attention_mask: NDArray[np.int64]) -> NDArray[np.float32]:
        feed = {"input_ids": input_ids, "attention_mask": attention_mask}
        return np.asarray(self._session.run(None, feed)[0], dtype=np.float32)


class OnnxEncoder:
    """A folder made by `retrieval.bundle.prepare_embedder`. Files are checked at once, loaded when first used.

    Questions have a graph of their own, which was taught what they mean (`retrieval.bundle.adapter`).
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.folder = folder
        try:
            mark = json.loads((folder / FINGERPRINT_FILE).read_text(encoding="utf-8"))
            if mark.get("adapter") != bundled_mark():
                raise EmbedderUnavailable(_OTHER_VERSION.format(folder=folder))
            config = json.loads((folder / MODULE_FILE).read_text(encoding="utf-8"))
            changed = [name for name, digest in mark["files"].items() if sha256_of(folder / name) != digest]
            self.name, self.fingerprint = str(mark["name"]), str(mark["fingerprint"])
            self.dimension, graph = int(config["dimension"]), folder / config["file"]
        except (OSError, ValueError, KeyError) as error:
            raise EmbedderUnavailable(_DAMAGED.format(folder=folder, why=error)) from error
        if changed:
            raise EmbedderUnavailable(_DAMAGED.format(folder=folder, why="校验值不符：" + "、".join(changed)))
        self._plain, self._questions = _Graph(graph, threads), _Graph(folder / QUESTION_GRAPH_FILE, threads)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """XLM-R's tokenizer, cutting at MAX_TOKENS."""
        tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER_FILE))
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer

    def token_ids(self, text: str) -> list[int]:
        """Token ids with `<s>` and `</s>`."""
        return list(self.tokenizer.encode(text).ids)

    def run(
        self, input_ids: NDArray[np.int64], attention_mask: NDArray[np.int64], *, questions: bool = False
    ) -> NDArray[np.float32]:
        """(batch, length) ids and mask to (batch, dimension) unit vectors. Batch mates influence each other."""
        return (self._questions if questions else self._plain).run(input_ids, attention_mask)

    def encode(self, text: str, *, question: bool = False) -> NDArray[np.float32]:
        """The vector of one text, prompt included."""
        ids = np.array([self.token_ids(text)], dtype=np.int64)
        vector: NDArray[np.float32] = self.run(ids, np.ones_like(ids), questions=question)[0]
        return vector
