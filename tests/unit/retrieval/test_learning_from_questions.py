"""Search that learned from judged questions finds what its words do not say, forgets nobody's new incident, and obeys
filters as before.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from retrieval.answering import UNSURE
from retrieval.calibrate import NOT_FITTED
from retrieval.calibration import Calibration, Fusion, Relevance, Unasked, keep_calibration
from retrieval.errors import NotCalibrated
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.judging import JudgedQuery
from retrieval.learned import NOTHING
from retrieval.learned.learning import learn
from retrieval.search import Parts, SearchEngine, SearchFilters

from .test_search import ENTRIES, incident

LEAK, CALLS, FEE = incident("leak"), incident("calls"), incident("fee")
ASKED = {
    "前员工把花名册卖给了中介": LEAK.id,
    "花名册被卖到黑市": LEAK.id,
    "花名册流出去了": LEAK.id,
    "深夜还有人来敲门要账": CALLS.id,
    "要账的人找到了单位": CALLS.id,
    "要账找到亲戚家": CALLS.id,
}
UNANSWERED = ("奶茶店排队", "球赛改期", "奶茶里有异物")


def question(number: int, text: str, answer: str | None) -> JudgedQuery:
    grades = {answer: 3} if answer else {}
    return JudgedQuery(id=f"w{number}", split="bank", style="plain", about="none", query=text, grades=grades)


def questions(answers: Mapping[str, str]) -> list[JudgedQuery]:
    asked = [*answers.items(), *((text, None) for text in UNANSWERED)]
    return [question(number, text, answer) for number, (text, answer) in enumerate(asked)]


WEIGHED = Fusion(dense=1, lexical=4, characters=4, category=0, asked=2, unasked=Unasked(intercept=-3, dense=0.5))


@pytest.fixture(scope="module")
def engine() -> SearchEngine:
    """It knows nothing of the fee incident: no question was about it."""
    return taught(ASKED)


def taught(answers: Mapping[str, str]) -> SearchEngine:
    plain = SearchEngine.build(ENTRIES, HashingEmbedder(), cache=None, calibration=weighed(), learned=NOTHING)
    return plain.with_learned(learn(plain, HashingEmbedder(), questions(answers)))


def weighed() -> Calibration:
    weights = {**NOT_FITTED.weights, "precedented": 2.0, "likeness": 0.2}
    fitted = {"fusion": WEIGHED, "intercept": -0.5, "weights": weights, "threshold": 0.5}
    return NOT_FITTED.model_copy(update=fitted)


def test_what_answered_such_questions_is_found_whatever_their_words(engine: SearchEngine) -> None:
    swapped = taught({text: CALLS.id if answer == LEAK.id else LEAK.id for text, answer in ASKED.items()})
    for query, answer, other in (("花名册不见了", LEAK, CALLS), ("老家来了要账的人", CALLS, LEAK)):
        assert engine.search(query).hits[0].id == answer.id
        assert swapped.search(query).hits[0].id == other.id
        assert swapped.with_parts(Parts(asked=False, tuning=False)).search(query).hits[0].id == answer.id


def test_an_incident_that_no_question_knows_is_found_by_what_it_tells(engine: SearchEngine) -> None:
    found = engine.match(engine.understand("借款页面默认勾选会员费"))
    known = {
        engine.documents[number].id: not np.isnan(found.asked[place]) for place, number in enumerate(found.documents)
    }
    assert known == {one.id: one.id in (LEAK.id, CALLS.id) for one in ENTRIES}
    result = engine.search("借款页面默认勾选会员费")
    assert result.hits[0].id == FEE.id
    assert not result.no_precedent, "questions say nothing against what they do not know"


def test_where_there_is_no_precedent_no_hit_looks_like_one() -> None:
    surely = weighed().model_copy(update={"relevance": Relevance(intercept=5, likeness=1, precedented=0)})
    result = taught(ASKED).with_calibration(surely).search("奶茶店又排队")
    assert result.no_precedent
    assert max(hit.score for hit in result.hits) < surely.threshold
    strict = surely.model_copy(update={"threshold": 0.9999})
    nearly = taught(ASKED).with_calibration(strict).search("花名册不见了")
    assert nearly.no_precedent
    assert max(hit.score for hit in nearly.hits) == UNSURE


def test_a_calibration_is_refused_beside_what_it_was_not_fitted_with(tmp_path: Path) -> None:
    calibration = weighed().model_copy(update={"embedder": "hashing-64", "learned": "of another time"})
    keep_calibration(calibration, tmp_path)
    with pytest.raises(NotCalibrated, match="不是同一次做的"):
        SearchEngine.build(ENTRIES, HashingEmbedder(64), cache=tmp_path)


def test_questions_without_an_answer_say_that_there_is_no_precedent(engine: SearchEngine) -> None:
    assert engine.search("奶茶店又排队").no_precedent
    assert not engine.search("花名册被人卖了").no_precedent


def test_what_a_filter_keeps_out_is_neither_found_nor_a_precedent(engine: SearchEngine) -> None:
    kept_out = SearchFilters.model_validate({"categories": ["debt_collection"]})
    result = engine.search("花名册被人卖了", filters=kept_out)
    assert [hit.id for hit in result.hits] == [CALLS.id]
    assert result.no_precedent


def test_among_more_than_can_be_compared_what_questions_name_is_still_a_candidate(engine: SearchEngine) -> None:
    few = engine.choosing_above(1)
    assert few.search("花名册不见了").hits[0].id == LEAK.id


def test_each_hit_has_its_own_chance_while_the_verdict_is_of_all(engine: SearchEngine) -> None:
    surely = weighed().model_copy(update={"relevance": Relevance(intercept=-4, likeness=1, precedented=0)})
    own = engine.with_calibration(surely).search("花名册被人卖了")
    shared = engine.search("花名册被人卖了")
    assert [hit.id for hit in own.hits] == [hit.id for hit in shared.hits]
    assert own.no_precedent == shared.no_precedent
    assert own.hits[-1].score < 0.01
    assert shared.hits[-1].score > 0.5


def test_an_answer_to_such_questions_says_so_among_its_reasons(engine: SearchEngine) -> None:
    told = {hit.id: "对类似的问法，评判的人认为它用得上" in hit.reasons for hit in engine.search("花名册被人卖了").hits}
    assert told == {one.id: one.id == LEAK.id for one in ENTRIES}


def test_where_no_judged_incident_is_known_nothing_is_learned() -> None:
    plain = SearchEngine.build(ENTRIES, HashingEmbedder(), cache=None, calibration=weighed(), learned=NOTHING)
    learned = learn(plain, HashingEmbedder(), questions({"花名册流出去了": "inc.gone.long_ago"}))
    assert (len(learned.questions), learned.tuning.changes, learned.embedder) == (
        0,
        False,
        HashingEmbedder().fingerprint,
    )
    assert plain.with_learned(learned).search("花名册流出去了").hits == plain.search("花名册流出去了").hits
