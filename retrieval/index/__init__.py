"""Vectors under stable ids: found by inner product, kept in files that say what they belong to."""

from retrieval.index.vector_index import FORMAT, IndexHeader, VectorIndex, stable_id

__all__ = ["FORMAT", "IndexHeader", "VectorIndex", "stable_id"]
