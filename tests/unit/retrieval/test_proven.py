"""Outcomes break ties among playbooks and templates, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.passages import Kind
from retrieval.proven import BETTER, NEAR, Prior, prefer_proven
from retrieval.results import Hit


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
