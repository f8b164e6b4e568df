"""The demonstration through the real scorer, windows and rules: two crises, whatever they are called and told in."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.demonstration import bundled_script, bundled_wording, demonstration_stream, substituted
from engine.demonstration.script import BrandNames
from engine.intake import Accepted, read_objects
from engine.model import Scores
from engine.scoring.scorer import Scorer
from tests.support.made import CHINA, replayed

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
START = datetime(2026, 3, 16, 9, 0, tzinfo=CHINA)
LATER = datetime(2026, 11, 2, 9, 0, tzinfo=CHINA)
OTHER_BRAND = "苇岸消费金融"
RISES = ("opened", "escalated", "reopened")


def told(scorer: Scorer, folder: Path, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What came of a stream, as lines."""
    outcomes = [
        one
        for number in range(0, len(records), 1_000)
        for one in read_objects(records[number : number + 1_000], source="demo", clock=lambda: START, replay=True)
    ]
    mentions = [one.mention for one in outcomes if isinstance(one, Accepted)]
    scores: dict[str, Scores] = {}
    for mention in mentions:
        if mention.id not in scores:
            scores[mention.id] = scorer.score(mention)
    return [json.loads(line) for line in replayed(folder, scores, mentions)]


def grave(
    lines: list[dict[str, Any]], start: datetime, renamed: dict[str, str]
) -> list[tuple[str, str, str, timedelta]]:
    """When which brand and category got to medium and high, counted from the start of the stream."""
    return [
        (
            renamed.get(line["brand"], line["brand"]),
            line["category"],
            line["level"],
            datetime.fromisoformat(line["at"]) - start,
        )
        for line in lines
        if line["change"] in RISES and line["level"] != "low"
    ]


@pytest.fixture(scope="module")
def as_written(bundled_scorer: Scorer, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return told(bundled_scorer, tmp_path_factory.mktemp("bundled"), list(demonstration_stream(start=START)))


def test_two_crises_grow_as_the_script_says(as_written: list[dict[str, Any]]) -> None:
    own = bundled_script().brands["own"].name
    partner = bundled_script().brands["partner"].name
    found = [(brand, category, level) for brand, category, level, _ in grave(as_written, START, {})]
    assert found == [
        (own, "fee_dispute", "medium"),
        (own, "fee_dispute", "high"),
        (partner, "privacy_leak", "medium"),
    ]


def test_the_first_crisis_calms(as_written: list[dict[str, Any]]) -> None:
    changes = [line["change"] for line in as_written if line["category"] == "fee_dispute" and line["change"]]
    assert "calmed" in changes


def test_other_brands_wording_and_dates_change_nothing_that_happens(
    bundled_scorer: Scorer, as_written: list[dict[str, Any]], tmp_path: Path
) -> None:
    own = bundled_script().brands["own"].name
    script = substituted(
        bundled_script(),
        brands={"own": BrandNames(name=OTHER_BRAND, short="苇岸消金", product="随心付")},
        wording=bundled_wording("substitute"),
    )
    retold = told(bundled_scorer, tmp_path, list(demonstration_stream(script, start=LATER)))
    before, after = grave(as_written, START, {}), grave(retold, LATER, {OTHER_BRAND: own})
    assert [one[:3] for one in after] == [one[:3] for one in before]
    for first, second in zip(before, after, strict=True):
        assert abs(first[3] - second[3]) <= timedelta(minutes=15), (first, second)
