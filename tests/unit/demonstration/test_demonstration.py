"""The demonstration: deterministic, believable in shape, and the same whatever its words."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.demonstration import (
    BrandNames,
    Record,
    bundled_script,
    bundled_shapes,
    bundled_wording,
    demonstration_stream,
    is_history,
    load_script,
    paced,
    substituted,
)
from engine.demonstration.fit import shapes_yaml
from engine.errors import InputError
from engine.intake import CHINA, Accepted, Rejected, read_objects

START = datetime(2026, 3, 5, 9, tzinfo=CHINA)
REPOSTS = Path(__file__).parents[4] / "shared" / "data" / "diffusion" / "reposts.jsonl.gz"
WORDS = {"text", "hot_search", "brand"}


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(demonstration_stream(start=START))


def events(records: list[Record]) -> list[dict[str, Any]]:
    return [{key: value for key, value in record.items() if key not in WORDS} for record in records]


def test_the_same_start_and_seed_give_the_same_records(records: list[Record]) -> None:
    assert records == list(demonstration_stream(start=START))
    assert records != list(demonstration_stream(start=START, seed=1))


def test_records_come_in_the_order_of_their_arrival(records: list[Record]) -> None:
    arrivals = [record["received_at"] for record in records]
    assert arrivals == sorted(arrivals)
    assert 1_500 <= len(records) <= 3_000


def test_intake_takes_every_record_but_the_four_that_are_wrong(records: list[Record]) -> None:
    outcomes = [next(read_objects([record], source="x", clock=lambda: START)) for record in records]
    refused = [item for item in outcomes if isinstance(item, Rejected)]
    assert sorted(item.kind for item in refused) == ["quarantined", "rejected", "rejected", "rejected"]
    personal = next(i for i in outcomes if isinstance(i, Accepted) and "personal-data" in i.mention.external_id)
    assert "[手机号]" in personal.mention.text
    assert "[身份证号]" in personal.mention.text
    assert "[银行卡号]" in personal.mention.text


def test_every_place_in_a_text_is_filled(records: list[Record]) -> None:
    texts = [record["text"] for record in records if "text" in record and not record["id"].startswith("trouble")]
    assert not [text for text in texts if "{" in text or "}" in text]
    assert len(set(texts)) > 700


def test_other_brands_words_and_dates_change_nothing_that_happens(records: list[Record]) -> None:
    other = substituted(
        bundled_script(),
        brands={"own": BrandNames(name="苇岸消费金融", short="苇岸消金", product="随心付")},
        wording=bundled_wording("substitute"),
    )
    retold = list(demonstration_stream(other, start=START))
    assert events(retold) == events(records)
    assert not [record for record in retold if "澄禾" in str(record.get("text"))]
    assert records == list(demonstration_stream(start=START.astimezone(UTC)))
    later = list(demonstration_stream(start=START + timedelta(days=200)))
    shift = [
        datetime.fromisoformat(new["received_at"]) - datetime.fromisoformat(old["received_at"])
        for old, new in zip(records, later, strict=True)
    ]
    assert set(shift) == {timedelta(days=200)}


def test_both_wordings_tell_every_event() -> None:
    bundled, substitute = bundled_wording(), bundled_wording("substitute")
    assert set(bundled.pools) == set(substitute.pools)
    assert sum(map(len, bundled.pools.values())) + sum(map(len, bundled.parts.values())) > 250


def test_history_gives_a_low_baseline_of_complaints_before_the_crisis(records: list[Record]) -> None:
    history = [record for record in records if is_history(record, START)]
    assert 400 <= len(history) <= 1_000
    assert not [record for record in history if record["id"].startswith(("demo-fee-", "demo-leak-", "trouble"))]
    days = Counter(record["received_at"][:10] for record in history if "fee_dispute" in record["id"])
    assert len(days) >= 7
    assert max(days.values()) <= 8


def test_the_first_crisis_grows_for_five_hours_and_calms(records: list[Record]) -> None:
    first_sight = {record["id"]: record for record in reversed(records) if record["id"].startswith("demo-fee-")}
    hours = Counter(
        (datetime.fromisoformat(record["published_at"]) - START) // timedelta(hours=1)
        for record in first_sight.values()
    )
    assert hours[0] < hours[1] < hours[2] < hours[4] > 4 * hours[2]
    assert hours[12] < 10


def test_counts_of_a_growing_mention_never_fall(records: list[Record]) -> None:
    seen: dict[str, int] = {}
    for record in records:
        views = record.get("engagement", {}).get("views", 0)
        assert views >= seen.get(record["id"], 0)
        seen[record["id"]] = views
    assert len(records) - len(seen) > 80


def test_history_waits_for_nothing_and_the_rest_follows_its_own_clock(records: list[Record]) -> None:
    waits = [(wait, record) for wait, record in paced(records, 120, live_from=START)]
    assert all(wait == 0 for wait, record in waits if is_history(record, START))
    total = datetime.fromisoformat(records[-1]["received_at"]) - START
    assert sum(wait for wait, _ in waits) == pytest.approx(total.total_seconds() / 120)


@given(st.sampled_from(["burst", "steady", "late"]), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60)
def test_shares_arrive_in_order_and_within_the_time(name: str, one: float, two: float) -> None:
    shape = bundled_shapes()[name]
    low, high = sorted([one, two])
    assert 0 <= shape.arrival(low) <= shape.arrival(high) <= 1
    assert shape.arrival(shape.share(low)) == pytest.approx(low, abs=0.02)


def test_a_script_with_an_undefined_pool_is_refused() -> None:
    wording = bundled_wording()
    text = (Path(__file__).parents[3] / "engine/demonstration/script.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="未定义的措辞：no_such"):
        load_script(text.replace("pool: praise", "pool: no_such"), wording)


@pytest.mark.skipif(not REPOSTS.exists(), reason="the repost times are not beside this checkout")
def test_the_committed_shapes_are_what_the_fit_gives() -> None:
    committed = (Path(__file__).parents[3] / "engine/demonstration/shapes.yaml").read_text(encoding="utf-8")
    assert shapes_yaml(REPOSTS) == committed
