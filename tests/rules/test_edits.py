"""Fixed edits of small rules: what is said of each, and exactly which decisions it changes over a fixed history."""

from collections.abc import Iterable

import pytest

from engine.backtesting.backtest import Backtest, backtest_both
from engine.backtesting.decisions import DecisionChangeKind, compare
from engine.backtesting.episodes import Decision
from engine.rule_set import RuleSet
from rules.diff import changes_levels, rule_changes
from rules.schema import RuleStatus
from tests.support.edits import FOLDER, FixedEdit, fixed_edits
from tests.support.history import scripted_history

EDITS = fixed_edits()
each_edit = pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)


@pytest.fixture(scope="module")
def runs() -> tuple[Backtest, Backtest]:
    """All edits at once: each has a rule of its own, and rules decide independently."""
    old = RuleSet(rule for edit in EDITS for rule in edit.old)
    new = RuleSet(rule for edit in EDITS for rule in edit.new)
    return backtest_both(old, new, scripted_history(FOLDER / "history.yaml"))


def of(edit: FixedEdit, decisions: Iterable[Decision]) -> list[Decision]:
    return [one for one in decisions if one.rule in edit.rules]


def told(edit: FixedEdit, old: Iterable[Decision], new: Iterable[Decision]) -> list[str]:
    changes = compare(of(edit, old), of(edit, new), edit.old, edit.new)
    return [f"{change.kind}: {change.text}" for change in changes]


@each_edit
def test_the_change_of_meaning_is_said(edit: FixedEdit) -> None:
    changes = rule_changes(edit.old, edit.new)
    assert tuple(change.summary for change in changes) == edit.summary
    assert tuple(sentence for change in changes for sentence in change.sentences) == edit.sentences
    assert 1 + bool(changes_levels(edit.old, edit.new)) == edit.approvers


@each_edit
def test_the_changed_decisions_are_exactly_these(edit: FixedEdit, runs: tuple[Backtest, Backtest]) -> None:
    before, after = runs
    assert told(edit, before.decisions, after.decisions) == list(edit.decisions)
    if all(rule.status is RuleStatus.shadow for rule in (*edit.old, *edit.new)):
        assert told(edit, before.shadow, after.shadow) == list(edit.shadow)


@each_edit
def test_an_edit_that_changes_no_verdict_changes_no_decision(edit: FixedEdit) -> None:
    """But for a longer pause, which joins decisions, and for what counts at all: status and category."""
    if all(text == "写法有变，判定不变" for text in edit.summary):
        assert not edit.decisions
        assert edit.sentences == ("写法有变，判定不变",)
        assert edit.approvers == 1


def test_there_are_forty_edits_and_more_that_show_all_six_kinds_of_change() -> None:
    assert len(EDITS) >= 40
    shown = {text.split(":")[0] for edit in EDITS for text in edit.decisions}
    assert shown == set(map(str, DecisionChangeKind))
    assert len([edit for edit in EDITS if not edit.decisions]) >= 10


def test_no_sentence_uses_terms_of_logic() -> None:
    texts = [text for edit in EDITS for text in (*edit.summary, *edit.sentences, *edit.decisions, *edit.shadow)]
    assert not [text for text in texts for term in ("布尔", "表达式", "逻辑", "AND", "OR", ">=", "<=") if term in text]
