"""Similar entries, near-copies that move down, highlights with their places, and search over vectors at hand."""

from collections.abc import Mapping

import numpy as np
import pytest

from knowledge.loader import load_knowledge
from retrieval.calibrate import NOT_FITTED
from retrieval.calibration import Fusion, keep_calibration, load_calibration
from retrieval.errors import NotCalibrated, QueryError
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.highlights import spans
from retrieval.passages import document
from retrieval.search import Parts, SearchEngine

from .test_search import CAUSES, ENTRIES, incident

NO_WEIGHT = Fusion(dense=0, lexical=0, characters=0, category=0)
COPIES = [incident("calls").model_copy(update={"id": f"inc.debt_collection.copy_{number}"}) for number in range(4)]


@pytest.fixture(scope="module")
def engine() -> SearchEngine:
    return SearchEngine.build([*ENTRIES, *COPIES], HashingEmbedder(), cache=None)


def test_an_entry_is_never_its_own_precedent(engine: SearchEngine) -> None:
    result = engine.similar("inc.debt_collection.copy_0", k=20)
    ids = [hit.id for hit in result.hits]
    assert "inc.debt_collection.copy_0" not in ids
    assert ids[0].startswith("inc.debt_collection.")
    assert "同属催收争议" in result.hits[0].reasons
    assert "同为严重等级" in result.hits[0].reasons


def test_a_long_text_finds_what_it_tells_of_with_what_it_has_in_common(engine: SearchEngine) -> None:
    text = "系统故障。" + "机房断电以后系统登录不上，还款失败，客户着急。" * 5
    first = engine.similar(text, category="system_outage", level="low", platforms=["微博"]).hits[0]
    assert first.id == "inc.system_outage.outage"
    assert {"同属系统故障", "同为轻微等级", "同在微博传播"} <= set(first.reasons)


def test_a_template_for_any_category_has_similar_ones_which_share_no_category() -> None:
    general = [one for one in load_knowledge().templates.values() if one.category == "any"]
    hits = SearchEngine.build(general, HashingEmbedder(), cache=None).similar(general[0].id).hits
    assert hits
    assert not any("同属" in reason for hit in hits for reason in hit.reasons)


def test_the_category_of_the_matter_brings_its_entries_nearer_whatever_was_fitted(engine: SearchEngine) -> None:
    found = engine.understand("客户着急，打电话来问")
    plain, leaning = engine.match(found), engine.match(found, leaning=frozenset({"system_outage"}))
    gained = leaning.mixed(NO_WEIGHT) - plain.mixed(NO_WEIGHT)
    of = [str(engine.documents[number].category) in ("system_outage", "any") for number in plain.documents]
    assert any(of)
    assert not all(of)
    assert [gain > 0 for gain in gained] == of


def test_an_unknown_id_is_refused(engine: SearchEngine) -> None:
    with pytest.raises(QueryError, match=r"知识库中没有“inc\.fee_dispute\.nothing”"):
        engine.similar("inc.fee_dispute.nothing")


def test_near_copies_do_not_fill_the_page_and_the_first_place_stays(engine: SearchEngine) -> None:
    query = "系统登录不上，打电话"
    plain = [hit.id for hit in engine.with_parts(Parts(diversity=False)).search(query, k=5).hits]
    mixed = [hit.id for hit in engine.search(query, k=5).hits]
    assert mixed[0] == plain[0]
    assert sum(name.startswith("inc.debt_collection") for name in plain) == 4
    assert sum(name.startswith("inc.debt_collection") for name in mixed) < 4


def test_scores_never_rise_down_the_page(engine: SearchEngine) -> None:
    for _, _, cause in CAUSES.values():
        scores = [hit.score for hit in engine.search(cause, k=8).hits]
        assert scores == sorted(scores, reverse=True)


def test_highlights_mark_the_words_that_both_sides_have(engine: SearchEngine) -> None:
    for hit in engine.search("半夜爆通訊錄").hits[:2]:
        marked = {one.text[start:end] for one in hit.highlights for start, end in one.spans}
        assert {"半夜", "爆通讯录"} <= marked
        assert hit.reasons[0].startswith(f"含义最接近的是{hit.highlights[0].label}") or hit.highlights


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("催收催收", ((0, 4),)),
        ("被ＡＰＰ催收", ((1, 4), (4, 6))),
        ("㎡里催收", ((2, 4),)),
        ("沒有", ()),
        ("討債與催收", ((3, 5),)),
    ],
)
def test_places_count_in_the_text_as_it_is_shown(text: str, found: tuple[tuple[int, int], ...]) -> None:
    joined = spans(text, ["催收", "app"])
    flat = [place for start, end in joined for place in range(start, end)]
    assert flat == [place for start, end in found for place in range(start, end)]


def test_past_incidents_tell_their_facts(engine: SearchEngine) -> None:
    facts = engine.search("机房故障").hits[0].facts
    assert facts is not None
    assert (str(facts.occurred_on), facts.platforms, facts.outcome_grade) == ("2024-01-01", ("微博",), "平息")


def test_search_over_vectors_at_hand_answers_like_one_that_embedded_them(engine: SearchEngine) -> None:
    embedder = HashingEmbedder()
    documents = [one for one in map(document, ENTRIES) if one]
    vectors = embedder.passages([passage.text for one in documents for passage in one.passages])
    over = SearchEngine.over(documents, vectors, embedder)
    assert over.search("催收").hits == SearchEngine.build(ENTRIES, embedder, cache=None).search("催收").hits
    with pytest.raises(ValueError, match="passages of 256 dimensions"):
        SearchEngine.over(documents, vectors[:-1], embedder)


def test_a_large_knowledge_base_finds_among_candidates_what_comparing_everything_finds(
    monkeypatch: pytest.MonkeyPatch, engine: SearchEngine
) -> None:
    expected = {query: engine.search(query).hits[0].id for _, _, query in CAUSES.values()}
    monkeypatch.setattr("retrieval.ranking.SMALL", 1)
    assert {query: engine.search(query).hits[0].id for query in expected} == expected


def test_parts_that_are_off_have_no_weight() -> None:
    fitted = Fusion(dense=1, lexical=2, characters=3, category=4)
    assert Parts(lexical=False, category=False).weights(fitted) == Fusion(dense=1, lexical=0, characters=3, category=0)


def test_a_calibration_kept_beside_the_index_serves_its_own_embedder_alone(tmp_path: object) -> None:
    from pathlib import Path  # noqa: PLC0415

    folder = Path(str(tmp_path))
    keep_calibration(NOT_FITTED.model_copy(update={"embedder": "mine"}), folder)
    assert load_calibration("mine", folder).embedder == "mine"
    with pytest.raises(NotCalibrated, match=r"属于另一个向量模型.*crisisdesk reindex"):
        load_calibration("another", folder)


def _grades() -> Mapping[str, int]:
    return {"a": 3, "b": 2, "c": 1}


def test_figures_follow_their_definitions() -> None:
    from retrieval.measure import ndcg, recall_at_5, reciprocal_rank  # noqa: PLC0415

    assert recall_at_5(["x", "a", "c"], _grades()) == 0.5
    assert reciprocal_rank(["c", "x", "b"], _grades()) == pytest.approx(1 / 3)
    assert ndcg(["a", "b", "c"], _grades()) == pytest.approx(1)
    ideal = 7 + 3 / np.log2(3) + 1 / 2
    assert ndcg(["b", "a"], _grades()) == pytest.approx((3 + 7 / np.log2(3)) / ideal)
