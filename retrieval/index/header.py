"""What an index belongs to, and the ids in it."""

from dataclasses import dataclass
from hashlib import blake2b

FORMAT = 2


def stable_id(key: str) -> int:
    """The same non-negative 63-bit id for the same key, everywhere."""
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


@dataclass(frozen=True)
class IndexHeader:
    """What an index was made from: vectors of another embedder or knowledge must not be mixed with these."""

    embedder: str
    knowledge: str
    dimension: int
    format: int = FORMAT
