"""A moment explained: the facts the live engine saw, the mentions behind them, every rule whether it spoke or not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.backtesting.history import state_known_since
from engine.core import BrandCore, Decide, StepOutput, step
from engine.explaining import explain_at
from engine.model import Category, Engagement, Level, LogRecord, Realm, Severity, TickRecord, WindowFacts
from engine.past_facts import facts_at, minute_of, rebuilt
from engine.pipeline import Pipeline
from engine.replay import feed
from engine.rulings import Detection, Facts, Rulings, written
from engine.store.log_ranges import records_of, span_of
from engine.windows import look, view
from tests.support.made import OWN, PARTNER, START, MadeStream, made_mention, made_pipeline, made_scores

DAYS = 17
Seen = list[tuple[LogRecord, list[WindowFacts]]]


class Watched:
    """A pipeline over three weeks whose core tells what facts it saw; one brand is known early and silent for long."""

    def __init__(self, stream: MadeStream, folder: Path) -> None:
        self.seen: Seen = []
        self.times: dict[str, list[int]] = {}
        self.pipeline = made_pipeline(folder, stream.scores, advance=self._step)
        feed(self.pipeline, stream.mentions, source="test")

    def _step(self, core: BrandCore, record: LogRecord, decide: Decide) -> tuple[BrandCore, StepOutput]:
        facts: list[WindowFacts] = []
        self.seen.append((record, facts))

        def spy(one: Facts) -> Rulings | Detection:
            facts.append(written(one))
            return decide(one)

        core, output = step(core, record, spy)
        self.times.setdefault(record.brand, []).append(core.windows.now)
        return core, output


def long_stream() -> MadeStream:
    stream = MadeStream(days=DAYS, minutes=100)
    silent = timedelta(days=2), timedelta(days=14)
    stream.mentions = [
        one
        for one in stream.mentions
        if one.brands != (PARTNER,) or not silent[0] < one.received_at - START < silent[1]
    ]
    for number in range(30):  # late ones, also beyond the longest window
        published = START + timedelta(hours=13 * number)
        late = made_mention(f"late{number}", published, text=f"很晚才采到的第{number}条投诉")
        arrived = late.model_copy(update={"received_at": published + timedelta(hours=7 * (number % 30) + 1)})
        counts = Engagement(reposts=30 * number, comments=number)
        again = arrived.model_copy(
            update={"engagement": counts, "received_at": arrived.received_at + timedelta(hours=2)}
        )
        stream.mentions += [arrived, again]
        stream.scores[late.id] = made_scores(
            arrived, Category.fee_dispute, Severity.high, also=[Category.customer_service]
        )
    stream.mentions = [
        one.model_copy(update={"received_at": one.received_at + timedelta(seconds=(97 * number) % 900)})
        for number, one in enumerate(stream.mentions)
    ]
    stream.mentions.sort(key=lambda one: (one.received_at, one.id))
    return stream


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    found = Watched(long_stream(), tmp_path_factory.mktemp("explaining"))
    yield found
    found.pipeline.close()


@pytest.fixture(scope="module")
def pipeline(watched: Watched) -> Pipeline:
    return watched.pipeline


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_the_facts_of_any_moment_are_those_that_the_live_engine_saw(watched: Watched, pick: int) -> None:
    told = [(record, one) for record, facts in watched.seen for one in facts]
    record, facts = told[pick % len(told)]
    minute = [
        one
        for other, found in watched.seen
        for one in found
        if other.brand == record.brand and one.category is facts.category and one.at == facts.at
    ]
    past = facts_at(watched.pipeline.database, record.realm, record.brand, facts.category, facts.at)
    assert past.evaluated
    assert past.facts == minute[-1]


@settings(max_examples=12)
@given(st.integers(0, DAYS * 48), st.sampled_from([OWN, PARTNER]))
def test_a_moment_without_a_record_is_seen_as_a_tick_would_see_it(watched: Watched, half_hour: int, brand: str) -> None:
    at = START + timedelta(minutes=30 * half_hour + 11)
    whole = BrandCore.empty(Realm.replay, brand)
    mine = [record for record, _ in watched.seen if record.brand == brand]
    for record, now in zip(mine, watched.times[brand], strict=True):
        if now > minute_of(at):
            break
        whole.windows, _ = view(whole.windows, record)
    expected = look(whole.windows, tick(brand, at), Category.fee_dispute)
    past = facts_at(watched.pipeline.database, Realm.replay, brand, Category.fee_dispute, at)
    assert past.evaluated or past.facts == expected


def tick(brand: str, at: datetime) -> LogRecord:
    return LogRecord(seq=0, realm=Realm.replay, brand=brand, brand_seq=0, at=at, payload=TickRecord())


@settings(max_examples=15)
@given(st.integers(0, DAYS * 1440), st.sampled_from([OWN, PARTNER]))
def test_the_mentions_behind_are_counted_as_the_windows_count_them(watched: Watched, minute: int, brand: str) -> None:
    at = START + timedelta(minutes=minute)
    past = facts_at(watched.pipeline.database, Realm.replay, brand, Category.fee_dispute, at)
    for window, total in past.totals.items():
        listed = sum(window in past.windows_of(one) for one in past.newest)
        assert listed == min(total, len(past.newest)) or listed == total
        assert listed <= total
    assert [one.minute for one in past.newest] == sorted((one.minute for one in past.newest), reverse=True)
    assert len(past.newest) == min(20, past.totals["7d"])


def test_the_stored_state_and_the_rebuilt_one_give_the_same_facts(pipeline: Pipeline, watched: Watched) -> None:
    end = max(record.at for record, _ in watched.seen) + timedelta(minutes=7)
    for brand in (OWN, PARTNER):
        stored = facts_at(pipeline.database, Realm.replay, brand, Category.fee_dispute, end)
        with pipeline.database.read() as connection:
            span = span_of(connection, Realm.replay, START - timedelta(days=60), end, brand)
        empty = state_known_since(Realm.replay, brand, None)
        whole = rebuilt(empty, records_of(pipeline.database, span), Category.fee_dispute, end)
        assert stored.facts == whole.facts
        assert [one.minute for one in stored.newest] == [one.minute for one in whole.newest]
        assert not stored.evaluated


def test_every_rule_is_explained_whether_it_speaks_or_not(pipeline: Pipeline) -> None:
    at = START + timedelta(days=DAYS, minutes=99)
    found = explain_at(pipeline.database, pipeline.parts.rules, Realm.replay, OWN, Category.fee_dispute, at)
    assert {one.rule for one in found.rules} == {
        rule.id for rule in pipeline.parts.rules.evaluated(Category.fee_dispute)
    }
    assert found.rules[0].level is not None
    ranks = [one.level.rank if one.level else 0 for one in found.rules]
    assert ranks == sorted(ranks, reverse=True)
    for one in found.rules:
        assert {trace.level for trace in one.traces} == set(pipeline.parts.rules.rule(one.rule).levels)
        assert one.level is Level.high or one.needs
    assert found.totals["1h"] >= 1
    assert all(one.excerpt and one.platform for one in found.mentions)


def test_a_category_without_any_mention_is_explained_too(pipeline: Pipeline) -> None:
    at = START + timedelta(days=5)
    found = explain_at(pipeline.database, pipeline.parts.rules, Realm.replay, OWN, Category.privacy_leak, at)
    assert found.rules
    assert all(one.level is None and one.needs for one in found.rules)
    assert found.mentions == ()
    assert set(found.totals.values()) == {0}
    unknown = explain_at(pipeline.database, pipeline.parts.rules, Realm.replay, "没有的品牌", Category.privacy_leak, at)
    assert [one.level for one in unknown.rules] == [None] * len(unknown.rules)
