"""An incident's life: rising at once, falling slowly, merged where it is one matter, and never against a person."""

from datetime import datetime, timedelta

import pytest

from engine.errors import Conflict
from engine.incidents import IncidentBook, Moment, let_calm, take_command, take_findings
from engine.model import (
    Actor,
    Category,
    ChangeKind,
    CommandKind,
    CommandRecord,
    Finding,
    IncidentStatus,
    Level,
    Realm,
    Role,
    WindowFacts,
)
from tests.support.made import OWN, START

ANALYST = Actor(name="周敏", role=Role.analyst)
FEE, SERVICE = Category.fee_dispute, Category.customer_service


def found(level: Level, at: datetime, category: Category = FEE) -> Finding:
    facts = WindowFacts(realm=Realm.live, brand=OWN, category=category, at=at, brand_seq=1, trigger=None, values={})
    return Finding(
        id=f"{category}{level}{at}",
        realm=Realm.live,
        brand=OWN,
        category=category,
        level=level,
        rule=f"{category}.surge",
        release="r",
        at=at,
        facts=facts,
        explanation=(),
    )


def moment(at: datetime, overlaps: dict[tuple[Category, Category], float] | None = None, number: int = 1) -> Moment:
    return Moment(at, number, lambda one, other: (overlaps or {}).get((one, other), 0.0), lambda _: ("m1",))


def by(kind: CommandKind, at: datetime, **fields: object) -> CommandRecord:
    values = {"command": kind, "actor": ANALYST, "category": FEE, "reason": "人工判断", **fields}
    return CommandRecord.model_validate(values)


@pytest.fixture
def book() -> IncidentBook:
    return IncidentBook(Realm.live, OWN)


def later(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_a_finding_opens_and_a_higher_one_escalates_at_once(book: IncidentBook) -> None:
    assert [c.change for c in take_findings(book, [found(Level.low, START)], moment(START))] == [ChangeKind.opened]
    assert take_findings(book, [found(Level.low, later(1))], moment(later(1))) == []
    raised = take_findings(book, [found(Level.high, later(2))], moment(later(2)))
    assert [(c.change, c.level_before, c.level) for c in raised] == [(ChangeKind.escalated, Level.low, Level.high)]
    assert book.latest[FEE].incident.peak_level is Level.high


def test_an_incident_falls_level_by_level_only_after_quiet_time(book: IncidentBook) -> None:
    take_findings(book, [found(Level.high, START)], moment(START))
    take_findings(book, [found(Level.medium, later(20))], moment(later(20)))
    assert let_calm(book, moment(later(23.9))) == []
    assert [c.level for c in let_calm(book, moment(later(24)))] == [Level.medium]
    assert [c.change for c in let_calm(book, moment(later(32)))] == [ChangeKind.calmed]
    assert book.latest[FEE].incident.status is IncidentStatus.calmed
    assert let_calm(book, moment(later(79.9))) == []
    assert [c.change for c in let_calm(book, moment(later(80)))] == [ChangeKind.closed]


def test_a_finding_after_calm_reopens_the_same_incident_within_a_week(book: IncidentBook) -> None:
    first = take_findings(book, [found(Level.low, START)], moment(START))[0].incident
    let_calm(book, moment(later(6)))
    again = take_findings(book, [found(Level.medium, later(8))], moment(later(8)))
    assert [(c.change, c.incident) for c in again] == [(ChangeKind.reopened, first)]


def test_a_finding_weeks_after_closing_is_a_new_incident(book: IncidentBook) -> None:
    first = take_findings(book, [found(Level.low, START)], moment(START))[0].incident
    take_command(book, by(CommandKind.close, later(1), incident=first), moment(later(1)))
    opened = take_findings(book, [found(Level.low, later(24 * 8))], moment(later(24 * 8), number=77))
    assert [c.change for c in opened] == [ChangeKind.opened]
    assert opened[0].incident != first


def test_a_side_category_of_the_same_matter_is_merged_not_opened(book: IncidentBook) -> None:
    main = take_findings(book, [found(Level.medium, START)], moment(START))[0].incident
    same = {(SERVICE, FEE): 0.9}
    merged = take_findings(book, [found(Level.low, later(1), SERVICE)], moment(later(1), same))
    assert [(c.change, c.incident) for c in merged] == [(ChangeKind.merged, main)]
    assert take_findings(book, [found(Level.low, later(2), SERVICE)], moment(later(2), same)) == []
    assert book.home_of(SERVICE) == main


def test_a_main_matter_that_comes_later_takes_the_side_incident_in(book: IncidentBook) -> None:
    side = take_findings(book, [found(Level.low, START, SERVICE)], moment(START))[0].incident
    changes = take_findings(book, [found(Level.medium, later(1))], moment(later(1), {(SERVICE, FEE): 0.7}, number=2))
    assert [c.change for c in changes] == [ChangeKind.opened, ChangeKind.merged]
    assert changes[1].incident == side
    assert book.latest[SERVICE].incident.merged_into == changes[0].incident


def test_what_a_person_opened_stays_until_a_person_closes_it(book: IncidentBook) -> None:
    opened = take_command(book, by(CommandKind.open, START, level=Level.high, title="某报采访函"), moment(START))[0]
    assert opened.actor == ANALYST
    assert let_calm(book, moment(later(24 * 30))) == []
    take_command(book, by(CommandKind.close, later(1), incident=opened.incident), moment(later(1)))
    assert book.latest[FEE].incident.status is IncidentStatus.closed


def test_a_false_alarm_is_not_reopened_by_the_same_level_but_by_a_higher_one(book: IncidentBook) -> None:
    incident = take_findings(book, [found(Level.low, START)], moment(START))[0].incident
    take_command(book, by(CommandKind.false_alarm, later(1), incident=incident), moment(later(1)))
    assert take_findings(book, [found(Level.low, later(2))], moment(later(2))) == []
    again = take_findings(book, [found(Level.medium, later(3))], moment(later(3)))
    assert [c.change for c in again] == [ChangeKind.reopened]


def test_a_level_lowered_by_a_person_is_not_raised_again_by_the_same_finding(book: IncidentBook) -> None:
    incident = take_findings(book, [found(Level.medium, START)], moment(START))[0].incident
    take_command(book, by(CommandKind.set_level, START, incident=incident, level=Level.low), moment(later(1)))
    assert take_findings(book, [found(Level.medium, later(2))], moment(later(2))) == []
    assert take_findings(book, [found(Level.high, later(3))], moment(later(3)))[0].change is ChangeKind.escalated


@pytest.mark.parametrize("kind", [CommandKind.close, CommandKind.set_level, CommandKind.merge, CommandKind.false_alarm])
def test_a_closed_incident_must_be_reopened_first(book: IncidentBook, kind: CommandKind) -> None:
    incident = take_findings(book, [found(Level.low, START)], moment(START))[0].incident
    take_command(book, by(CommandKind.close, START, incident=incident), moment(START))
    with pytest.raises(Conflict, match="重新打开"):
        take_command(book, by(kind, START, incident=incident, level=Level.high, into=incident), moment(START))


def test_the_book_survives_being_written_down(book: IncidentBook) -> None:
    take_findings(book, [found(Level.low, START)], moment(START))
    assert IncidentBook.from_json(book.to_json()).to_json() == book.to_json()
