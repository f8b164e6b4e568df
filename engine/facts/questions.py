"""Facts that are missing → questions 待核实 to the departments that know them, as tasks with a deadline.

Asked is what a draft leaves 【待核实】, what it must say and does not, or what the playbook's steps of a level bring.
The same question is asked once: while it is open nothing is added, and an answer that there is nothing to say stands
until a person asks again.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final

from engine.drafting.document import Draft
from engine.drafting.facts import stated
from engine.drafting.template_program import asked_keys, load_template
from engine.model import (
    Actor,
    AnswerKind,
    Fact,
    Frozen,
    Incident,
    Notification,
    Question,
    SpanOrigin,
    Task,
    TaskStatus,
)
from engine.response import CHINA, deadline
from knowledge.fact_departments import ANSWER_WITHIN, department_for
from knowledge.fact_shapes import SHAPES
from knowledge.schema import FACT_TITLES, FactKey, Level, Playbook
from knowledge.slots import REGISTRY_FACTS

ANSWER_TITLES: Final = {
    AnswerKind.value: "已答复",
    AnswerKind.not_applicable: "不适用",
    AnswerKind.unverifiable: "无法核实",
}


class OpenFact(Frozen):
    """A fact that is still wanted: who knows it, and the newest question about it, if it was asked."""

    key: FactKey
    title: str
    department: str
    task: Task | None = None


def wanted_by_draft(draft: Draft, register: Sequence[Fact]) -> tuple[FactKey, ...]:
    """The facts that a draft leaves to be verified, or lacks for what it must say, as far as the register still does
    not state them; in the order of the text.
    """
    askable = set(asked_keys(load_template(draft.template_source)))
    lacking = {verdict.id for verdict in draft.proof.elements if not verdict.present}
    needed = [element.facts for element in draft.elements if element.id in lacking]
    keys = [
        *(name for span in draft.spans if span.origin is SpanOrigin.unresolved for name in _keys_of(span.ref)),
        *(next((key for key in keys if key in askable), "") for keys in needed if not _any_stated(keys, register)),
    ]
    return _still_wanted(keys, register)


def wanted_by_playbook(playbook: Playbook | None, level: Level, register: Sequence[Fact]) -> tuple[FactKey, ...]:
    """The facts that the steps of a level bring, as far as the register does not state them."""
    steps = () if playbook is None else (step for step in playbook.steps if level in step.levels)
    return _still_wanted([key for step in steps for key in step.fact_keys], register)


def open_facts(
    keys: Iterable[FactKey], incident: Incident, playbook: Playbook | None, tasks: Sequence[Task]
) -> tuple[OpenFact, ...]:
    """Each wanted fact with its department and its newest question."""
    return tuple(
        OpenFact(
            key=key,
            title=FACT_TITLES[key],
            department=department_for(key, playbook, Level(incident.level)),
            task=next(reversed(questions_about(key, tasks)), None),
        )
        for key in keys
    )


def questions_about(key: str, tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The questions about one fact, oldest first."""
    about = (task for task in tasks if task.question is not None and task.question.key == key)
    return tuple(sorted(about, key=lambda task: int(task.id.rpartition(":")[2])))


def question(
    wanted: OpenFact, incident: Incident, tasks: Sequence[Task], actor: Actor, at: datetime, *, again: bool = False
) -> Task | None:
    """The task that asks for a fact; None when it is being asked, or was answered that there is nothing to say.

    `again`: a person wants to know all the same. Raises KeyError for a fact of the company's own registry.
    """
    before = questions_about(wanted.key, tasks)
    last = before[-1] if before else None
    if last is not None and not (_is_over(last) or (again and last.status is TaskStatus.done)):
        return None
    number = len(before) + (last is None or last.status is not TaskStatus.cancelled)
    shape = SHAPES[wanted.key]
    return Task(
        id=f"{incident.id}:ask:{wanted.key}:{number}",
        incident=incident.id,
        step=f"ask:{wanted.key}",
        title=f"请核实“{wanted.title}”",
        department=wanted.department,
        due_at=deadline(at, ANSWER_WITHIN[Level(incident.level)]),
        note=f"声明要写到这一项。{shape.hint}，例如：{shape.example}",
        question=Question(key=wanted.key, asked_by=actor.name),
    )


def told(incident: Incident, asked: Sequence[Task], at: datetime) -> tuple[Notification, ...]:
    """One message to each department that is asked."""
    departments = dict.fromkeys(task.department for task in asked)
    return tuple(
        _message(incident, at, department, [task for task in asked if task.department == department])
        for department in departments
    )


def told_answer(incident: Incident, task: Task, at: datetime) -> Notification:
    """PR is told that an answer is there."""
    answer = None if task.question is None else task.question.answer
    said = ANSWER_TITLES[answer.kind] if answer else ""
    advice = (
        "事实已更新，有关草稿可以重新起草"
        if answer and answer.kind is AnswerKind.value
        else "声明请换用不写这一项的模板"
    )
    return Notification(
        id=f"{task.id}:answer",
        incident=incident.id,
        at=at,
        to="公关",
        title=f"{said}：{incident.title} · {task.title}",
        body=f"{task.department} {task.done_by}：{(answer and answer.reason) or said}\n{advice}",
    )


def _message(incident: Incident, at: datetime, department: str, asked: Sequence[Task]) -> Notification:
    ids = "\n".join(task.id for task in asked)
    digest = blake2b(f"{ids}\n{at.isoformat()}".encode(), digest_size=6).hexdigest()
    lines = (f"· {task.title}（{task.due_at.astimezone(CHINA):%m月%d日 %H:%M} 前）" for task in asked)
    return Notification(
        id=f"{incident.id}:ask-{digest}",
        incident=incident.id,
        at=at,
        to=department,
        title=f"待核实：{incident.title}",
        body="\n".join(lines),
    )


def _is_over(task: Task) -> bool:
    """Whether a question leaves the fact open: cancelled, or its value was confirmed and no longer stands."""
    if task.status is TaskStatus.cancelled:
        return True
    answer = None if task.question is None else task.question.answer
    return answer is not None and answer.kind is AnswerKind.value


def _keys_of(ref: str) -> list[str]:
    return ref.partition(":")[2].split(",")


def _any_stated(keys: Sequence[str], register: Sequence[Fact]) -> bool:
    return any(key in FactKey.__members__ and stated(register, FactKey(key), as_reported=False) for key in keys)


def _still_wanted(keys: Iterable[str], register: Sequence[Fact]) -> tuple[FactKey, ...]:
    known = dict.fromkeys(FactKey(key) for key in keys if key in FactKey.__members__)
    return tuple(_open(known, register))


def _open(keys: Iterable[FactKey], register: Sequence[Fact]) -> Iterator[FactKey]:
    for key in keys:
        if key not in REGISTRY_FACTS and stated(register, key, as_reported=False) is None:
            yield key
