"""Replay twice, cut, shuffle, restore: the same bytes."""

import json
import random
from pathlib import Path

import pytest

from engine.errors import Conflict
from engine.replay import feed, lines
from tests.support.made import OWN, MadeStream, forgetful, made_pipeline, replayed, shuffled_by_brand


@pytest.fixture(scope="module")
def stream() -> MadeStream:
    return MadeStream()


@pytest.fixture(scope="module")
def reference(stream: MadeStream, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return replayed(tmp_path_factory.mktemp("reference"), stream.scores, stream.mentions)


def test_a_growing_crisis_escalates_to_high_and_nothing_else_gets_beyond_low(reference: list[str]) -> None:
    rising = [line for line in map(json.loads, reference) if line["change"] in ("opened", "escalated", "reopened")]
    grave = [line for line in rising if line["level"] != "low"]
    assert {(line["brand"], line["category"]) for line in grave} == {(OWN, "fee_dispute")}
    assert [line["level"] for line in grave] == ["medium", "high"]
    assert len({line["incident"] for line in grave}) == 1


def test_every_change_explains_itself_with_conditions_and_mentions(reference: list[str]) -> None:
    changes = [line for line in map(json.loads, reference) if line["change"] in ("opened", "escalated")]
    assert changes
    for line in changes:
        assert line["explanation"]
        assert line["mentions"]
        assert {"fact", "value", "op", "threshold", "holds", "margin"} <= line["explanation"][0].keys()


def test_replaying_twice_gives_the_same_bytes(stream: MadeStream, reference: list[str], tmp_path: Path) -> None:
    assert replayed(tmp_path, stream.scores, stream.mentions) == reference


@pytest.mark.parametrize("seed", [1, 2])
def test_batch_cuts_do_not_matter(stream: MadeStream, reference: list[str], tmp_path: Path, seed: int) -> None:
    pick = random.Random(seed)
    assert replayed(tmp_path, stream.scores, stream.mentions, batches=lambda: pick.randint(1, 90)) == reference


@pytest.mark.parametrize("seed", [1, 2])
def test_how_brands_interleave_does_not_matter(
    stream: MadeStream, reference: list[str], tmp_path: Path, seed: int
) -> None:
    shuffled = shuffled_by_brand(stream.mentions, stream.scores, seed)
    assert shuffled != stream.mentions
    assert replayed(tmp_path, stream.scores, shuffled) == reference


def test_restoring_the_state_after_every_record_does_not_matter(
    stream: MadeStream, reference: list[str], tmp_path: Path
) -> None:
    assert replayed(tmp_path, stream.scores, stream.mentions, advance=forgetful) == reference


def test_another_stream_of_the_same_name_is_refused_and_loses_nothing(stream: MadeStream, tmp_path: Path) -> None:
    pipeline = made_pipeline(tmp_path, stream.scores)
    try:
        feed(pipeline, stream.mentions[:20], source="test")
        with pytest.raises(Conflict, match="另一份"):
            feed(pipeline, stream.mentions[1:], source="test")
        assert feed(pipeline, stream.mentions[:30], source="test") == 10
    finally:
        pipeline.close()


def test_feeding_the_same_stream_again_changes_nothing(
    stream: MadeStream, reference: list[str], tmp_path: Path
) -> None:
    pipeline = made_pipeline(tmp_path, stream.scores)
    try:
        assert feed(pipeline, stream.mentions, source="test") == len(stream.mentions)
        assert feed(pipeline, stream.mentions, source="test") == 0
        with pipeline.database.read() as connection:
            assert list(lines(connection)) == reference
    finally:
        pipeline.close()
