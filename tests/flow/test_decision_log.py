"""A stored decision is decided again, byte for byte; whatever was changed since is named."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update

from engine.decision_log import reproduce
from engine.detection import Detector
from engine.errors import NotFound
from engine.model import Finding, Realm, ReleaseRecord
from engine.pipeline import Parts, Pipeline
from engine.releases.content import ReleaseContent
from engine.releases.release import load_release
from engine.replay import feed
from engine.scoring.brands import load_registry
from engine.scoring.logged import LoggedScorer
from engine.store import log as logs
from engine.store import releases
from engine.store.database import Database
from engine.store.tables import findings, log, release_contents, shadow_findings
from tests.support.made import START, MadeStream

SURGE = "rules/packs/fee_dispute/surge.yaml"


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """A store whose findings name a release that it holds; one of its rules is on trial."""
    bundled = ReleaseContent.from_disk()
    tried = bundled.files[SURGE].replace("status: active", "status: shadow")
    release = load_release(bundled.with_files({SURGE: tried}))
    stream = MadeStream(days=2, minutes=90)
    database = Database.at(tmp_path_factory.mktemp("decisions") / "store.db")
    database.create()
    with database.write() as connection:
        connection.execute(insert(release_contents).values(hash=release.hash, document=release.content.to_json()))
    scorer = LoggedScorer(stream.scores, "made")
    parts = Parts(scorer, release.rules, release.playbooks, load_registry(), release=release.hash)
    made = Pipeline(database, parts)
    feed(made, stream.mentions, source="test")
    yield made
    made.close()


def ids(database: Database, table: Table) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(table.c.id).order_by(table.c.at, table.c.id)).scalars())


def put(database: Database, table: Table, decision: str, **values: Any) -> None:
    with database.write() as connection:
        connection.execute(update(table).where(table.c.id == decision).values(**values))


def test_every_decision_comes_out_as_it_was_stored(pipeline: Pipeline) -> None:
    announced, tried = ids(pipeline.database, findings), ids(pipeline.database, shadow_findings)
    assert announced
    assert tried
    for decision in (*announced, *tried):
        found = reproduce(pipeline.database, decision)
        assert found.ok, found.text()
        assert found.reproduced == found.stored
        assert found.announced == (decision in announced)
        assert "逐字节一致" in found.text()
        document = found.to_json()
        assert document["finding"]["facts"]["values"]
        assert document["finding"]["explanation"]


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("facts.values.platforms_24h", lambda one: one["facts"]["values"].update(platforms_24h=77)),
        ("level", lambda one: one.update(level="low" if one["level"] != "low" else "high")),
        ("explanation[1].margin", lambda one: one["explanation"][0].update(margin=123.0)),
        ("evaluator_level", lambda one: one.update(evaluator_level=None)),
        ("agreed", lambda one: one.update(agreed=False)),
        ("at", lambda one: one.update(at="2026-03-04T00:00:00+08:00")),
    ],
)
def test_a_changed_document_is_detected_and_named(pipeline: Pipeline, place: str, change: Any) -> None:
    decision = ids(pipeline.database, findings)[-1]
    stored = reproduce(pipeline.database, decision).stored
    document = json.loads(stored)
    change(document)
    put(pipeline.database, findings, decision, document=json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    try:
        found = reproduce(pipeline.database, decision)
        assert not found.ok
        assert place in {one.place for one in found.differences}
        assert "不一致" in found.text()
    finally:
        put(pipeline.database, findings, decision, document=stored)


def test_a_document_with_the_same_meaning_in_other_bytes_is_detected(pipeline: Pipeline) -> None:
    decision = ids(pipeline.database, findings)[0]
    stored = reproduce(pipeline.database, decision).stored
    put(pipeline.database, findings, decision, document=json.dumps(json.loads(stored)))
    try:
        assert not reproduce(pipeline.database, decision).ok
    finally:
        put(pipeline.database, findings, decision, document=stored)


def test_a_changed_column_and_a_document_that_is_none_are_detected(pipeline: Pipeline) -> None:
    decision = ids(pipeline.database, findings)[0]
    found = reproduce(pipeline.database, decision)
    put(pipeline.database, findings, decision, rule="fee_dispute.other")
    assert [one.place for one in reproduce(pipeline.database, decision).differences] == ["列 rule"]
    put(pipeline.database, findings, decision, rule=json.loads(found.stored)["rule"], document="{}")
    assert not reproduce(pipeline.database, decision).ok
    put(pipeline.database, findings, decision, document=found.stored)
    assert reproduce(pipeline.database, decision).ok


def test_a_record_changed_in_the_log_is_detected(pipeline: Pipeline) -> None:
    decision = ids(pipeline.database, findings)[-1]
    brand_seq = json.loads(reproduce(pipeline.database, decision).stored)["facts"]["brand_seq"]
    brand = json.loads(reproduce(pipeline.database, decision).stored)["brand"]
    mine = log.c.brand == brand, log.c.payload.contains('"kind":"mention"'), log.c.brand_seq < brand_seq
    with pipeline.database.read() as connection:
        row = connection.execute(select(log).where(*mine).order_by(log.c.seq.desc()).limit(1)).one()
    payload = json.loads(row.payload) | {"reposts": 5_000}
    with pipeline.database.write() as connection:
        connection.execute(update(log).where(log.c.seq == row.seq).values(payload=json.dumps(payload)))
    try:
        found = reproduce(pipeline.database, decision)
        assert any(one.place.startswith("facts.values.repost") for one in found.differences)
    finally:
        with pipeline.database.write() as connection:
            connection.execute(update(log).where(log.c.seq == row.seq).values(payload=row.payload))


def test_a_record_that_cannot_be_read_any_more_is_detected(pipeline: Pipeline) -> None:
    decision = ids(pipeline.database, findings)[-1]
    facts = json.loads(reproduce(pipeline.database, decision).stored)["facts"]
    mine = log.c.brand == facts["brand"], log.c.brand_seq == facts["brand_seq"]
    with pipeline.database.write() as connection:
        payload = connection.execute(select(log.c.payload).where(*mine)).scalar_one()
        connection.execute(update(log).where(*mine).values(payload="{}"))
    try:
        assert "log" in {one.place for one in reproduce(pipeline.database, decision).differences}
    finally:
        with pipeline.database.write() as connection:
            connection.execute(update(log).where(*mine).values(payload=payload))


def test_an_unknown_decision_and_an_unknown_release_are_said_so(pipeline: Pipeline) -> None:
    with pytest.raises(NotFound, match="没有编号为"):
        reproduce(pipeline.database, "no-such-decision")
    decision = ids(pipeline.database, findings)[0]
    stored = reproduce(pipeline.database, decision).stored
    document = json.loads(stored)
    put(pipeline.database, findings, decision, document=stored.replace(document["release"], "0" * 32))
    try:
        with pytest.raises(NotFound, match="产生于发布留存之前，当时的规则没有保存，无法重算"):
            reproduce(pipeline.database, decision)
        with pipeline.database.write() as connection:
            named = ReleaseRecord(release=document["release"], approved_by="许衡")
            seq = logs.append(connection, Realm.replay, logs.ALL_BRANDS, START, named)
        with pytest.raises(NotFound, match="产生于发布留存之前"):
            reproduce(pipeline.database, decision)
        with pipeline.database.write() as connection:
            connection.execute(update(log).where(log.c.seq == seq).values(seq=0))
        with pytest.raises(NotFound, match="没有指纹为"):
            reproduce(pipeline.database, decision)
    finally:
        put(pipeline.database, findings, decision, document=stored)


def test_a_decision_that_was_taken_while_the_rule_engine_failed_says_so_and_comes_out_again(
    pipeline: Pipeline,
) -> None:
    decision = ids(pipeline.database, findings)[-1]
    found = reproduce(pipeline.database, decision)
    assert "engine_failed" not in json.loads(found.stored), "what did not fail is written as ever"
    with pipeline.database.read() as connection:
        rules = load_release(releases.load_content(connection, found.release)).rules

    class Failing:
        def __init__(self, _: object) -> None:
            pass

        def match(self, _: object) -> None:
            return None

        def close(self) -> None:
            pass

    finding = Finding.model_validate_json(found.stored)
    with Detector(rules, Failing) as detector:
        taken = next(one for one in detector.detect(finding.facts, found.release) if one.rule == finding.rule)
    assert (taken.engine_failed, taken.engine_level, taken.level) == (True, None, taken.evaluator_level)
    put(pipeline.database, findings, decision, document=taken.model_dump_json())
    try:
        again = reproduce(pipeline.database, decision)
        assert again.ok, again.text()
        assert "规则引擎：当时出错，以对照判定为准" in again.text()
    finally:
        put(pipeline.database, findings, decision, document=found.stored)
