"""The bundled graphs as sentence-transformers modules; `modules.json` of the bundled folder names this class."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers.sentence_transformer.modules import InputModule

from retrieval.onnx_encoder import MAX_TOKENS, OnnxEncoder


class OnnxEncoderModule(InputModule):
    """Tokenizes, and gives `sentence_embedding` of shape (batch, dimension), already pooled and of length 1."""

    def __init__(self, encoder: OnnxEncoder, *, questions: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.encoder = encoder
        self.questions = questions
        self.tokenizer = encoder.tokenizer
        self.max_seq_length = MAX_TOKENS

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> Self:
        """From a bundled folder."""
        return cls(OnnxEncoder(Path(model_name_or_path)))

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, torch.Tensor]:
        """Token ids and mask, padded to the longest input."""
        rows = [self.encoder.token_ids((prompt or "") + text) for text in inputs]
        shape = (len(rows), max(map(len, rows)))
        ids, mask = np.ones(shape, np.int64), np.zeros(shape, np.int64)
        for row, tokens in enumerate(rows):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, torch.Tensor], **_: Any) -> dict[str, torch.Tensor]:
        """Add `sentence_embedding`."""
        ids: NDArray[np.int64] = features["input_ids"].numpy()
        mask: NDArray[np.int64] = features["attention_mask"].numpy()
        features["sentence_embedding"] = torch.from_numpy(self.encoder.run(ids, mask, questions=self.questions))
        return features

    def get_embedding_dimension(self) -> int:
        """Length of a vector."""
        return self.encoder.dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """The prepared folder is the saved form; there is nothing else to write."""
        raise NotImplementedError(f"copy {self.encoder.folder} to {output_path} instead")
