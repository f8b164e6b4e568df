"""Counts that the rules' checks take to go together do so in the real windows, whatever arrives and in what order."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import Category, LogRecord, MentionRecord, Realm
from engine.rule_testing.series import BRAND, case_records
from engine.window_state import BrandState
from engine.windows import advance
from rules.case_series import SeriesStep
from rules.cases import Case
from rules.vocabulary import AT_MOST

HOURS = 9 * 24


def step(random: Random) -> SeriesStep:
    return SeriesStep.model_validate(
        {
            "at": f"{random.randrange(HOURS)}h",
            "every": f"{random.choice([1, 7, 60, 400])}m",
            "count": random.randint(1, 12),
            "authors": random.choice([None, 1, 3]),
            "contents": random.choice([None, 1, 2]),
            "severity": random.choice(["low", "high"]),
            "author_kind": random.choice(["personal", "media", "official", "regulator"]),
            "platforms": random.sample(["微博", "抖音", "小红书"], random.randint(1, 3)),
            "negative": random.random() < 0.8,
        }
    )


def sometimes_late(random: Random, record: LogRecord) -> LogRecord:
    """A mention may have been published long before it arrives."""
    if not isinstance(record.payload, MentionRecord) or random.random() < 0.7:
        return record
    earlier = record.payload.published_at - timedelta(minutes=random.choice([5, 90, 2000, 9000]))
    return record.model_copy(update={"payload": record.payload.model_copy(update={"published_at": earlier})})


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_what_is_taken_to_be_at_most_something_else_is(seed: int) -> None:
    random = Random(seed)
    case = Case(name="随机的一周多", kind="quiet", expect="none", series=tuple(step(random) for _ in range(8)))
    state = BrandState.empty(Realm.replay, BRAND)
    for record in case_records(Category.fee_dispute, case):
        state, facts = advance(state, sometimes_late(random, record))
        for values in (one.values for one in facts):
            wrong = [(low, high) for low, high in AT_MOST if values[low] > values[high]]  # type: ignore[operator]
            assert not wrong
