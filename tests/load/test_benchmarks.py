"""Every benchmark runs in a tiny size and gives the documented shape. Speed is not asserted here: `make bench` is."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from engine.bench.catalogue import BenchParts, names, run
from engine.bench.claims import Carriers, unsupported
from engine.bench.core import CoreSize, bench_core
from engine.bench.drafting import DraftingSize, bench_drafting
from engine.bench.free_writing import Written, read_strings
from engine.bench.material import Volume, mentions, records
from engine.bench.pipeline import PipelineSize, bench_pipeline
from engine.bench.readability import repetition, rhythm
from engine.bench.report import Gate, Report, Result, Skipped, compared, this_machine
from engine.bench.rule_history import made_events
from engine.bench.rule_material import made_rules
from engine.bench.rules import OTHERS, RulesSize, bench_rules
from engine.bench.scoring import ScoringSize, bench_scoring
from engine.bench.timing import Rounds, race
from engine.drafting.samples import sample_register
from engine.errors import InputError, ModelUnavailable
from engine.language_model.llama_context import Usage
from engine.language_model.protocol import Grammar, Prefix, ScriptedModel
from engine.model import Category
from knowledge.loader import load_knowledge
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

    @property
    def usage(self) -> Usage:
        return Usage(generated=len(self._model.asked), prefilled=10 * len(self._model.asked))

    def forget(self) -> None:
        self._model.asked.clear()

    def write(self, instruction: str, max_tokens: int) -> Written:
        assert "事实：" in instruction
        return Written("我们已联系三千名用户。" * 4, max_tokens, 100, 9.0, 0.5, 9.0)

    def fill(self, instruction: str, names: Sequence[str], max_tokens: int) -> Written:
        assert "模板：" in instruction
        return Written(
            json.dumps(dict.fromkeys(names, "我们将向所有人赔偿十倍。"))[:-1], max_tokens, 100, 9.0, 0.5, 9.0
        )


class LengthJudge:
    """Finds long texts hard to read."""

    name = "尺子"

    def perplexity(self, text: str) -> float:
        return len(text)


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


def test_drafting_is_measured_against_free_writing_a_schema_and_no_model() -> None:
    results = bench_drafting(ScriptedWriter(), LengthJudge(), DraftingSize(templates=2))
    found = {one.name: one for one in results if isinstance(one, Result)}
    document = Path(__file__).parents[2].joinpath("docs", "benchmarks.md").read_text(encoding="utf-8")
    assert len(found) == len(results)
    assert all(f"`{name}`" in document for name in found)
    assert found["drafting.unsupported"].value == found["drafting.unsupported_partial"].value == 0
    assert (found["drafting.unsupported"].reference or 0) > 0
    assert found["drafting.unsupported_schema"].value > 0
    assert found["drafting.elements"].ok
    assert found["drafting.elements_free"].value < found["drafting.elements"].value
    assert 0 < found["drafting.differs"].value <= 1
    assert found["drafting.of_free_writing"].gate is not None


def test_without_a_judge_drafting_says_that_nobody_read_the_drafts() -> None:
    results = bench_drafting(ScriptedWriter(), None, DraftingSize(templates=1))
    assert [one.bench for one in results if isinstance(one, Skipped)] == ["drafting.perplexity"]


def test_an_invented_number_name_cause_promise_or_action_is_counted_and_an_approved_one_is_not() -> None:
    template = load_knowledge().templates["tpl.fee_dispute.weibo"]
    carriers = Carriers.of(template, sample_register(Category.fee_dispute, "bench"))
    assert unsupported("有用户反映办理分期时被额外收取会员服务费。2300笔订单，共36.8万元。", carriers) == ()
    invented = "约五百名用户；昨天；王某先生；中国某某银行；由于系统升级失败；我们将三倍赔偿；已向全体用户致信"
    kinds = [claim.kind for claim in unsupported(invented, carriers)]
    assert sorted(set(kinds)) == ["action", "cause", "date", "name", "number", "promise"]
    assert unsupported("影响【待核实：涉及人数】", carriers) == ()


def test_what_a_cut_json_object_says_is_read() -> None:
    assert read_strings('{"issue": "甲", "tone": "乙', ["issue", "tone"]) == {"issue": "甲", "tone": "乙"}
    assert read_strings("不是 JSON", ["issue"]) == {}


def test_repetition_and_rhythm_are_of_the_text_alone() -> None:
    assert repetition("我们高度重视。") == 0
    assert repetition("我们高度重视。我们高度重视。") > 0.3
    assert rhythm("一二三。一二三。") == 0


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
