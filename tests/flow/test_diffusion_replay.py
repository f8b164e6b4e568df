"""Real mentions at real repost times, through the real scorer, windows and rules: the planned incidents, no others."""

import json
import random
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.intake import CHINA, Accepted, open_records
from engine.model import Mention, Scores
from engine.scoring.scorer import Scorer
from tests.support.made import forgetful, replayed, shuffled_by_brand

STREAMS = Path(__file__).parents[1] / "streams"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = [
    pytest.mark.model,
    pytest.mark.timeout(1_500),
    pytest.mark.skipif(not SHARED.exists(), reason="the real mentions are not beside this checkout"),
]


class Played(NamedTuple):
    mentions: list[Mention]
    scores: dict[str, Scores]
    lines: list[str]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, bundled_scorer: Scorer) -> Played:
    folder = tmp_path_factory.mktemp("diffusion")
    stream = folder / "stream.jsonl"
    subprocess.run([sys.executable, str(STREAMS / "build_diffusion_stream.py"), str(stream)], check=True)
    outcomes = open_records(stream, clock=lambda: datetime(2026, 1, 1, tzinfo=CHINA), replay=True)
    mentions = [one.mention for one in outcomes if isinstance(one, Accepted)]
    scores: dict[str, Scores] = {}
    for mention in mentions:
        if mention.id not in scores:
            scores[mention.id] = bundled_scorer.score(mention)
    return Played(mentions, scores, replayed(folder, scores, mentions))


def rises(lines: list[str]) -> dict[tuple[str, str, str], datetime]:
    """When each (brand, category) first reached each level."""
    found: dict[tuple[str, str, str], datetime] = {}
    for line in map(json.loads, lines):
        if line["change"] in ("opened", "escalated", "reopened"):
            key = (line["brand"], line["category"], line["level"])
            found.setdefault(key, datetime.fromisoformat(line["at"]))
    return found


def expected() -> list[dict[str, Any]]:
    return list(json.loads((STREAMS / "expected_incidents.json").read_text(encoding="utf-8"))["incidents"])


def test_the_planned_incidents_are_found_in_time(played: Played) -> None:
    found = rises(played.lines)
    for one in expected():
        key = (one["brand"], one["category"], one["level"])
        assert key in found, key
        late = abs(found[key] - datetime.fromisoformat(one["at"]))
        assert late <= timedelta(minutes=one["tolerance_minutes"]), (key, late)


def test_no_other_medium_or_high_incident_is_found(played: Played) -> None:
    highest = {(one["brand"], one["category"]): one["level"] for one in expected()}
    allowed = {"low": {"low"}, "medium": {"low", "medium"}, "high": {"low", "medium", "high"}}
    for brand, category, level in rises(played.lines):
        if level != "low":
            assert level in allowed[highest.get((brand, category), "low")], (brand, category, level)


@pytest.fixture(scope="module")
def crises(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The mentions of the planned brands alone: where windows, levels and cooldowns have most to remember."""
    planned = {one["brand"] for one in expected()}
    mentions = [one for one in played.mentions if planned & set(one.brands)]
    return Played(mentions, played.scores, replayed(tmp_path_factory.mktemp("crises"), played.scores, mentions))


def test_a_second_run_in_random_batches_gives_the_same_bytes(played: Played, tmp_path: Path) -> None:
    pick = random.Random(3)
    assert replayed(tmp_path, played.scores, played.mentions, batches=lambda: pick.randint(1, 300)) == played.lines


def test_shuffled_brands_give_the_same_bytes(crises: Played, tmp_path: Path) -> None:
    shuffled = shuffled_by_brand(crises.mentions, crises.scores, seed=5)
    assert shuffled != crises.mentions
    assert len(crises.lines) > 10
    assert replayed(tmp_path, crises.scores, shuffled) == crises.lines


def test_restoring_the_state_after_every_record_gives_the_same_bytes(crises: Played, tmp_path: Path) -> None:
    assert replayed(tmp_path, crises.scores, crises.mentions, advance=forgetful) == crises.lines
