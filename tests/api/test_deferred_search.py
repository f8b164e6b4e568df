"""Search goes on with what it has while what has changed is built beside it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from structlog.testing import capture_logs

from api.deferred_search import DeferredSearch, Entries
from knowledge.schema import PastIncident
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine
from tests.support.learning import past

LONG = 60.0


class Shelf:
    """What is in force, which a test changes; a build waits at the gate, or fails."""

    def __init__(self, patience: float = 0.0, pause: float = LONG) -> None:
        self.entries: tuple[PastIncident, ...] = (past(0),)
        self.gate = threading.Event()
        self.gate.set()
        self.fault: Exception | None = None
        self.builds = 0
        self.search = DeferredSearch(
            lambda: (str(len(self.entries)), self.entries), self.build, patience=patience, pause=pause
        )

    def build(self, entries: Entries) -> SearchEngine:
        self.builds += 1
        assert self.gate.wait(LONG)
        if self.fault is not None:
            raise self.fault
        return SearchEngine.build(tuple(entries), HashingEmbedder(), cache=None)

    def accept(self) -> None:
        self.entries = (*self.entries, past(len(self.entries)))

    def searched(self) -> int:
        """How many past incidents search knows."""
        return len({one.id for one in self.search.documents})


def test_while_the_new_is_built_search_answers_from_the_old_and_builds_once() -> None:
    shelf = Shelf()
    assert shelf.searched() == 1
    shelf.gate.clear()
    shelf.accept()
    with ThreadPoolExecutor(4) as many:
        assert [*many.map(lambda _: shelf.searched(), range(8))] == [1] * 8
    shelf.gate.set()
    shelf.search.warm_up()
    assert shelf.searched() == 2
    assert past(1).id in {hit.id for hit in shelf.search.search("分期账单里多了一笔会员费").hits}
    assert shelf.builds == 2, "the first, and one for what was accepted"


def test_a_search_right_after_a_change_finds_it_when_the_build_is_quick() -> None:
    shelf = Shelf(patience=LONG)
    shelf.search.warm_up()
    shelf.accept()
    assert shelf.searched() == 2


def test_a_search_right_after_a_change_waits_a_short_while_and_no_longer() -> None:
    shelf = Shelf(patience=0.2)
    shelf.search.warm_up()
    shelf.gate.clear()
    shelf.accept()
    began = monotonic()
    assert shelf.searched() == 1
    assert 0.2 <= monotonic() - began < LONG / 2
    shelf.gate.set()


def test_who_waits_gets_what_changed_during_a_build_too() -> None:
    shelf = Shelf()
    shelf.search.warm_up()
    shelf.gate.clear()
    shelf.accept()
    assert shelf.searched() == 1
    shelf.accept()
    assert shelf.searched() == 1
    shelf.gate.set()
    shelf.search.warm_up()
    assert shelf.searched() == 3


def test_a_build_that_fails_leaves_the_old_in_use_and_the_next_change_tries_again() -> None:
    shelf = Shelf(patience=LONG)
    shelf.search.warm_up()
    shelf.fault = RuntimeError("vectors")
    shelf.accept()
    with capture_logs() as logs:
        assert [shelf.searched(), shelf.searched()] == [1, 1]
    assert [one["event"] for one in logs] == ["search_build_failed"], "tried once, not with every search"
    shelf.fault = None
    assert shelf.searched() == 1
    shelf.accept()
    assert shelf.searched() == 3


def test_a_build_that_failed_is_tried_again_after_a_pause() -> None:
    shelf = Shelf(patience=LONG, pause=0.0)
    shelf.search.warm_up()
    shelf.fault = RuntimeError("vectors")
    shelf.accept()
    with capture_logs():
        assert shelf.searched() == 1
    shelf.fault = None
    assert shelf.searched() == 2


def test_everybody_waits_for_the_first_build_and_is_told_when_it_fails() -> None:
    shelf = Shelf()
    shelf.fault = RuntimeError("vectors")
    with pytest.raises(RuntimeError, match="vectors"):
        shelf.searched()
    shelf.fault = None
    shelf.builds = 0
    with ThreadPoolExecutor(4) as many:
        assert [*many.map(lambda _: shelf.searched(), range(8))] == [1] * 8
    assert shelf.builds == 1
