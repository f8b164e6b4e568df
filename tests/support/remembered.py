"""Vectors of texts that tests embed in every run, kept beside the other caches: the same bytes, computed once.

They are forgotten when anything that makes them changes: the model, the code around it, its libraries, the machine.
Every `PROVEN`th one that is looked up is computed anew all the same, and must be the same. Which one is the first
differs from day to day (the number of the day in UTC, modulo `PROVEN`), so that each of a run's lookups has its turn
within `PROVEN` days.
"""

import platform
import sqlite3
import time
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import numpy as np

from retrieval.embedder import Embedder, Vector

PROVEN = 40
RETRIEVAL = Path(__file__).parents[2] / "retrieval"
MAKERS = ("bundled_embedder.py", "embedder.py", "onnx_encoder.py", "text.py", "bundle/prepare.py")


class RememberingEmbedder:
    """Queries of another embedder, looked up where they were asked before; serves `engine.scoring`. `day` is counted
    from 1970; today when not given.
    """

    def __init__(self, embedder: Embedder, cache: Path, day: int | None = None) -> None:
        self._embedder = embedder
        self._looked_up = today() if day is None else day
        cache.mkdir(parents=True, exist_ok=True)
        kept = cache / f"vectors-{_mark(embedder)}.sqlite3"
        for other in cache.glob("vectors-*.sqlite3"):
            if other != kept:
                other.unlink(missing_ok=True)
        self._kept = sqlite3.connect(kept, timeout=60, isolation_level=None)
        self._kept.execute("PRAGMA synchronous = OFF")
        self._kept.execute("CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB NOT NULL)")

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    def query(self, text: str) -> Vector:
        """The vector that the embedder gives."""
        key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        found = self._kept.execute("SELECT vector FROM vectors WHERE text = ?", (key,)).fetchone()
        if found is None:
            vector = self._embedder.query(text)
            self._kept.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?)", (key, vector.tobytes()))
            return vector
        if self._looked_up % PROVEN == 0:
            assert self._embedder.query(text).tobytes() == found[0], "记住的向量与重新计算的不同，请删除 .cache/tests"
        self._looked_up += 1
        return np.frombuffer(found[0], np.float32)

    def close(self) -> None:
        self._kept.close()


def today() -> int:
    """Days since 1970, UTC."""
    return int(time.time() // 86_400)


def _mark(embedder: Embedder) -> str:
    """Of everything that a vector depends on."""
    parts = [embedder.fingerprint, platform.machine(), platform.processor(), _processor()]
    parts += [version(name) for name in ("onnxruntime", "tokenizers", "numpy")]
    parts += [(RETRIEVAL / name).read_text(encoding="utf-8") for name in MAKERS]
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def _processor() -> str:
    """What the processor can do decides how sums are rounded."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")
