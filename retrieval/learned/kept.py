"""What was learned as one file: beside the calibration of the same embedder.

Places of questions are kept in eight bits a coordinate, each question with its own scale: a likeness changes by less
than .001, and the file has a quarter of the size.
"""

import io
import zlib
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from retrieval.bundle.files import write_atomically
from retrieval.calibration import FOLDER
from retrieval.embedder import Vectors
from retrieval.learned.questions import Questions
from retrieval.learned.tuning import Tuning

SUFFIX: Final = ".npz"
KEPT: Final = "learned.npz"
_LEVELS: Final = 127
_DAMAGED: Final = (
    OSError,
    EOFError,
    LookupError,
    TypeError,
    ValueError,
    NotImplementedError,
    BadZipFile,
    zlib.error,
)
"""What NumPy and zipfile raise over bytes that are not such a file."""


@dataclass(frozen=True)
class Learned:
    """What was learned for one embedder, by its fingerprint; "" fits every one and changes nothing. `mark` is the
    SHA-256 of the file that it was read from, "" for none.
    """

    embedder: str
    tuning: Tuning
    questions: Questions
    mark: str = ""

    def packed(self) -> bytes:
        """The file's bytes; the same for the same content."""
        stream = io.BytesIO()
        codes, scales = _coded(self.questions.places)
        gains = csr_array(self.questions.gains)
        np.savez_compressed(
            stream,
            embedder=np.array(self.embedder),
            tuning_mean=self.tuning.mean,
            tuning_inner=self.tuning.inner.astype(np.float16),
            tuning_bias=self.tuning.bias.astype(np.float16),
            tuning_outer=self.tuning.outer.astype(np.float16),
            mean=self.questions.mean,
            axes=self.questions.axes.astype(np.float16),
            codes=codes,
            scales=scales,
            incidents=np.array(self.questions.incidents, np.str_),
            gains=gains.data.astype(np.float32),
            columns=gains.indices.astype(np.int32),
            starts=gains.indptr.astype(np.int32),
            agreed=self.questions.agreed.astype(np.float16),
        )
        return stream.getvalue()

    @classmethod
    def unpacked(cls, content: bytes) -> "Learned":
        """Of such bytes; raises ValueError for others."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as found:
                return replace(cls._read(dict(found)), mark=sha256(content).hexdigest())
        except _DAMAGED as error:
            raise ValueError(f"not what search learned: {error}") from error

    @classmethod
    def _read(cls, found: dict[str, Any]) -> "Learned":
        layers = {name: found[f"tuning_{name}"].astype(np.float32) for name in ("mean", "inner", "bias", "outer")}
        incidents = tuple(found["incidents"].tolist())
        shape = (len(found["codes"]), len(incidents))
        gains = csr_array((found["gains"], found["columns"], found["starts"]), shape=shape)
        gains.check_format(full_check=True)
        mean, axes, agreed = found["mean"], found["axes"].astype(np.float32), found["agreed"].astype(np.float32)
        places = found["codes"].astype(np.float32) * found["scales"][:, None]
        size, hidden = layers["inner"].shape
        shapes = (layers["mean"].shape, layers["bias"].shape, layers["outer"].shape)
        fitting = shapes == ((size,), (hidden,), (hidden, size))
        each = found["scales"].shape == agreed.shape == (shape[0],)
        if not (fitting and each) or axes.shape != (places.shape[1], len(mean)):
            raise ValueError("of several dimensions")
        if not (np.isfinite(places).all() and np.isfinite(agreed).all()):
            raise ValueError("not a number")
        questions = Questions(mean, axes, places, incidents, gains.toarray(), agreed)
        return cls(str(found["embedder"]), Tuning(**layers), questions)


NOTHING: Final = Learned("", Tuning.none(), Questions.none())


def _coded(vectors: Vectors) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    scales = np.abs(vectors).max(axis=1, initial=0) / _LEVELS
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


@cache
def bundled_learned() -> dict[str, Learned]:
    """What came with the program, by the embedder's fingerprint."""
    found = [one for one in files("retrieval").joinpath(FOLDER).iterdir() if one.name.endswith(SUFFIX)]
    read = [Learned.unpacked(one.read_bytes()) for one in found]
    return {one.embedder: one for one in read}


def load_learned(embedder: str, beside: Path | None = None) -> Learned:
    """What was learned for an embedder: what came with the program, else what is kept in the folder `beside`, else
    nothing.
    """
    own = bundled_learned().get(embedder)
    if own or beside is None:
        return own or NOTHING
    try:
        kept = Learned.unpacked((beside / KEPT).read_bytes())
    except (OSError, ValueError):
        return NOTHING
    return kept if kept.embedder == embedder else NOTHING


def keep_learned(learned: Learned, folder: Path) -> None:
    """Keep what was learned beside the index, in place of what was there."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / KEPT, [learned.packed()])
