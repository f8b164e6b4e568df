"""Near-duplicate groups 近似重复: copies, excerpts and reposts of one text.

MinHash (Broder 1997) over character 3-grams with banding (Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*,
ch. 3): texts that share a band are candidates, the estimated Jaccard similarity decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.model import Realm
from engine.scoring.ngrams import Hashes, code_points, mix, ngram_hashes
from engine.scoring.text import SHORT_ESSENCE, essence

SHINGLE: Final = 3
HASHES: Final = 64
BANDS: Final = 16
THRESHOLD: Final = 0.6
"""Estimated Jaccard similarity from which two texts are one group."""
# Platforms cut long posts at about 140 characters: a copy and its cut version share this much.
_COMPARED: Final = 160
_SEEDS: Final[Hashes] = mix(np.arange(1, HASHES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))


@dataclass(frozen=True, slots=True)
class Signature:
    """`bands`: 16 keys for finding candidates (one for a short text); `minhash`: 64 big-endian uint32, 256 bytes.

    A short text has an empty minhash: its one band is the text itself, hashed.
    """

    bands: tuple[str, ...]
    minhash: bytes


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known group that shares a band, with the signature of one of its members."""

    group: str
    minhash: bytes


class GroupIndex(Protocol):
    """Where groups are kept; a realm never sees another's."""

    def find(self, bands: tuple[str, ...], realm: Realm) -> Iterable[Candidate]:
        """The candidates that share at least one band, in any order, repeated or not."""
        ...

    def add(self, group: str, signature: Signature, realm: Realm) -> None:
        """Keep a signature under its group; adding the same again changes nothing."""
        ...


class MemoryIndex:
    """A GroupIndex in memory."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Realm, str], set[Candidate]] = {}

    def find(self, bands: tuple[str, ...], realm: Realm) -> set[Candidate]:
        """See `GroupIndex.find`."""
        return set().union(*(self._groups.get((realm, band), set()) for band in bands))

    def add(self, group: str, signature: Signature, realm: Realm) -> None:
        """See `GroupIndex.add`."""
        for band in signature.bands:
            self._groups.setdefault((realm, band), set()).add(Candidate(group, signature.minhash))


def signature(text: str) -> Signature:
    """The signature of a raw text (normalised here)."""
    core = essence(text)
    if len(core) < SHORT_ESSENCE:
        return Signature(
            bands=(_key(core.encode("utf-8", "surrogatepass") or text.strip().encode("utf-8", "replace")),), minhash=b""
        )
    shingles = np.unique(ngram_hashes(code_points(core[:_COMPARED]), SHINGLE))
    lowest = mix(shingles[None, :] ^ _SEEDS[:, None]).min(axis=1)
    minhash = (lowest >> np.uint64(32)).astype(">u4")
    rows = minhash.reshape(BANDS, -1)
    return Signature(
        bands=tuple(_key(bytes([n]) + row.tobytes()) for n, row in enumerate(rows)), minhash=minhash.tobytes()
    )


def similarity(first: bytes, second: bytes) -> float:
    """Estimated Jaccard similarity 0-1 of two minhashes; short texts that share their band are equal."""
    if not first and not second:
        return 1.0
    if len(first) != len(second):
        return 0.0
    return float((_numbers(first) == _numbers(second)).mean())


def group_of(mention: str, text: str, realm: Realm, index: GroupIndex) -> str:
    """The group of a mention: the most similar known one (ties: smallest id), else a new one named after it.

    The mention's signature is added to the index under that group.
    """
    mine = signature(text)
    near = [(-similarity(mine.minhash, known.minhash), known.group) for known in index.find(mine.bands, realm)]
    best = min((pair for pair in near if -pair[0] >= THRESHOLD), default=None)
    group = best[1] if best else mention
    index.add(group, mine, realm)
    return group


def _key(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()


def _numbers(minhash: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(minhash, dtype=">u4")
