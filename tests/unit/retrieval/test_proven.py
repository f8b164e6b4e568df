"""Outcomes break ties among playbooks and templates, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.loader import load_knowledge
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.passages import Kind
from retrieval.proven import BETTER, NEAR, Prior, prefer_proven
from retrieval.results import Hit
from retrieval.search import SearchEngine


def hit(name: str, score: float, kind: Kind = "template") -> Hit:
    return Hit(id=name, kind=kind, title=name, score=score, reasons=("含义接近",), category="any", level=None)


PRIORS = {"bad": Prior(0.4, "差"), "good": Prior(0.4 + BETTER + 0.01, "好"), "even": Prior(0.45, "平")}


def test_a_near_tie_goes_to_what_ended_better_and_says_so() -> None:
    first, second = prefer_proven([hit("bad", 0.8), hit("good", 0.8 - NEAR / 2)], PRIORS)
    assert (first.id, first.score, first.reasons) == ("good", 0.8, ("含义接近", "好"))
    assert (second.id, second.score, second.reasons) == ("bad", 0.8 - NEAR / 2, ("含义接近",))


def test_relevance_incidents_other_kinds_and_small_differences_stay() -> None:
    for hits in (
        [hit("bad", 0.8), hit("good", 0.8 - 2 * NEAR)],
        [hit("bad", 0.8, "incident"), hit("good", 0.8, "incident")],
        [hit("bad", 0.8, "playbook"), hit("good", 0.8)],
        [hit("bad", 0.8), hit("even", 0.8)],
        [hit("bad", 0.8), hit("unknown", 0.8)],
    ):
        assert prefer_proven(hits, PRIORS) == tuple(hits)


@settings(max_examples=50)
@given(
    st.lists(st.floats(0, 1), max_size=8).map(lambda scores: sorted(scores, reverse=True)),
    st.lists(st.floats(0, 1), min_size=8, max_size=8),
)
def test_nothing_moves_more_than_one_place_and_scores_never_rise(scores: list[float], shares: list[float]) -> None:
    hits = [hit(f"one{place}", score) for place, score in enumerate(scores)]
    found = prefer_proven(hits, {one.id: Prior(share, "好") for one, share in zip(hits, shares, strict=False)})
    assert sorted(one.id for one in found) == sorted(one.id for one in hits)
    assert [one.score for one in found] == scores
    assert all(abs(int(one.id[3:]) - place) <= 1 for place, one in enumerate(found))


def test_a_search_that_was_given_outcomes_uses_them() -> None:
    one = load_knowledge().templates["tpl.fee_dispute.weibo"]
    twin = one.model_copy(update={"id": "tpl.fee_dispute.wechat"})
    plain = SearchEngine.build([one, twin], HashingEmbedder(), cache=None)
    query = "收费说明和会员费的声明"
    before = [found.id for found in plain.search(query).hits]
    assert sorted(before) == sorted([one.id, twin.id])
    preferred = plain.with_priors({before[0]: Prior(0.2, "差"), before[1]: Prior(0.9, "以往结果较好")})
    hits = preferred.search(query).hits
    assert [found.id for found in hits] == before[::-1]
    assert hits[0].reasons[-1] == "以往结果较好"
    assert [found.id for found in plain.search(query).hits] == before, "the search it was made from stays as it is"
