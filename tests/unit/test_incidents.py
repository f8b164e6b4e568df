"""An incident's life: rising at once, falling slowly, merged where it is one matter, and never against a person."""

from datetime import UTC, datetime, timedelta

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


# --- people's decisions hold, and no alarm gets lost on the way --------------------------------------


def opened(book: IncidentBook, level: Level, at: datetime, category: Category = FEE, number: int = 1) -> str:
    return take_findings(book, [found(level, at, category)], moment(at, number=number))[0].incident


def test_what_a_person_merged_stays_merged_while_the_other_incident_is_on(book: IncidentBook) -> None:
    main, side = opened(book, Level.low, START), opened(book, Level.low, START, SERVICE, 2)
    take_command(book, by(CommandKind.merge, START, incident=side, into=main), moment(later(1)))
    assert take_findings(book, [found(Level.low, later(2), SERVICE)], moment(later(2))) == []
    assert book.home_of(SERVICE) == main
    raised = take_findings(book, [found(Level.medium, later(3), SERVICE)], moment(later(3)))
    assert [(change.change, change.incident) for change in raised] == [(ChangeKind.escalated, main)]


@pytest.mark.parametrize("by_a_person", [True, False])
def test_a_merge_hands_the_higher_level_on(book: IncidentBook, by_a_person: bool) -> None:
    side = opened(book, Level.high, START, SERVICE)
    if by_a_person:
        main = opened(book, Level.low, START, number=2)
        changes = take_command(book, by(CommandKind.merge, START, incident=side, into=main), moment(later(1)))
    else:
        changes = take_findings(book, [found(Level.low, later(1))], moment(later(1), {(SERVICE, FEE): 0.9}, number=2))
    assert [change.change for change in changes][-2:] == [ChangeKind.merged, ChangeKind.escalated]
    assert book.latest[FEE].incident.level is Level.high
    assert let_calm(book, moment(later(20))) == [], "the level counts from when the merged incident reached it"


def test_after_reopening_a_merged_incident_it_stands_for_itself(book: IncidentBook) -> None:
    main, side = opened(book, Level.low, START), opened(book, Level.low, START, SERVICE, 2)
    take_command(book, by(CommandKind.merge, START, incident=side, into=main), moment(later(1)))
    take_command(book, by(CommandKind.reopen, START, incident=side), moment(later(2)))
    assert book.latest[SERVICE].incident.merged_into is None
    assert book.home_of(SERVICE) == side


def test_an_incident_reopened_by_hand_gets_its_quiet_time_anew(book: IncidentBook) -> None:
    incident = opened(book, Level.low, START)
    take_command(book, by(CommandKind.close, START, incident=incident), moment(later(1)))
    take_command(book, by(CommandKind.reopen, START, incident=incident), moment(later(30)))
    assert let_calm(book, moment(later(31))) == []
    assert [change.change for change in let_calm(book, moment(later(36)))] == [ChangeKind.calmed]


def test_a_finding_does_not_make_what_a_person_opened_close_by_itself(book: IncidentBook) -> None:
    take_command(book, by(CommandKind.open, START, level=Level.low, title="某报采访函"), moment(START))
    assert take_findings(book, [found(Level.high, later(1))], moment(later(1)))[0].change is ChangeKind.escalated
    assert let_calm(book, moment(later(24 * 30))) == []


def test_the_wave_that_a_person_closed_does_not_open_it_again_but_a_higher_or_later_one_does(
    book: IncidentBook,
) -> None:
    incident = opened(book, Level.medium, START)
    take_command(book, by(CommandKind.close, START, incident=incident), moment(later(1)))
    assert take_findings(book, [found(Level.medium, later(2))], moment(later(2))) == []
    other = IncidentBook.from_json(book.to_json())
    assert take_findings(other, [found(Level.high, later(3))], moment(later(3)))[0].change is ChangeKind.reopened
    assert take_findings(book, [found(Level.medium, later(14))], moment(later(14)))[0].change is ChangeKind.reopened


def test_findings_never_go_to_a_host_that_has_ended(book: IncidentBook) -> None:
    main = opened(book, Level.low, START)
    take_findings(book, [found(Level.low, later(1), SERVICE)], moment(later(1), {(SERVICE, FEE): 0.9}))
    take_command(book, by(CommandKind.close, START, incident=main), moment(later(2)))
    assert book.home_of(SERVICE) is None


def test_titles_carry_the_chinese_date(book: IncidentBook) -> None:
    late = START.replace(hour=1).astimezone(UTC)
    take_findings(book, [found(Level.low, late)], moment(late))
    assert "3月2日" in book.latest[FEE].incident.title
