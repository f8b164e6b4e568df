"""What should be looked at again, by date."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from engine.learning.stale import KIND_TITLES, StaleFlag, StaleKind, stale_flags
from engine.model import IncidentStatus
from knowledge.loader import Knowledge, load_knowledge
from knowledge.schema import Level, PastIncident, Playbook, Regulation, Strategy, Template
from tests.support.learning import past
from tests.unit.precedents.support import live

ON = date(2026, 6, 1)
PB = "pb.fee_dispute"
WEIBO = "tpl.fee_dispute.weibo"


@pytest.fixture(scope="module")
def bundled() -> Knowledge:
    return load_knowledge()


def small(
    bundled: Knowledge,
    *incidents: PastIncident,
    playbook: dict[str, object] | None = None,
    template: dict[str, object] | None = None,
    regulation: dict[str, object] | None = None,
) -> Knowledge:
    """One playbook, one template and one regulation, reviewed on the first of May, and these incidents."""
    seen = {"reviewed_on": date(2026, 5, 1)}
    quiet: dict[str, object] = {**seen, "effective_from": date(2020, 1, 1), "deadline": None}
    book = bundled.playbooks[PB].model_copy(update=seen | (playbook or {}))
    said = bundled.templates[WEIBO].model_copy(update=seen | (template or {}))
    rule = next(one for one in bundled.regulations.values() if "fee_dispute" in one.categories)
    rule = rule.model_copy(update=quiet | (regulation or {}))
    return replace(
        bundled,
        incidents=MappingProxyType({one.id: one for one in incidents}),
        playbooks=MappingProxyType({PB: book}),
        templates=MappingProxyType({WEIBO: said}),
        regulations=MappingProxyType({rule.id: rule}),
    )


def only(flags: tuple[StaleFlag, ...], kind: StaleKind) -> StaleFlag:
    (found,) = (one for one in flags if one.kind is kind)
    return found


def test_nothing_is_said_of_what_is_fresh(bundled: Knowledge) -> None:
    assert stale_flags(small(bundled, past(1)), ON) == ()


@pytest.mark.parametrize(("kind", "days"), [(Regulation, 180), (Playbook, 365), (Template, 365), (PastIncident, 730)])
def test_an_entry_is_late_the_day_after_its_period(bundled: Knowledge, kind: type, days: int) -> None:
    reviewed = ON - timedelta(days=days)
    field = {Regulation: "regulation", Playbook: "playbook", Template: "template"}.get(kind)
    for shift, late in ((timedelta(0), False), (timedelta(days=1), True)):
        changed = {"reviewed_on": reviewed - shift}
        if field:
            knowledge = small(bundled, **{field: changed})
        else:
            knowledge = small(bundled, past(1, reviewed_on=reviewed - shift))
        found = [one for one in stale_flags(knowledge, ON) if one.kind is StaleKind.review_due]
        assert bool(found) is late
        if late:
            assert found[0].is_overdue
            assert f"复核周期 {days} 天" in found[0].reason
            assert found[0].since == ON - timedelta(days=1)


@pytest.mark.parametrize("day", [date.max, date.min])
def test_no_date_is_too_far(bundled: Knowledge, day: date) -> None:
    far = small(bundled, past(1, reviewed_on=day), regulation={"reviewed_on": day})
    late = {one.entry for one in stale_flags(far, ON) if one.kind is StaleKind.review_due}
    assert (past(1).id in late) is (day == date.min)
    assert stale_flags(far, date.min) == ()


@pytest.mark.parametrize(
    ("judged", "told"),
    [
        ({"status": IncidentStatus.closed, "false_alarm": True}, "改判为误报"),
        ({"status": IncidentStatus.merged, "merged_into": "inc-2"}, "并入 inc-2"),
    ],
)
def test_what_was_learned_from_a_false_alarm_or_a_merged_incident_is_named(
    bundled: Knowledge, judged: dict[str, object], told: str
) -> None:
    learned, knowledge = past(1, own=True, reviewed_on=date(2026, 5, 1)), small(bundled)
    knowledge = replace(knowledge, incidents=MappingProxyType({learned.id: learned}))
    source = live().incident.model_copy(update=judged)
    flag = only(stale_flags(knowledge, ON, {learned.id: source}), StaleKind.source_judged_anew)
    assert (flag.entry, flag.since) == (learned.id, date(2026, 3, 2))
    assert told in flag.reason
    assert "停用" in flag.advice
    assert stale_flags(knowledge, ON, {learned.id: live().incident}) == (), "closed or at work as it was"
    assert stale_flags(knowledge, date(2026, 3, 1), {learned.id: source}) == (), "not judged anew yet"


def test_a_clause_that_came_into_force_since_makes_wording_late_and_a_reviewed_one_only_asks(
    bundled: Knowledge,
) -> None:
    new = stale_flags(small(bundled, regulation={"effective_from": date(2026, 5, 20)}), ON)
    assert {(one.entry, one.kind) for one in new} == {
        (PB, StaleKind.regulation_in_force),
        (WEIBO, StaleKind.regulation_in_force),
    }
    assert all(one.is_overdue and one.since == date(2026, 5, 20) for one in new)
    assert stale_flags(small(bundled, regulation={"effective_from": date(2026, 6, 2)}), ON) == (), "not in force yet"
    seen = stale_flags(small(bundled, regulation={"reviewed_on": date(2026, 5, 2)}), ON)
    assert {one.kind for one in seen} == {StaleKind.regulation_reviewed}
    assert not any(one.is_overdue for one in seen)


def test_a_plan_that_outcomes_speak_against_is_named_with_the_better_strategy(bundled: Knowledge) -> None:
    bad = [past(number, Strategy.diminish, "恶化", own=True) for number in range(5)]
    good = [past(number, Strategy.rebuild, own=True) for number in range(10, 15)]
    flag = only(stale_flags(small(bundled, *bad, *good), ON), StaleKind.contradicted)
    assert "“中等”用的是：说明缓释 5 件" in flag.reason
    assert "致歉整改 5 件" in flag.reason
    kinds = {one.kind for one in stale_flags(small(bundled, *bad[:4], *good), ON)}
    assert StaleKind.contradicted not in kinds, "four cases are too few"


def test_a_template_whose_strategies_no_plan_uses_is_named(bundled: Knowledge) -> None:
    never = small(bundled, template={"strategies": (Strategy.deny,), "levels": (Level.high,)})
    assert "澄清否认" in only(stale_flags(never, ON), StaleKind.never_fits).reason


def test_an_own_incident_asks_the_playbook_and_a_later_playbook_asks_the_incident(bundled: Knowledge) -> None:
    new = past(1, own=True, reviewed_on=date(2026, 5, 2))
    assert "第1件" in only(stale_flags(small(bundled, new), ON), StaleKind.new_incident).reason
    old = past(1, own=True, reviewed_on=date(2026, 4, 30))
    flag = only(stale_flags(small(bundled, old), ON), StaleKind.playbook_changed)
    assert (flag.entry, flag.since) == (old.id, date(2026, 5, 1))


def test_a_deadline_that_nobody_confirmed_is_named(bundled: Knowledge) -> None:
    waiting = small(bundled, regulation={"deadline": "15日内", "verified": False})
    assert "15日内" in only(stale_flags(waiting, ON), StaleKind.unverified).reason
    assert stale_flags(small(bundled, regulation={"deadline": "15日内", "verified": True}), ON) == ()


def test_what_is_late_comes_first_and_every_kind_has_a_name(bundled: Knowledge) -> None:
    flags = stale_flags(bundled, date(2028, 1, 1))
    late = [one.is_overdue for one in flags]
    assert late == sorted(late, reverse=True)
    assert any(late)
    assert set(KIND_TITLES) == set(StaleKind)
    assert all(one.owner and one.advice and one.reason for one in flags)
