"""score, replay and import: records in, results out."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from api.clock import wall_clock
from api.command_line.actors import local_actor
from api.command_line.edge import BAD_INPUT, DONE, say, system_fault
from api.command_line.output import AtomicFile, Sieve, progress
from api.installation import (
    Installation,
    open_embedder,
    open_installation,
    open_scorer,
    release_in_force,
    scoring_embedder,
)
from api.settings import Settings
from api.validation_text import describe
from engine import replay as replaying
from engine.commands import Desk
from engine.errors import InputError
from engine.intake import ColumnMapping, Outcome, open_records
from engine.model import Mention, Realm, Role, Scores
from engine.store.database import Database
from engine.store.migrate import migrate

STORE_FILE: Final = "crisisdesk.sqlite3"
_IMPORT_BATCH: Final = 500
_STANDARD_INPUT: Final = Path("-")


def score(settings: Settings, source: Path, out: Path) -> int:
    """One line of scores for each record, in the order of the input."""
    release = release_in_force(settings)
    scorer = open_scorer(scoring_embedder(settings, open_embedder(settings)), release.registry, release.lexicon)
    sieve = Sieve()
    with AtomicFile(out) as file, progress("评分") as ticker:
        for accepted in sieve.accepted_of(_records(source)):
            file.line(_score_line(accepted.mention, scorer.score(accepted.mention)))
            ticker.advance()
    say(f"评分完成：{sieve.finish(out)}")
    return DONE if sieve.accepted else BAD_INPUT


def replay(settings: Settings, source: Path, out: Path, store: Path | None) -> int:
    """The stream through the live path in realm replay; findings and incident changes as lines."""
    sieve = Sieve()
    with ExitStack() as stack:
        folder = store or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crisisdesk-replay-")))
        opened = open_beside(settings, folder)
        stack.callback(opened.close)
        mentions = (one.mention for one in sieve.accepted_of(_records(source)))
        with progress("回放") as ticker:
            replaying.feed(opened.desk.pipeline, mentions, source=source.name, on_progress=ticker.advance)
        with opened.desk.database.read() as connection, AtomicFile(out) as file:
            for line in replaying.lines(connection):
                file.line(line)
    say(f"回放完成：{sieve.finish(out)}")
    return DONE if sieve.accepted else BAD_INPUT


def import_file(settings: Settings, source: Path, *, history: bool, name: str | None, mapping: Path | None) -> int:
    """Mentions into the live realm; with `history` they give baselines and raise no alarm."""
    told = None if mapping is None else _mapping(mapping)
    sieve, counts = Sieve(), dict.fromkeys(("accepted", "updated", "duplicate"), 0)
    with closing(open_installation(settings, clock=wall_clock, active_in=Realm.live)) as opened:
        columns = _kept_mapping(opened.desk, told, name or source.stem)
        outcomes = open_records(source, columns, clock=wall_clock, source=name, history=history)
        with progress("导入") as ticker:
            for batch in _batches(one.mention for one in sieve.accepted_of(outcomes)):
                receipt = opened.desk.ingest(local_actor(Role.analyst), Realm.live, batch)
                counts = {outcome: count + receipt.count(outcome) for outcome, count in counts.items()}
                ticker.advance(len(batch))
    say(f"导入完成：{sieve.finish(Path('import') if source == _STANDARD_INPUT else source)}")
    say(f"新增 {counts['accepted']}，更新 {counts['updated']}，重复 {counts['duplicate']}。")
    say("评分与判断由 crisisdesk serve 完成。")
    return DONE if sieve.accepted else BAD_INPUT


def _mapping(path: Path) -> ColumnMapping:
    try:
        return ColumnMapping.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"无法读取：{system_fault(error)}", place=str(path)) from error
    except ValidationError as error:
        faults = "；".join(" ".join(describe(dict(fault))) for fault in error.errors())
        raise InputError(f"列名对应关系不对：{faults}", place=str(path)) from error


def _kept_mapping(desk: Desk, told: ColumnMapping | None, source: str) -> ColumnMapping | None:
    """The mapping told now is kept for its source; without one, the source's kept mapping is used."""
    actor = local_actor(Role.analyst)
    if told is None:
        return desk.column_mapping(actor, source)
    desk.keep_column_mapping(actor, told.model_copy(update={"source": source}))
    return told


def open_beside(settings: Settings, folder: Path) -> Installation:
    """The installation with its store in another folder; key and models stay those of the settings."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Database.at(folder / STORE_FILE)
    migrate(database)
    return open_installation(settings, clock=wall_clock, database=database, active_in=Realm.replay)


def _records(source: Path) -> Iterator[Outcome]:
    """Records whose time of arrival, where missing, is that of publication: the same file, the same result."""
    return open_records(source, clock=wall_clock, replay=True)


def _batches(mentions: Iterable[Mention]) -> Iterator[list[Mention]]:
    stream = iter(mentions)
    while batch := list(islice(stream, _IMPORT_BATCH)):
        yield batch


def _score_line(mention: Mention, scores: Scores) -> str:
    line = {
        "id": mention.external_id,
        "negative": scores.negative,
        "negativity": scores.negativity,
        "category": scores.category.value if scores.category else "none",
        "categories": {category.value: score for category, score in scores.categories.items()},
        "severity": scores.severity.value,
        "heat": scores.heat,
        "by_brand": scores.by_brand,
        "reach": scores.reach,
        "scorer": scores.scorer,
    }
    return json.dumps(line, ensure_ascii=False)
