"""The scorer on labelled mentions that it was not fitted on, its labels stripped."""

from pathlib import Path

import pytest

from engine.scoring.corpus import read_labelled
from engine.scoring.evaluation import category_accuracy, judged_by, negative_figures
from engine.scoring.scorer import Scorer

ROOT = Path(__file__).parents[2]
DEV = ROOT.parent / "shared" / "data" / "mentions" / "dev.jsonl"

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not DEV.is_file(), reason="the labelled mentions are not here"),
]


def test_the_scorer_is_better_than_the_plain_baseline_on_the_check_set(bundled_scorer: Scorer) -> None:
    judged = judged_by(bundled_scorer, read_labelled(DEV, "dev"))
    assert negative_figures(judged).f1 >= 0.955
    assert category_accuracy(judged) >= 0.87
