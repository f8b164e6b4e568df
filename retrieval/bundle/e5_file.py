"""Reader of the packed 4-bit multilingual-e5-small ("E5S1"): sizes, vocabulary, character map, tensors.

Layout, little endian: magic, version, word; nine sizes; five special ids and the blob length; piece offsets, piece
scores, piece bytes; the character map; the tensor directory (name, type, count, offset, bytes); tensor data.
Type 1 is Q4_0 (blocks of 32: half-precision scale, 16 bytes of nibbles, llama.cpp's layout), otherwise float32.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import BundleError

_Q4_0 = 1
_BLOCK_BYTES = 18


@dataclass(frozen=True)
class E5File:
    """The unpacked header of the file; `tensor` reads weights on demand."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    bos: int
    eos: int
    pad: int
    unk: int
    pieces: tuple[tuple[str, float], ...]
    character_map: dict[str, str]
    directory: dict[str, tuple[int, int, int, int]]
    data: bytes

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        """A weight as float32 in the given shape."""
        kind, count, offset, size = self.directory[name]
        raw = self.data[offset : offset + size]
        flat = _from_q4(raw)[:count] if kind == _Q4_0 else np.frombuffer(raw, "<f4", count)
        return flat.reshape(shape).copy()


def _from_q4(raw: bytes) -> NDArray[np.float32]:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (weights * scale).ravel()


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def text(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]


def read_e5(path: Path) -> E5File:
    """Parse the file; raises BundleError when it is of another format."""
    cursor = _Cursor(path.read_bytes())
    if cursor.take("4sI")[0] != b"E5S1":
        raise BundleError(f"{path.name} 不是可识别的向量模型文件。")
    hidden, layers, heads, inner, vocabulary, positions, types, _epsilon, _block = cursor.take("7ifi")
    count, bos, eos, pad, unk = cursor.take("5i")
    (blob_size,) = cursor.take("Q")
    pieces = _read_pieces(cursor, count, blob_size)
    return E5File(
        hidden, layers, heads, inner, vocabulary, positions, types, bos, eos, pad, unk,
        pieces, _read_character_map(cursor), _read_directory(cursor), cursor.data,
    )  # fmt: skip


def _read_pieces(cursor: _Cursor, count: int, blob_size: int) -> tuple[tuple[str, float], ...]:
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.text(blob_size)
    texts = (blob[start:end].decode() for start, end in pairwise(offsets))
    return tuple(zip(texts, map(float, scores), strict=True))


def _read_character_map(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.take("iI")
    end = cursor.at + size
    mapping = {}
    for _ in range(count):
        code, length = cursor.take("IB")
        mapping[chr(code)] = "".join(map(chr, cursor.take(f"{length}I")))
    cursor.at = end
    return mapping


def _read_directory(cursor: _Cursor) -> dict[str, tuple[int, int, int, int]]:
    (count,) = cursor.take("i")
    directory = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.text(length).decode()
        directory[name] = cursor.take("BIQQ")
    return directory
