"""Search with the bundled embedder over the real knowledge base: paraphrases find, unrelated texts do not."""

from hashlib import sha256
from pathlib import Path

import pytest

from knowledge.loader import load_knowledge
from retrieval.calibrate import Queries, recall
from retrieval.calibration import load_calibration
from retrieval.embedder import load_embedder
from retrieval.search import SearchEngine

pytestmark = pytest.mark.model

FITTED = Path(__file__).with_name("search_queries.yaml")
UNSEEN = Path(__file__).with_name("search_queries_unseen.yaml")


@pytest.fixture(scope="module")
def engine(embedder_dir: Path, models_dir: Path) -> SearchEngine:
    knowledge = load_knowledge()
    entries = [*knowledge.incidents.values(), *knowledge.playbooks.values(), *knowledge.templates.values()]
    return SearchEngine.build(entries, load_embedder(embedder_dir, direct=True), cache=models_dir.parent / "search")


@pytest.mark.parametrize("file", [FITTED, UNSEEN])
def test_every_expected_incident_exists(file: Path) -> None:
    expected = {name for one in Queries.read(file).with_precedent for name in one.expects}
    assert expected <= load_knowledge().incidents.keys()


def test_the_parameters_were_fitted_for_this_embedder_and_these_queries(engine: SearchEngine) -> None:
    assert engine.calibrated
    assert load_calibration().queries == sha256(FITTED.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("贷款公司把讨债短信发给了我所有的联系人", "inc.debt_collection.contacts_bombing"),
        ("有骗子做了个一模一样的假应用骗钱", "inc.impersonation.clone_app_mass_fraud"),
        ("一直是机器人接电话，没办法找真人说话", "inc.customer_service.robot_loop"),
        ("多收的会员费藏在折叠页面里", "inc.fee_dispute.folded_membership"),
        ("老人卧床不起还要他亲自到柜台刷脸", "inc.customer_service.elder_face_scan"),
    ],
)
def test_a_paraphrase_finds_its_precedent_with_reasons(engine: SearchEngine, query: str, expected: str) -> None:
    result = engine.search(query, kinds=frozenset({"incident"}))
    assert not result.no_precedent
    assert expected in [hit.id for hit in result.hits]
    assert all(hit.reasons for hit in result.hits)


@pytest.mark.parametrize("file", [FITTED, UNSEEN])
def test_nine_in_ten_precedents_are_among_the_first_five(engine: SearchEngine, file: Path) -> None:
    assert recall(engine, Queries.read(file), 5) >= 0.9


@pytest.mark.parametrize("file", [FITTED, UNSEEN])
def test_the_verdict_on_precedents_is_right_for_nine_queries_in_ten(engine: SearchEngine, file: Path) -> None:
    queries = Queries.read(file)
    wrong = [one.query for one in queries.with_precedent if engine.search(one.query).no_precedent]
    wrong += [query for query in queries.without_precedent if not engine.search(query).no_precedent]
    assert len(wrong) <= (len(queries.with_precedent) + len(queries.without_precedent)) // 10, wrong


def test_a_category_without_anything_close_says_so(engine: SearchEngine) -> None:
    assert engine.search("红烧排骨怎么做", category="privacy_leak").no_precedent
