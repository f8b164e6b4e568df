"""Raw mentions as a history: scored once, into a store of their own, without any detection."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from engine.backtesting.history import WARM_UP, History, stored_history
from engine.model import Mention, Realm
from engine.pipeline import Pipeline
from engine.store import log

_BATCH: Final = 200
_FIRST: Final = datetime(1980, 1, 1, tzinfo=UTC) + WARM_UP


def scored_history(
    pipeline: Pipeline, mentions: Iterable[Mention], name: str, on_progress: Callable[[int], None] | None = None
) -> History:
    """Take mentions into realm replay of the pipeline's store and score them; the history is all that realm's log.

    It can be read for as long as the store is there. Raises ScoringUnavailable without a scorer.
    """
    stream = iter(mentions)
    while batch := list(islice(stream, _BATCH)):
        pipeline.ingest(Realm.replay, batch)
        while pipeline.score_pending():
            pass
        if on_progress:
            on_progress(len(batch))
    with pipeline.database.read() as connection:
        end = log.latest(connection, Realm.replay) or _FIRST
    pipeline.tick(Realm.replay, end)
    found = stored_history(pipeline.database, Realm.replay, _FIRST, end + timedelta(seconds=1))
    return replace(found, name=name, since=None, until=None)
