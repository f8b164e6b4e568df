"""The vectors of all passages, kept between builds: only a passage never seen before is embedded."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from retrieval.embedder import Counter, Embedder
from retrieval.errors import IndexMismatch
from retrieval.index import IndexHeader, VectorIndex, stable_id

_INDEX: Final = "passages.index"


def indexed(
    passages: Sequence[str], embedder: Embedder, cache: Path | None, progress: Counter | None, *, anew: bool
) -> VectorIndex:
    """An index of exactly these passages, saved in the cache folder if there is one; all `anew` if wanted."""
    texts = {stable_id(text): text for text in passages}
    knowledge = hashlib.sha256(json.dumps(sorted(texts)).encode()).hexdigest()[:32]
    header = IndexHeader(embedder.fingerprint, knowledge, embedder.dimension)
    path = cache / _INDEX if cache else None
    known = VectorIndex(embedder.dimension) if anew else _known(path, header)
    stored = set(known.ids().tolist())
    missing = [number for number in texts if number not in stored]
    fresh = embedder.passages([texts[number] for number in missing], progress)
    known.upsert(missing, fresh)
    known.remove(sorted(stored - texts.keys()))
    if path and (missing or stored != texts.keys()):
        known.save(path, header)
    known.merge_if_due()
    return known


def _known(path: Path | None, header: IndexHeader) -> VectorIndex:
    """Vectors of an earlier build by the same embedder; none when there are none or they do not fit."""
    if path and path.exists():
        try:
            return VectorIndex.load(path, header, any_knowledge=True)
        except IndexMismatch:
            return VectorIndex(header.dimension)
    return VectorIndex(header.dimension)
