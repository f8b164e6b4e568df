"""`pipeline`: from accepted mentions to committed findings on SQLite with logged scores, against the core in memory."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from engine.bench.core import decide_by, run_core
from engine.bench.material import SCORER, mentions, scores_of
from engine.bench.report import Gate, Result
from engine.bench.timing import Rounds, seconds
from engine.detection import Detector
from engine.model import LogRecord, Mention, Realm
from engine.pipeline import Parts, Pipeline
from engine.releases.content import ReleaseContent
from engine.releases.release import load_release
from engine.scoring.logged import LoggedScorer
from engine.store import log
from engine.store.database import Database

PIPELINE_OF_CORE: Final = Gate(at="least", limit=0.05)
STAGE_OF_CORE: Final = {
    "accept": Gate(at="least", limit=0.15),
    "score": Gate(at="least", limit=0.1),
    "detect": Gate(at="least", limit=0.15),
}
_STAGES: Final = {"accept": "接收", "score": "存分入日志", "detect": "判断并提交"}
_BATCH: Final = 200
_ALL: Final = 10**9


@dataclass(frozen=True, slots=True)
class PipelineSize:
    """How many mentions of the demonstration's crisis days."""

    mentions: int | None = 1000
    rounds: int = 3


def bench_pipeline(size: PipelineSize = PipelineSize()) -> tuple[Result, ...]:
    """Speed of the whole way and of each stage, each against the core over the same log."""
    arrived = mentions(size.mentions, live_only=True)
    parts = _parts(arrived)
    rounds = Rounds()
    with Detector(parts.rules) as detector:
        for number in range(size.rounds + 1):
            stages, records = _through_store(arrived, parts)
            core = seconds(run_core(records, decide_by(detector)))
            if number:
                _note(rounds, {**stages, "whole": sum(stages.values()), "core": core})
    return _results(rounds, len(arrived))


def _parts(arrived: Sequence[Mention]) -> Parts:
    scorer = LoggedScorer({one.id: scores_of(one) for one in arrived}, SCORER)
    release = load_release(ReleaseContent.from_disk())
    return Parts(scorer, release.rules, release.playbooks, release.registry, release.hash)


def _through_store(arrived: Sequence[Mention], parts: Parts) -> tuple[dict[str, float], list[LogRecord]]:
    """Seconds of each stage over a fresh store, and the log that came of it."""
    with TemporaryDirectory(prefix="crisisdesk-bench-") as folder:
        database = Database.at(Path(folder) / "bench.sqlite3")
        database.create()
        with closing(database), closing(Pipeline(database, parts)) as pipeline:
            taken = {
                "accept": seconds(lambda: _accept(pipeline, arrived)),
                "score": seconds(lambda: _until_empty(pipeline.score_pending)),
                "detect": seconds(lambda: _until_empty(pipeline.detect_pending)),
            }
            with database.read() as connection:
                return taken, log.after(connection, 0, _ALL)


def _accept(pipeline: Pipeline, arrived: Sequence[Mention]) -> None:
    for at in range(0, len(arrived), _BATCH):
        pipeline.ingest(Realm.replay, arrived[at : at + _BATCH])


def _until_empty(stage: Callable[[], int]) -> None:
    while stage():
        pass


def _note(rounds: Rounds, taken: dict[str, float]) -> None:
    for name, took in taken.items():
        rounds.note(name, took)


def _results(rounds: Rounds, count: int) -> tuple[Result, ...]:
    against = "同一份日志，核心在内存中"
    whole = rounds.rate(
        "pipeline.whole", "提及/秒", "whole", "core", count=count, against=against, gate=PIPELINE_OF_CORE
    )
    stages = (
        rounds.rate(
            f"pipeline.{stage}", "提及/秒", stage, "core", count=count, against=f"{title}；对照：{against}", gate=gate
        )
        for (stage, title), gate in zip(_STAGES.items(), STAGE_OF_CORE.values(), strict=True)
    )
    return (whole, *stages)
