"""Change, save and merge a vector index in children that are killed at random moments; print what was seen.

Run as a script of its own: a forked child must not inherit threads. State n of the index is what the first n changes
make of nothing; its number is the header's `knowledge`, and a child acknowledges it once it is saved.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

from retrieval.index import IndexHeader, VectorIndex

DIMENSION, IDS, EXACT_UP_TO = 8, 300, 60
VECTORS = np.random.default_rng(1).normal(size=(1000, DIMENSION)).astype(np.float32)
State = dict[int, int]
"""Number of the vector of each id."""


def header(number: int) -> IndexHeader:
    return IndexHeader("embedder", str(number), DIMENSION)


def change(number: int) -> tuple[State, list[int]]:
    """What the change that leads to this state puts and drops."""
    pick = random.Random(number)
    put = {pick.randrange(IDS): pick.randrange(len(VECTORS)) for _ in range(pick.choice([1, 5, 60]))}
    return put, [one for one in pick.sample(range(IDS), pick.choice([0, 2, 20])) if one not in put]


def opened(folder: Path) -> tuple[VectorIndex, int]:
    index = VectorIndex.load(folder, header(0), any_knowledge=True, verify=True, exact_up_to=EXACT_UP_TO)
    assert index.header is not None
    return index, int(index.header.knowledge)


def work(folder: Path, acknowledge: int) -> None:
    """What a child does for ever."""
    index, number = opened(folder)
    os.write(acknowledge, number.to_bytes(4, "big"))
    merging = None
    while True:
        if number % 3 == 0 and (merging is None or merging.done()):
            merging = index.merge_in_background()
        number += 1
        put, dropped = change(number)
        index.upsert(list(put), VECTORS[list(put.values())])
        index.remove(dropped)
        if number % 7 == 0:
            index.merge()
        index.save(folder, header(number))
        os.write(acknowledge, number.to_bytes(4, "big"))


def killed_once(folder: Path, pick: random.Random) -> int:
    """Kill a child at a random moment of opening (one in ten) or of a change some states later; what it said last.

    Moments are measured in the child's own steps: they meet the same places on a busy machine.
    """
    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        work(folder, writing)
    os.close(writing)
    seen, step = b"", 0.0
    for _ in range(0 if pick.random() < 0.1 else pick.choice([1, 1, 2])):
        seen, begun, before = os.read(reading, 4), time.monotonic(), begun
        step = begun - before
    time.sleep(pick.uniform(0, min(step, 0.2) if seen else 0.01))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child died by itself"
    with os.fdopen(reading, "rb") as stream:
        return int.from_bytes((seen + stream.read())[-4:], "big")


def check(index: VectorIndex, state: State) -> None:
    """Ids, vectors and searches are those of the state."""
    ids = sorted(state)
    assert index.ids().tolist() == ids
    stored = VECTORS[[state[one] for one in ids]]
    np.testing.assert_array_equal(index.vectors(ids), stored)
    for query in VECTORS[:3]:
        scores = np.einsum("ij,j->i", stored, query)
        order = np.lexsort((ids, -scores))[:10]
        assert index.search(query, 10) == [(ids[at], float(scores[at])) for at in order]


def main(folder: Path, kills: int, seed: int) -> dict[str, int]:
    pick, state, reached = random.Random(seed), State(), 0
    seen = {"killed": 0, "in_flight": 0, "leftovers": 0, "with_base": 0}
    VectorIndex(DIMENSION).save(folder, header(0))
    while seen["killed"] < kills:
        acknowledged = max(reached, killed_once(folder, pick))
        before = len(list(folder.iterdir()))
        index, number = opened(folder)
        assert acknowledged <= number <= acknowledged + 1, (acknowledged, number)
        for step in range(reached + 1, number + 1):
            put, dropped = change(step)
            state = {one: at for one, at in (state | put).items() if one not in dropped}
        check(index, state)
        reached = number
        seen["killed"] += 1
        seen["in_flight"] += number > acknowledged
        seen["leftovers"] += len(list(folder.iterdir())) < before
        seen["with_base"] += not index.exact
    return seen | {"states": reached}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
