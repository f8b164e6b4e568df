"""The engine swaps releases at the very record that names one, drops nothing, and finds its place after a restart."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text

from engine.core import BrandCore, Decide, Step, StepOutput, step
from engine.detection_stage import READER
from engine.errors import ReleaseError
from engine.model import Finding, LogRecord, Mention, MentionRecord, Realm, ReleaseRecord
from engine.pipeline import Pipeline
from engine.replay import lines
from engine.store import inbox, log
from engine.store.tables import findings, incidents, notifications, shadow_findings
from engine.store.tables import log as log_table
from tests.support.made import OWN, START, MadeStream
from tests.support.releases import Firm, bundled, changed

STREAM = MadeStream(days=1, minutes=170)
LATER = next(number for number, one in enumerate(STREAM.mentions) if one.received_at >= START + timedelta(hours=26))
OTHER = changed(("value: 10}", "value: 9}"), ("cooldown_minutes: 60", "cooldown_minutes: 20"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    """The stream in realm replay, scored, with another release from its middle on; nothing is detected yet."""
    firm = Firm(tmp_path_factory.mktemp("prepared"), STREAM.scores)
    firm.keep_approved(OTHER)
    pipeline = firm.pipeline()
    firm.note(Realm.replay, bundled().hash)
    take_in(pipeline, STREAM.mentions[:LATER])
    firm.note(Realm.replay, OTHER.hash)
    take_in(pipeline, STREAM.mentions[LATER:])
    pipeline.close()
    firm.database.close()
    return firm


def detected(
    prepared: Firm,
    folder: Path,
    *,
    cut: Callable[[], int] = lambda: 10_000,
    restart: Callable[[], bool] = lambda: False,
    advance: Step = step,
) -> Firm:
    """A copy of the prepared store after detection in batches of `cut`."""
    firm = prepared.copy(folder)
    pipeline = firm.pipeline(advance)
    while True:
        try:
            if not pipeline.detect_pending(cut()):
                break
        except RuntimeError:
            continue
        if restart():
            pipeline.close()
            pipeline = firm.pipeline(advance)
    pipeline.close()
    return firm


def take_in(pipeline: Pipeline, mentions: Sequence[Mention]) -> None:
    pipeline.ingest(Realm.replay, mentions)
    while pipeline.score_pending():
        pass


def found(firm: Firm) -> list[Finding]:
    with firm.database.read() as connection:
        rows = connection.execute(select(findings.c.document)).scalars()
        return sorted(map(Finding.model_validate_json, rows), key=lambda one: (one.brand, one.facts.brand_seq))


def output(firm: Firm) -> list[str]:
    with firm.database.read() as connection:
        return list(lines(connection))


@pytest.fixture(scope="module")
def whole(prepared: Firm, tmp_path_factory: pytest.TempPathFactory) -> Firm:
    return detected(prepared, tmp_path_factory.mktemp("whole"))


def seq_of_swap(firm: Firm) -> int:
    with firm.database.read() as connection:
        records = log.after(connection, 0, 100_000)
    return next(
        one.seq for one in records if isinstance(one.payload, ReleaseRecord) and one.payload.release == OTHER.hash
    )


def test_records_before_the_swap_are_decided_by_the_old_release_and_all_after_it_by_the_new(whole: Firm) -> None:
    swap = seq_of_swap(whole)
    with whole.database.read() as connection:
        records = {(one.brand, one.brand_seq): one.seq for one in log.after(connection, 0, 100_000)}
        assert log.position(connection, READER) == max(records.values()), "none was left out"
    decided = {one.release: 0 for one in found(whole)}
    assert set(decided) == {bundled().hash, OTHER.hash}, "the stream must show both"
    for one in found(whole):
        after = records[one.brand, one.facts.brand_seq] > swap
        assert one.release == (OTHER.hash if after else bundled().hash)


def test_scores_come_from_the_release_that_is_in_force_when_a_mention_is_scored(whole: Firm) -> None:
    swap = seq_of_swap(whole)
    with whole.database.read() as connection:
        records = log.after(connection, 0, 100_000)
    scored = [one for one in records if isinstance(one.payload, MentionRecord)]
    assert len({one.payload.mention for one in scored}) == len(STREAM.scores)  # type: ignore[union-attr]
    for one in scored:
        assert isinstance(one.payload, MentionRecord)
        assert one.payload.scorer == (OTHER.hash if one.seq > swap else bundled().hash)


@pytest.mark.parametrize("seed", range(3))
def test_batches_restarts_and_faults_give_the_same_bytes(
    prepared: Firm, whole: Firm, tmp_path: Path, seed: int
) -> None:
    pick = random.Random(seed)
    failed: set[int] = set()

    def flaky(core: BrandCore, record: LogRecord, decide: Decide) -> tuple[BrandCore, StepOutput]:
        if pick.random() < 0.01 and record.seq not in failed:
            failed.add(record.seq)
            raise RuntimeError("broken part")
        return step(core, record, decide)

    again = detected(
        prepared, tmp_path, cut=lambda: pick.randint(1, 90), restart=lambda: pick.random() < 0.1, advance=flaky
    )
    assert failed
    assert output(again) == output(whole)


def test_each_realm_is_decided_by_its_own_release_and_a_rollback_by_the_one_before(
    prepared: Firm, tmp_path: Path
) -> None:
    firm = prepared.copy(tmp_path)
    back = {bundled().hash: OTHER.hash, OTHER.hash: bundled().hash}
    with firm.database.write() as connection:
        rows = [row._asdict() for row in connection.execute(select(log_table).order_by(log_table.c.seq))]
        connection.execute(delete(log_table))
        for number, row in enumerate(rows):
            twin = {**row, "realm": "demo", "seq": 2 * number + 2}
            if row["brand"] == log.ALL_BRANDS:
                named = json.loads(row["payload"])
                twin["payload"] = json.dumps({**named, "release": back[named["release"]]})
            connection.execute(log_table.insert(), [{**row, "seq": 2 * number + 1}, twin])
    pipeline = firm.pipeline()
    while pipeline.detect_pending(150):
        pass
    pipeline.close()
    order = {
        realm: [one.release for one in found(firm) if one.realm is realm and one.brand == OWN]
        for realm in (Realm.replay, Realm.demo)
    }
    assert set(order[Realm.replay]) == set(order[Realm.demo]) == set(back)
    assert order[Realm.replay] == sorted(order[Realm.replay], key=[bundled().hash, OTHER.hash].index)
    assert order[Realm.demo] == sorted(order[Realm.demo], key=[OTHER.hash, bundled().hash].index)


def test_a_release_that_nobody_approved_stops_detection_and_loses_nothing(tmp_path: Path) -> None:
    firm = Firm(tmp_path, STREAM.scores)
    firm.keep_approved(OTHER)
    pipeline = firm.pipeline()
    few = STREAM.mentions[:5]
    firm.note(Realm.replay, "0" * 32)
    with pytest.raises(ReleaseError, match="没有获得批准"):
        take_in(pipeline, few)
    with pytest.raises(ReleaseError, match="没有获得批准"):
        pipeline.detect_pending()
    with firm.database.read() as connection:
        assert inbox.pending(connection) == len(few)
        assert log.position(connection, READER) == 0
    with firm.database.write() as connection:
        connection.execute(delete(log_table))
    firm.note(Realm.replay, OTHER.hash)
    pipeline.drain()
    pipeline.close()
    with firm.database.read() as connection:
        assert inbox.pending(connection) == 0
        assert log.position(connection, READER) == log.last_seq(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release_contents SET document = replace(document, 'cooldown_minutes: 20', 'cooldown_minutes: 21')",
        "UPDATE releases SET head = replace(head, '许衡', '许横')",
        "UPDATE releases SET head = replace(head, '测试', '测试改')",
        "UPDATE releases SET number = number + 1",
        "UPDATE releases SET comparison = '{}'",
    ],
)
def test_a_stored_release_that_was_changed_decides_nothing(tmp_path: Path, statement: str) -> None:
    firm = Firm(tmp_path, STREAM.scores)
    firm.keep_approved(OTHER)
    assert firm.shelf.get(OTHER.hash).hash == OTHER.hash
    with firm.database.write() as connection:
        connection.execute(text(f"{statement} WHERE hash = '{OTHER.hash}'"))
    with pytest.raises(ReleaseError):
        firm.restarted().shelf.get(OTHER.hash)


def test_shadow_rules_are_recorded_and_alert_nobody(prepared: Firm, whole: Firm, tmp_path: Path) -> None:
    firm = prepared.copy(tmp_path)
    quiet = {
        path: content.replace("status: active", "status: shadow")
        for path, content in bundled().content.files.items()
        if path.startswith("rules/packs/fee_dispute/") and not path.endswith("_test.yaml")
    }
    shadow = firm.keep_approved(bundled().content.with_files(quiet))
    with firm.database.write() as connection:
        for decided in (bundled().hash, OTHER.hash):
            connection.execute(text(f"UPDATE log SET payload = replace(payload, '{decided}', '{shadow}')"))
    pipeline = firm.pipeline()
    while pipeline.detect_pending():
        pass
    pipeline.close()
    with firm.database.read() as connection:
        rows = connection.execute(select(shadow_findings)).all()
        told = connection.execute(select(func.count()).select_from(notifications)).scalar_one()
        opened = connection.execute(select(incidents.c.category)).scalars().all()
    assert rows
    assert {row.rule.split(".")[0] for row in rows} == {"fee_dispute"}
    assert "fee_dispute" not in opened
    assert told == 0
    assert not [one for one in found(firm) if one.category == "fee_dispute"]
    assert [one for one in found(whole) if one.category == "fee_dispute"], "active, the same rules do alert"
    documents = [json.loads(row.document) for row in rows]
    assert len({one["id"] for one in documents}) == len(rows)


def test_a_release_record_is_the_only_thing_that_concerns_a_whole_realm(whole: Firm) -> None:
    with whole.database.read() as connection:
        payloads = connection.execute(select(log_table.c.payload).where(log_table.c.brand == log.ALL_BRANDS)).scalars()
        assert [json.loads(one)["release"] for one in payloads] == [bundled().hash, OTHER.hash]
