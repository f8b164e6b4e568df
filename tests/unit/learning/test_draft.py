"""What a log says of how an incident went and ended."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.learning.anonymise import Anonymiser
from engine.learning.course import course_of, duration
from engine.learning.draft import Learned, draft_text, entry_of
from engine.learning.grading import propose_grade
from engine.learning.steps import steps_of
from engine.learning.voices import typical_voices
from engine.model import Actor, ChangeKind, IncidentChange, IncidentStatus, Level, Role
from engine.precedents.live import LiveIncident
from engine.scoring.brands import load_registry
from engine.store.talk import Minute
from knowledge.document import parse_document
from knowledge.loader import parse_entry
from knowledge.schema import PastIncident, Strategy, elapsed
from tests.unit.precedents.support import OPENED, live, minute, statement

DAY = 24 * 60
PLAIN = Anonymiser(load_registry(), "澄禾消费金融", ("林舟",))


def ended(minutes: float, *talk: Minute, **fields: object) -> LiveIncident:
    """An incident that was closed so many minutes after it opened."""
    incident = live().incident.model_copy(
        update={"status": IncidentStatus.closed, "changed_at": OPENED + timedelta(minutes=minutes)}
    )
    return live(minutes, incident=incident, talk=talk, **fields)


def change(at: float, kind: ChangeKind, level: Level, before: Level | None, reason: str = "林舟决定") -> IncidentChange:
    return IncidentChange(
        id=f"c{at}",
        incident="inc-1",
        change=kind,
        at=OPENED + timedelta(minutes=at),
        level_before=before,
        level=level,
        rule=None,
        reason=reason,
        actor=Actor(name="林舟", role=Role.pr),
    )


def grade(one: LiveIncident) -> str:
    return propose_grade(one, one.incident.changed_at).grade


def test_the_proposed_grade_follows_the_stated_rule() -> None:
    worst, calm = minute(10, 40, 40, 40), minute(2 * DAY - 60, 2, 2, 20)
    assert grade(ended(2 * DAY, worst, calm)) == "好转"
    assert grade(ended(2 * DAY, worst, minute(2 * DAY - 60, 36, 36, 38))) == "恶化", "as negative as at the worst"
    assert grade(ended(2 * DAY, worst, minute(2 * DAY - 60, 3, 3, 5))) == "平息", "hardly anybody speaks of it"
    assert grade(ended(3 * DAY, worst)) == "平息"
    assert grade(ended(60, worst)) == "恶化", "closed at its height"
    assert grade(ended(40 * DAY, worst, minute(40 * DAY - 60, 1, 1, 20))) == "长期影响"


def test_what_was_raised_after_the_statement_got_worse_and_what_came_back_lasts() -> None:
    talk = (minute(10, 40, 40, 40), minute(2 * DAY - 60, 2, 2, 20))
    risen = change(90, ChangeKind.escalated, Level.high, Level.medium)
    assert grade(ended(2 * DAY, *talk, changes=(risen,), statements=(statement(60),))) == "恶化"
    assert grade(ended(2 * DAY, *talk, changes=(risen,), statements=(statement(120),))) == "好转"
    again = change(DAY, ChangeKind.reopened, Level.medium, None)
    assert grade(ended(2 * DAY, *talk, changes=(again,))) == "长期影响"
    assert "又重新打开" in propose_grade(ended(2 * DAY, *talk, changes=(again,)), OPENED + timedelta(days=2)).reason


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))))
def test_a_course_goes_forward_and_counts_everything(raw: list[tuple[int, int, int, int]]) -> None:
    talk = [
        Minute(OPENED + timedelta(minutes=at), counted, counted + more, counted + more + rest)
        for at, counted, more, rest in sorted({one[0]: one for one in raw}.values())
    ]
    course = course_of(OPENED, talk, 20_000)
    assert all(
        elapsed(one.after) < elapsed(two.after) and one.mentions <= two.mentions for one, two in pairwise(course)
    )
    assert sum(one.counted for one in talk) == (course[-1].mentions if course else 0)
    assert len(course) <= 16


def test_an_end_just_beyond_a_mark_keeps_what_was_said_before_the_mark() -> None:
    talk = (minute(2.9 * DAY, 100, 100, 100), minute(3.2 * DAY, 2, 0, 4))
    (point,) = course_of(OPENED, talk, 3.4 * DAY)
    assert (point.after, point.mentions, point.negative) == ("3天", 102, 0.96)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0分钟"), (119.9, "119分钟"), (120, "2小时"), (71 * 60, "71小时"), (4321, "3天")]
)
def test_times_are_in_the_words_of_the_knowledge_base(minutes: float, words: str) -> None:
    assert duration(minutes) == words


def test_steps_are_named_by_department_and_role_in_the_order_of_time() -> None:
    decided = change(45, ChangeKind.escalated, Level.high, Level.medium, "林舟说澄禾要升级，电话13812345678")
    steps = steps_of(
        live(changes=(*live().changes, decided), statements=(statement(50), statement(20, is_public=False))), PLAIN
    )
    assert [step.actor for step in steps] == ["监测规则", "合规", "客服", "公关", "合规"]
    assert steps[3].action == "升级，等级由“中等”改为“严重”"
    assert steps[3].material == "理由：某人说本公司要升级，电话[手机号]"
    assert [step.action for step in steps][1::3] == ["批准不公开的声明“微博短声明”", "批准对外声明“微博短声明”"]
    assert "林舟" not in str(steps)


def test_voices_are_the_most_repeated_unlike_each_other_and_in_one_order() -> None:
    texts = [
        "会员费没有提示就扣了99元！退钱",
        *["客服一直打不通，等了两个小时。"] * 3,
        "会员费没有提示就扣了99元！退钱吧",
    ]
    found = typical_voices(texts, PLAIN)
    assert found[0].startswith("客服一直打不通")
    assert len(found) == 2, "the same complaint twice is one voice"
    assert typical_voices(list(reversed(texts)), PLAIN) == found
    assert typical_voices(["", "！！！", "短"], PLAIN) == ()


HOSTILE = st.text(
    alphabet=st.sampled_from(list("会员费退钱[]{}<>#&*!|>'\"%@`:,-？。\n\t\\\u202e\u200b\x00😀𠮷0138")), max_size=60
)


@settings(max_examples=40)
@given(st.lists(HOSTILE, max_size=6), HOSTILE)
def test_whatever_people_wrote_the_draft_can_be_read_and_says_the_same_again(said: list[str], reason: str) -> None:
    log = ended(
        300,
        minute(10, 5, 5, 5),
        changes=(*live().changes, change(300, ChangeKind.closed, Level.medium, Level.medium, reason)),
        platforms=((reason, 3), ("微博", 2)),
    )
    learned = Learned(live=log, plan=None, used=(Strategy.deny,), responded_at=None, said=tuple(said))
    text = draft_text(learned, PLAIN)
    assert draft_text(learned, PLAIN) == text
    entry, _ = parse_entry("/".join(["incidents", *entry_of(log.incident).split(".")[1:]]) + ".yaml", text)
    assert isinstance(entry, PastIncident)
    assert set(parse_document("x", text).data) <= set(PastIncident.model_fields)
