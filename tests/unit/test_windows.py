"""Windows against counting from scratch, late and out of order."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import Category, LogRecord, Realm, TickRecord, WindowFacts
from engine.window_counts import AUTHORS, WINDOW_MINUTES, MinuteCounts
from engine.window_state import MAX_KEYS, BrandState, LastSeen
from engine.windows import advance, overlap
from tests.support.made import OWN, START, made_mention, made_record

FEE, SERVICE = Category.fee_dispute, Category.customer_service


def taken(
    state: BrandState, number: int, at: datetime, *categories: Category, **fields: object
) -> tuple[WindowFacts, ...]:
    mention = made_mention(number, at)
    payload = made_record(mention, categories, **fields)
    record = LogRecord(seq=number + 1, realm=Realm.live, brand=OWN, brand_seq=number + 1, at=at, payload=payload)
    _, facts = advance(state, record)
    return facts


def ticked(state: BrandState, at: datetime) -> tuple[WindowFacts, ...]:
    record = LogRecord(seq=10**6, realm=Realm.live, brand=OWN, brand_seq=10**6, at=at, payload=TickRecord())
    return advance(state, record)[1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9 * 24 * 60), min_size=1, max_size=60), st.booleans())
def test_counts_equal_counting_from_scratch_in_any_order(minutes: list[int], restore: bool) -> None:
    state, latest = BrandState.empty(Realm.live, OWN), 0
    seen: list[int] = []
    for number, minute in enumerate(minutes):
        facts = taken(state, number, START + timedelta(minutes=minute), FEE)
        if minute > latest - WINDOW_MINUTES["7d"] or not seen:
            seen.append(minute)
            latest = max(latest, minute)
            for key, length in WINDOW_MINUTES.items():
                assert facts[0].values[f"negative_count_{key}"] == sum(latest - length < one <= latest for one in seen)
        else:
            assert facts == ()
        if restore:
            state = BrandState.from_json(state.to_json())


def test_an_account_counts_once_in_each_window_at_its_last_word() -> None:
    state = BrandState.empty(Realm.live, OWN)
    for number in range(5):
        facts = taken(state, number, START + timedelta(minutes=10 * number), FEE, author="同一个人")
    assert facts[0].values["unique_authors_1h"] == 1
    facts = taken(state, 9, START + timedelta(minutes=95), FEE, author="另一个人")
    assert facts[0].values["unique_authors_1h"] == 2
    facts = taken(state, 10, START + timedelta(minutes=120), FEE, author="另一个人")
    assert facts[0].values["unique_authors_1h"] == 1
    assert facts[0].values["unique_authors_24h"] == 2


def test_copies_of_one_text_are_one_original() -> None:
    state = BrandState.empty(Realm.live, OWN)
    for number in range(6):
        facts = taken(state, number, START + timedelta(minutes=number), FEE, group="one" if number else "other")
    assert facts[0].values["negative_count_1h"] == 6
    assert facts[0].values["original_count_24h"] == 2


def test_growth_compares_with_the_six_days_before() -> None:
    state = BrandState.empty(Realm.live, OWN)
    for hour in range(24 * 7):
        taken(state, hour, START + timedelta(hours=hour), FEE)
    facts = taken(state, 999, START + timedelta(days=7), FEE)
    assert facts[0].values["baseline_1h"] == 1.0
    assert facts[0].values["growth_1h"] == 1.0


def test_heat_halves_in_six_hours() -> None:
    state = BrandState.empty(Realm.live, OWN)
    now = taken(state, 0, START, FEE, reach=99_999)[0].values["heat"]
    later = ticked(state, START + timedelta(hours=6))[0].values["heat"]
    assert isinstance(now, float)
    assert isinstance(later, float)
    assert now == 50.0
    assert abs((now - later) - 3.01) < 0.01


def test_a_neutral_mention_only_counts_among_all_mentions() -> None:
    state = BrandState.empty(Realm.live, OWN)
    taken(state, 0, START, FEE)
    assert taken(state, 1, START) == ()
    facts = taken(state, 2, START, FEE)
    assert facts[0].values["mention_count_24h"] == 3
    assert facts[0].values["negative_share_24h"] == 0.667


def test_history_fills_the_baseline_without_being_evaluated() -> None:
    state = BrandState.empty(Realm.live, OWN)
    assert taken(state, 0, START, FEE, history=True) == ()
    facts = taken(state, 1, START + timedelta(minutes=1), FEE)
    assert facts[0].values["negative_count_10m"] == 2


def test_overlap_tells_whose_matter_a_category_mostly_is() -> None:
    state = BrandState.empty(Realm.live, OWN)
    for number in range(4):
        taken(state, number, START, FEE, SERVICE)
    taken(state, 9, START, SERVICE)
    assert overlap(state, SERVICE, FEE) == 0.8
    assert overlap(state, FEE, SERVICE) == 0.0


def test_memory_stays_bounded_over_a_long_stream() -> None:
    state = BrandState.empty(Realm.live, OWN)
    sizes = []
    for number in range(6_000):
        taken(state, number, START + timedelta(minutes=7 * number), FEE)
        if number % 1_500 == 1_499:
            sizes.append(len(state.categories[FEE].counts.minutes))
    assert sizes[-1] == sizes[-2] <= 10_080 // 7 + 1


def test_overlap_forgets_what_left_the_day_even_when_the_category_was_not_touched() -> None:
    state = BrandState.empty(Realm.live, OWN)
    taken(state, 0, START, FEE, SERVICE)
    taken(state, 1, START + timedelta(hours=1), SERVICE)
    taken(state, 2, START + timedelta(hours=30))
    assert overlap(state, SERVICE, FEE) == 0.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9 * 24 * 60), min_size=1, max_size=40))
def test_active_days_are_the_calendar_days_with_a_negative_mention(minutes: list[int]) -> None:
    state, seen = BrandState.empty(Realm.live, OWN), []
    for number, minute in enumerate(sorted(minutes)):
        at = START + timedelta(minutes=minute)
        seen.append(at)
        facts = taken(state, number, at, FEE)
        week = {one.date() for one in seen if one > at - timedelta(days=7)}
        assert facts[0].values["active_days_7d"] == len(week)


def test_years_of_history_leave_no_more_peaks_than_a_day_needs() -> None:
    state = BrandState.empty(Realm.live, OWN)
    for number in range(3_000):
        taken(state, number, START + timedelta(minutes=10 * number), FEE, history=True)
    assert len(state.categories[FEE].top_heat.peaks) == 1
    assert taken(state, 3_000, START + timedelta(minutes=30_000), FEE)[0].values["top_heat_24h"] == 20.04


def test_more_accounts_than_are_remembered_are_counted_at_least_once_each() -> None:
    seen, counts = LastSeen(), MinuteCounts(now=1_000)
    for number in range(MAX_KEYS + 500):
        seen.touch(f"author-{number}", 900 + number % 100, counts, AUTHORS)
    assert len(seen.minute_of) <= MAX_KEYS
    assert counts.day[AUTHORS] == MAX_KEYS + 500


def test_a_forgotten_account_of_another_day_is_counted_exactly() -> None:
    seen, counts = LastSeen(), MinuteCounts(now=0)
    for number in range(MAX_KEYS):
        seen.touch(f"author-{number}", 0, counts, AUTHORS)
    counts.move_to(3 * 1_440)
    for name in ("author-0", "someone new", "author-0"):
        seen.touch(name, counts.now, counts, AUTHORS)
    assert len(seen.minute_of) == 2
    assert counts.day[AUTHORS] == 2
