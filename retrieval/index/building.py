"""Lists of a large base are built in a process of low priority: searches keep their interpreter and their processor.

Run as `python -m retrieval.index.building VECTORS LISTS`; it ends when its standard input does, that is with whoever
asked for it.
"""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Final

import numpy as np

from retrieval.embedder import Vectors
from retrieval.index.lists import EIGHT_BITS, ONE_BIT, Lists
from retrieval.index.tuning import enough_lists

APART_FROM: Final = 50_000
"""From so many vectors on building takes more than seconds."""

_NICENESS: Final = 10


def tuned_lists(vectors: Vectors, threads: int = 1) -> Lists:
    """Lists that know how many of them a search must read, of the coarsest quantisation that is good enough."""
    for quantisation in (ONE_BIT, EIGHT_BITS):
        lists = Lists.build(vectors, quantisation, threads)
        enough = enough_lists(lists, vectors)
        if enough is not None:
            break
    lists.probed = enough or lists.count
    return lists


def write_lists(vectors: Path, target: Path, threads: int | None) -> None:
    """Build the lists of a vectors file into a file; `threads` None: in a process of its own, if it takes long."""
    mapped = np.load(vectors, mmap_mode="r")
    if threads is None and len(mapped) >= APART_FROM:
        build_apart(vectors, target)
    else:
        tuned_lists(np.asarray(mapped), threads or 1).write(target)


def build_apart(vectors: Path, target: Path) -> None:
    """The same in a process of its own; raises OSError when it fails."""
    command = [sys.executable, "-m", "retrieval.index.building", str(vectors), str(target)]
    paths = [str(Path(__file__).resolve().parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stderr=pipe, env=surroundings) as process:  # noqa: S603 - ourselves
        said = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
    if process.returncode:
        raise OSError(f"building {target.name} ended with {process.returncode}: {said[-500:]}")


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    os.nice(_NICENESS)
    Thread(target=_end_with_parent, daemon=True).start()
    tuned_lists(np.asarray(np.load(sys.argv[1], mmap_mode="r"))).write(Path(sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)
