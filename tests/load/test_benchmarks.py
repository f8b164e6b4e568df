"""Every benchmark runs in a tiny size and gives the documented shape. Speed is not asserted here: `make bench` is."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from engine.bench.catalogue import BenchParts, names, run
from engine.bench.core import CoreSize, bench_core
from engine.bench.drafting import DraftingSize, bench_drafting
from engine.bench.material import Volume, mentions, records
from engine.bench.pipeline import PipelineSize, bench_pipeline
from engine.bench.report import Gate, Report, Result, Skipped, compared, this_machine
from engine.bench.rule_history import made_events
from engine.bench.rule_material import made_rules
from engine.bench.rules import OTHERS, RulesSize, bench_rules
from engine.bench.scoring import ScoringSize, bench_scoring
from engine.bench.timing import Rounds, race
from engine.draft_language import Grammar, Prefix, ScriptedModel
from engine.errors import InputError, ModelUnavailable
from engine.model import Category
from retrieval.embedder import load_embedder
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine

DOCUMENTED = {"name", "value", "unit", "reference", "ratio"}


class ScriptedWriter:
    """The scripted model, with a free text of its own."""

    def __init__(self) -> None:
        self._model = ScriptedModel(answers=(1,) * 50)
        self.name = self._model.name
        self.fingerprint = self._model.fingerprint

    def lease(self) -> AbstractContextManager[None]:
        return self._model.lease()

    def choose(self, prefix: Prefix, options: Sequence[str]) -> int:
        return self._model.choose(prefix, options)

    def complete(self, prefix: Prefix, grammar: Grammar) -> str:
        return self._model.complete(prefix, grammar)

    def write(self, instruction: str, max_tokens: int) -> str:
        assert "事实：" in instruction
        return "我们高度重视。"


def assert_documented(bench: str, results: Sequence[Result]) -> None:
    assert results
    for one in results:
        assert one.model_dump().keys() >= DOCUMENTED
        assert one.name.startswith(f"{bench}.")
        assert one.value >= 0
        assert one.reference is not None
        assert one.reference > 0
        assert one.ratio is not None
        assert one.against
    assert len({one.name for one in results}) == len(results)


def test_core_gives_speed_state_and_memory() -> None:
    results = bench_core(CoreSize(mentions=40, copies=1, rounds=1, soak_copies=1, soak_periods=2))
    assert_documented("core", results)
    assert {one.name for one in results} >= {"core.step_of_matching", "core.step_of_windows", "core.state"}


def test_rules_gives_every_engine_that_is_installed_and_names_the_others() -> None:
    found = bench_rules(
        RulesSize(rules={3: 3, 5: 1}, mentions=40, explained=2, rounds=1, gated=3, events=300, apart=False)
    )
    results = [one for one in found if isinstance(one, Result)]
    skipped = {one.bench for one in found if isinstance(one, Skipped)}
    assert_documented("rules", results)
    told = {one.name for one in results}
    assert {"rules.3.of_durable", "rules.5.of_matching", "rules.3.of_explained", "rules.backtest"} <= told
    for other in OTHERS:
        assert (f"rules.3.of_{other.name}" in told) is other.installed is (f"rules.{other.name}" not in skipped)
    gated = {one.name for one in results if one.gate}
    assert "rules.3.of_durable" in gated
    assert not any(name.startswith("rules.5.") for name in gated)


def test_made_rules_and_events_are_the_same_every_time_and_spread_over_the_categories() -> None:
    rules = made_rules(100)
    assert rules.hash == made_rules(100).hash != made_rules(101).hash
    assert len(rules.rules) == 100
    assert all(5 <= len(rules.evaluated(category)) <= 12 for category in Category)
    events = list(made_events(500))
    assert events == list(made_events(500))
    assert [one.seq for one in events] == list(range(1, len(events) + 1))
    assert sum(one.payload.kind == "mention" for one in events) == 500


def test_pipeline_gives_the_whole_way_and_each_stage() -> None:
    results = bench_pipeline(PipelineSize(mentions=30, rounds=1))
    assert_documented("pipeline", results)
    assert [one.name for one in results] == ["pipeline.whole", "pipeline.accept", "pipeline.score", "pipeline.detect"]


def test_drafting_gives_both_comparisons_and_how_often_words_differ() -> None:
    results = bench_drafting(ScriptedWriter(), DraftingSize(templates=2))
    assert_documented("drafting", results)
    assert results[-1].name == "drafting.differs"
    assert 0 < results[-1].value <= 1


@pytest.mark.model
def test_scoring_gives_new_texts_and_copies(embedder_dir: Path) -> None:
    embedder = load_embedder(embedder_dir, direct=True)
    assert_documented("scoring", bench_scoring(embedder, ScoringSize(mentions_a_round=2, rounds=1)))


def test_without_a_language_model_drafting_is_skipped_with_its_reason() -> None:
    def missing() -> ScriptedWriter:
        raise ModelUnavailable("没有语言模型")

    report = run("drafting", BenchParts(embedder=HashingEmbedder, search=unused, model=missing, cache=Path()))
    assert report.bench == "drafting"
    assert report.results == ()
    assert [(one.bench, one.reason) for one in report.skipped] == [("drafting", "没有语言模型")]
    assert report.ok


def unused() -> SearchEngine:
    raise AssertionError("not asked for")


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="没有基准测试“speed”，可选：core、rules、pipeline、scoring、retrieval"):
        run("speed", BenchParts(embedder=HashingEmbedder, search=unused, model=ScriptedWriter, cache=Path()))


def test_every_figure_and_gate_is_documented() -> None:
    document = Path(__file__).parents[2].joinpath("docs", "benchmarks.md").read_text(encoding="utf-8")
    core = bench_core(CoreSize(mentions=10, copies=1, rounds=1, soak_copies=1, soak_periods=1))
    pipeline = bench_pipeline(PipelineSize(mentions=5, rounds=1))
    for one in (*core, *pipeline):
        assert one.gate is not None
        sign = "≥" if one.gate.at == "least" else "≤"
        assert f"| `{one.name}` | {sign} {one.gate.limit:g} |" in document
    for other in OTHERS:
        assert f"`rules.100.of_{other.name}`" in document
    assert all(f"`{name}`" in document for name in names())


def test_a_broken_gate_fails_the_report() -> None:
    gate = Gate(at="least", limit=0.5)
    good, bad = (compared("x.y", "次/秒", value, 10, "对照", gate) for value in (5, 4))
    assert (good.ok, bad.ok) == (True, False)
    assert not Report(bench="x", machine=this_machine(), results=(good, bad)).ok


def test_a_ratio_is_the_median_of_the_rounds() -> None:
    rounds = Rounds({"fast": [1.0, 1.0, 1.0], "slow": [2.0, 4.0, 30.0]})
    result = rounds.cost("x.y", "slow", "fast", count=1, against="对照", gate=Gate(at="most", limit=5))
    assert (result.value, result.reference, result.ratio) == (4000, 1000, 4)
    assert (result.low, result.high, result.rounds, result.ok) == (2, 30, 3, True)


def test_the_warm_up_is_not_counted_and_entrants_take_turns() -> None:
    order: list[str] = []
    found = race({name: lambda _, name=name: lambda: order.append(name) for name in "ab"}, rounds=2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert {name: len(taken) for name, taken in found.taken.items()} == {"a": 2, "b": 2}


def test_the_material_is_the_same_every_time_and_grows_with_its_volume() -> None:
    some = mentions(20)
    assert some == mentions(20)
    assert list(records(some, Volume())) == list(records(some, Volume()))
    seen = [one for one in records(some, Volume(copies=2, periods=2)) if one.payload.kind == "mention"]
    assert len(seen) == 4 * sum(len(one.brands) for one in some)


def test_the_machine_is_told_without_its_name() -> None:
    machine = this_machine()
    assert machine.cores >= 1
    assert machine.versions["durable-rules"]
    assert set(machine.model_dump()) == {"cores", "load", "python", "system", "versions"}
