"""Search with the bundled embedder over the real knowledge base: paraphrases find, unrelated texts do not."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.loader import load_knowledge
from retrieval.embedder import load_embedder
from retrieval.judging import bank_queries, earlier_queries
from retrieval.measure import answers, ranking, verdict
from retrieval.search import SearchEngine

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def engine(embedder_dir: Path, models_dir: Path) -> SearchEngine:
    knowledge = load_knowledge()
    entries = [*knowledge.incidents.values(), *knowledge.playbooks.values(), *knowledge.templates.values()]
    return SearchEngine.build(entries, load_embedder(embedder_dir, direct=True), cache=models_dir.parent / "search")


def test_every_expected_incident_exists() -> None:
    expected = {name for one in earlier_queries() for name in one.relevant}
    assert expected <= load_knowledge().incidents.keys()


def test_the_parameters_were_fitted_for_this_embedder(engine: SearchEngine) -> None:
    assert engine.calibrated


def test_what_was_learned_and_the_encoder_of_questions_belong_together(
    engine: SearchEngine, embedder_dir: Path
) -> None:
    """Were one of them taught anew and not the other, a question would not lie where it is remembered."""
    embedder, kept = load_embedder(embedder_dir, direct=True), engine.learned.questions
    for number in range(0, len(bank_queries()), 2000):
        vector = embedder.question(engine.understand(bank_queries()[number].query).text) - kept.mean
        place, remembered = kept.axes @ vector, kept.places[number]
        assert float(place @ remembered) > 0.995 * float(np.linalg.norm(place) * np.linalg.norm(remembered))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("贷款公司把讨债短信发给了我所有的联系人", "inc.debt_collection.contacts_bombing"),
        ("一直是机器人接电话，没办法找真人说话", "inc.customer_service.robot_loop"),
        ("多收的会员费藏在折叠页面里", "inc.fee_dispute.folded_membership"),
        ("老人卧床不起还要他亲自到柜台刷脸", "inc.customer_service.elder_face_scan"),
    ],
)
def test_a_paraphrase_finds_its_precedent_with_reasons(engine: SearchEngine, query: str, expected: str) -> None:
    result = engine.search(query, k=8, kinds=frozenset({"incident"}))
    assert not result.no_precedent
    assert expected in [hit.id for hit in result.hits]
    assert all(hit.reasons for hit in result.hits)


def test_earlier_queries_find_what_they_were_written_for_and_the_verdict_is_right(engine: SearchEngine) -> None:
    found = answers(engine, earlier_queries()[::3])
    assert ranking(found).recall_at_5 >= 0.9
    assert verdict(found).f1 >= 0.9


def test_a_category_without_anything_close_says_so(engine: SearchEngine) -> None:
    assert engine.search("红烧排骨怎么做", category="privacy_leak").no_precedent
