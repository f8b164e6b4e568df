"""What the bundled encoder was taught about questions: a low-rank change of its weights, kept beside the calibration.

LoRA (Hu et al. 2022): to every weight W of attention and feed-forward layers the product of two thin matrices is added,
`SCALE` x up x down. It is added once, when the graph for questions is made (`retrieval.bundle`), and costs nothing when
searching. Passages are embedded with the encoder as it was: nothing that is indexed has to be embedded anew. The file
is a change of multilingual-e5-small (MIT, see `models.toml`), taught on judged questions of this project alone.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

FILE: Final = "bundle/questions.npz"
SCALE: Final = 2.0

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Adapter:
    """By the name of a layer, `down` (rank x inputs) and `up` (outputs x rank)."""

    down: Mapping[str, Matrix]
    up: Mapping[str, Matrix]

    def change(self, layer: str) -> Matrix:
        """What is added to the weight (outputs x inputs) of a layer."""
        return np.asarray(SCALE * (self.up[layer] @ self.down[layer]), np.float32)

    @classmethod
    def mean(cls, found: Sequence[Self]) -> Self:
        """One whose change is the mean of theirs. Runs from other beginnings err differently, and their mean often less
        than each (Wortsman et al. 2022, "Model soups"; measured in ADR 27).
        """
        share = np.float32(1 / len(found))
        layers = found[0].up
        down = {name: np.concatenate([one.down[name] for one in found]) for name in layers}
        up = {name: np.concatenate([one.up[name] * share for one in found], axis=1) for name in layers}
        return cls(down, up)

    def packed(self) -> bytes:
        """The file's bytes; the same for the same content."""
        stream = io.BytesIO()
        kept = {f"{part}|{name}": one for part in ("down", "up") for name, one in getattr(self, part).items()}
        np.savez_compressed(stream, **{name: one.astype(np.float16) for name, one in kept.items()})
        return stream.getvalue()

    @classmethod
    def unpacked(cls, content: bytes) -> Self:
        """Of such bytes."""
        parts: dict[str, dict[str, Matrix]] = {"down": {}, "up": {}}
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            for key in found.files:
                part, name = key.split("|")
                parts[part][name] = found[key].astype(np.float32)
        return cls(MappingProxyType(parts["down"]), MappingProxyType(parts["up"]))


def bundled_adapter() -> Adapter:
    """The one that came with the program."""
    return Adapter.unpacked(_bundled())


@cache
def bundled_mark() -> str:
    """Its SHA-256."""
    return sha256(_bundled()).hexdigest()


def _bundled() -> bytes:
    return files("retrieval").joinpath(FILE).read_bytes()
