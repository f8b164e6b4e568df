"""The stream builder: deterministic, in order, and in step with its committed list of incidents."""

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.intake import CHINA, Accepted, open_records

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "data"
EXPECTED = HERE / "expected_incidents.json"

pytestmark = pytest.mark.skipif(
    not (SHARED / "mentions" / "raw.jsonl").exists(), reason="the real mentions are not beside this checkout"
)


def built(out: Path) -> str:
    command = [sys.executable, str(HERE / "build_diffusion_stream.py"), str(out), "--plan"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("stream") / "stream.jsonl"
    return out, built(out)


@pytest.fixture(scope="module")
def records(stream: tuple[Path, str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream[0].read_text(encoding="utf-8").splitlines()]


def test_the_same_seed_gives_the_same_bytes(stream: tuple[Path, str], tmp_path: Path) -> None:
    again = tmp_path / "again.jsonl"
    built(again)
    assert again.read_bytes() == stream[0].read_bytes()


def test_the_committed_list_is_what_the_stream_was_planned_from(stream: tuple[Path, str]) -> None:
    assert json.loads(stream[1]) == json.loads(EXPECTED.read_text(encoding="utf-8"))


def test_intake_takes_every_record_in_the_order_of_arrival(stream: tuple[Path, str]) -> None:
    outcomes = list(open_records(stream[0], clock=lambda: datetime(2026, 1, 1, tzinfo=CHINA), replay=True))
    mentions = [item.mention for item in outcomes if isinstance(item, Accepted)]
    assert len(mentions) == len(outcomes) > 1_200
    assert mentions == sorted(mentions, key=lambda mention: mention.received_at)


def test_the_quiet_background_names_no_planned_brand_and_has_no_media(records: list[dict[str, Any]]) -> None:
    planned = {item["brand"] for item in json.loads(EXPECTED.read_text(encoding="utf-8"))["incidents"]}
    quiet = [record for record in records if not planned & set(record["entities"])]
    assert len(quiet) > 700
    assert all(record["author"]["kind"] == "personal" for record in quiet)
    assert len({record["received_at"][:10] for record in quiet}) >= 9


def test_an_incident_is_a_crowd_and_not_one_account(records: list[dict[str, Any]]) -> None:
    for brand, least in {"小资钱包": 24, "壹佰金融": 24, "红岭创投": 10, "易贷金融": 10}.items():
        authors = Counter(r["author"]["name"] for r in records if r["entities"] == [brand] and "author" in r)
        assert len(authors) >= least
        assert authors.most_common(1)[0][1] == 1
