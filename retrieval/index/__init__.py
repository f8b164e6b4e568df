"""Vectors under stable ids: found by inner product, kept in a folder that says what it belongs to.

`VectorIndex` → `Snapshot` (base, who lives, delta) → `Rows` (exact) and `Lists` (FAISS). On disk: `Folder`, `Manifest`.
"""

from retrieval.index.header import FORMAT, IndexHeader, stable_id
from retrieval.index.vector_index import EXACT_UP_TO, VectorIndex

__all__ = ["EXACT_UP_TO", "FORMAT", "IndexHeader", "VectorIndex", "stable_id"]
