"""Scores of invented mentions with the bundled parameters and the real embedder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import ScoringUnavailable
from engine.model import Author, Category, Engagement, Mention, Severity, UpstreamScores
from engine.scoring.brands import Brand, BrandRegistry, Relation, load_registry
from engine.scoring.scorer import Scorer, load_scorer
from retrieval.embedder import load_embedder

pytestmark = pytest.mark.model

MODEL = Path(__file__).parents[2] / ".cache" / "models" / "multilingual-e5-small"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return load_scorer(load_embedder(MODEL, direct=True), load_registry())


def mention(text: str, *brands: str, upstream: UpstreamScores | None = None) -> Mention:
    return Mention(
        id="m",
        source="s",
        external_id="1",
        brands=brands,
        text=text,
        published_at=NOON,
        received_at=NOON,
        upstream=upstream,
    )


FEE = "澄禾消金放款当天直接扣走九百块服务费，合同里根本没写，客服说退不了"


def test_a_complaint_about_fees_is_a_fee_dispute_of_its_brand(scorer: Scorer) -> None:
    scores = scorer.score(mention(FEE))
    assert scores.negative
    assert scores.category is Category.fee_dispute
    assert scores.severity in {Severity.low, Severity.medium}
    assert scores.by_brand == {"澄禾消费金融": scores.negativity}
    assert scores.categories[Category.fee_dispute] == max(scores.categories.values())
    assert scores.scorer == scorer.hash


@pytest.mark.parametrize(
    "text", ["澄禾消金放款挺快的，利息也低，好评", "请问澄禾分期几号还款？", "澄禾消金新人专享红包，点击领取"]
)
def test_praise_questions_and_advertisements_are_not_negative(scorer: Scorer, text: str) -> None:
    scores = scorer.score(mention(text, "澄禾分期"))
    assert (scores.negative, scores.category, scores.severity) == (False, None, Severity.none)


def test_another_brand_name_gets_the_same_category(scorer: Scorer) -> None:
    for brand in ("青蓬分期", "大壮贷", "QuickLoan"):
        scores = scorer.score(mention(FEE.replace("澄禾消金", brand), brand))
        assert scores.category is Category.fee_dispute
        assert set(scores.by_brand) == {brand}


def test_negativity_is_the_maximum_over_brands(scorer: Scorer) -> None:
    scores = scorer.score(mention("澄禾消金暴力催收，天天骂人，还爆通讯录。雁回消金就很客气，好评。"))
    assert set(scores.by_brand) == {"澄禾消费金融", "雁回消费金融"}
    assert scores.by_brand["澄禾消费金融"] == scores.negativity > scores.by_brand["雁回消费金融"]


def test_the_tool_wins_where_it_gave_scores(scorer: Scorer) -> None:
    upstream = UpstreamScores(negativity=0.9, category=Category.privacy_leak, severity=Severity.high)
    scores = scorer.score(mention("今天天气不错", "澄禾", upstream=upstream))
    assert (scores.negativity, scores.category, scores.severity) == (0.9, Category.privacy_leak, Severity.high)
    assert scores.by_brand == {"澄禾消费金融": 0.9}
    assert scores.categories[Category.privacy_leak] == max(scores.categories.values())


def test_a_tool_that_says_harmless_wins_too(scorer: Scorer) -> None:
    scores = scorer.score(mention(FEE, upstream=UpstreamScores(negativity=0.1)))
    assert (scores.negative, scores.category, scores.severity) == (False, None, Severity.none)


@pytest.mark.parametrize(
    "text", ["", " ", "😡😡😡", "\u0000\u0007\u200b", "\ud800骗子", "扣费" * 50_000, "，" * 100_000, "a" * 100_000]
)
def test_hostile_text_is_scored_like_any_other(scorer: Scorer, text: str) -> None:
    scores = scorer.score(mention(text, "澄禾"))
    assert scores == scorer.score(mention(text, "澄禾"))
    assert scores.negative == (scores.category is not None)


def test_engagement_changes_reach_and_nothing_else(scorer: Scorer) -> None:
    quiet = scorer.score(mention(FEE))
    loud = scorer.score(
        mention(FEE).model_copy(update={"engagement": Engagement(reposts=500), "author": Author(followers=10_000)})
    )
    assert loud.heat > quiet.heat
    assert loud.model_copy(update={"heat": quiet.heat, "reach": quiet.reach}) == quiet


def test_the_hash_changes_with_the_registry(scorer: Scorer) -> None:
    registry = BrandRegistry([Brand(name="甲贷款", relation=Relation.own)])
    assert load_scorer(load_embedder(MODEL, direct=True), registry).hash != scorer.hash


def test_damaged_parameters_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "parameters.npz"
    path.write_bytes(b"not numbers")
    with pytest.raises(ScoringUnavailable, match="重新生成"):
        load_scorer(load_embedder(MODEL, direct=True), load_registry(), path)
