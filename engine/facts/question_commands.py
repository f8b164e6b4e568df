"""Commands on questions: asked from a draft or a playbook, answered by the department that knows.

An answer with a value lands in the register as confirmed by whoever gave it. Drafts are not written anew by that: what
was submitted or approved must stay what it is, and writing takes the model. Whoever drafts is told, and does it with
one click (docs/adr/0026-department-questions.md).
"""

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import StringConstraints
from sqlalchemy import Connection

from engine.command_base import LONGEST_NAME, LONGEST_REASON, said
from engine.drafting.facts import value_fault
from engine.errors import Conflict, InputError
from engine.facts.commands import FactCommands, fact_id, fact_key
from engine.facts.questions import (
    OpenFact,
    open_facts,
    question,
    told,
    told_answer,
    wanted_by_draft,
    wanted_by_playbook,
)
from engine.facts.register import RegisterEntry, entries_of, refuse_own_or_disputed
from engine.model import (
    Actor,
    Answer,
    AnswerKind,
    Fact,
    FactSource,
    FactStatus,
    Frozen,
    Incident,
    IncidentStatus,
    Question,
    Role,
    Task,
    TaskStatus,
)
from engine.permissions import Permission, require
from engine.store import casework, outcomes, queries
from knowledge.fact_shapes import shape_problem
from knowledge.schema import FACT_TITLES, FactKey, Level, Playbook
from knowledge.slots import REGISTRY_FACTS

COMPLIANCE: Final = "合规"
"""The department that the role of that name answers for."""
_ENDED = (IncidentStatus.closed, IncidentStatus.merged)


class NewAnswer(Frozen):
    """What a department answers: a value, with the document that it stands in; or why there is none."""

    kind: AnswerKind
    value: Annotated[str, StringConstraints(max_length=500)] = ""
    document: Annotated[str, StringConstraints(max_length=200)] = ""
    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON)] = ""


class QuestionCommands(FactCommands):
    """See `engine.commands.Desk`."""

    def ask_departments(self, actor: Actor, draft_id: str) -> tuple[Task, ...]:
        """Ask for everything that a draft leaves open; what is being asked, or has no answer, is not asked again.

        The new questions; none when there is nothing to ask. Raises Conflict when the incident has ended.
        """
        require(actor, Permission.ask)
        with self.database.write() as connection:
            stored = casework.load_draft(connection, draft_id)
            incident = casework.load_incident(connection, stored.incident)
            keys = wanted_by_draft(stored.draft, casework.load_facts(connection, stored.incident))
            return self._ask(connection, actor, incident, keys, again=False)

    def ask_for_facts(self, actor: Actor, incident_id: str, key: str | None = None) -> tuple[Task, ...]:
        """Ask for one fact, again if need be; without a key for all that the playbook's steps of the level bring."""
        require(actor, Permission.ask)
        with self.database.write() as connection:
            incident = casework.load_incident(connection, incident_id)
            if key is not None:
                return self._ask(connection, actor, incident, [fact_key(key)], again=True)
            register = casework.load_facts(connection, incident_id)
            keys = wanted_by_playbook(self._playbook(incident), Level(incident.level), register)
            return self._ask(connection, actor, incident, keys, again=False)

    def answer_question(self, actor: Actor, task_id: str, answer: NewAnswer) -> Task:
        """Answer a question put to one's own department. A value is thereby confirmed; its document is the source.

        Raises Conflict for another department's question, one's own question, one that is not open, a value beside
        another confirmed one, or a value that was disputed or that one registered oneself; InputError for a value that
        may not be written down.
        """
        require(actor, Permission.answer)
        with self.database.write() as connection:
            task = casework.load_task(connection, task_id)
            asked = _answerable(task, actor)
            incident = casework.load_incident(connection, task.incident)
            if answer.kind is AnswerKind.value:
                fact = self._answered(connection, actor, task, asked, answer)
                given = Answer(kind=answer.kind, fact=fact.id)
            else:
                given = Answer(kind=answer.kind, reason=said(answer.reason, "理由"))
            task = self._settled(task, asked, given, actor)
            casework.save_task(connection, task)
            outcomes.add_notifications(connection, incident.realm, [told_answer(incident, task, self.clock())])
            self._audit(connection, actor, "question.answer", task_id, f"{asked.key} {answer.kind}")
        return task

    def draft_questions(self, actor: Actor, draft_id: str) -> tuple[OpenFact, ...]:
        """What a draft leaves open as the register stands now: who knows it, and whether it was asked."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            stored = casework.load_draft(connection, draft_id)
            incident = casework.load_incident(connection, stored.incident)
            keys = wanted_by_draft(stored.draft, casework.load_facts(connection, incident.id))
            return open_facts(keys, incident, self._playbook(incident), queries.tasks_of(connection, incident.id))

    def fact_register(self, actor: Actor, incident_id: str) -> tuple[RegisterEntry, ...]:
        """An incident's register, entry by entry, with all versions of each."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            casework.load_incident(connection, incident_id)
            return entries_of(casework.load_facts(connection, incident_id))

    def _ask(
        self, connection: Connection, actor: Actor, incident: Incident, keys: Iterable[FactKey], *, again: bool
    ) -> tuple[Task, ...]:
        if incident.status in _ENDED:
            raise Conflict("事件已经结束，不再向部门核实；请先重新打开事件")
        wanted = list(keys)
        if any(key in REGISTRY_FACTS for key in wanted):
            raise InputError("公司登记信息由系统提供，不必核实", field="key")
        tasks, now = queries.tasks_of(connection, incident.id), self.clock()
        asked = [
            task
            for one in open_facts(wanted, incident, self._playbook(incident), tasks)
            if (task := question(one, incident, tasks, actor, now, again=again)) is not None
        ]
        given = outcomes.add_tasks(connection, incident.realm, asked)
        outcomes.add_notifications(connection, incident.realm, told(incident, given, now))
        for task in given:
            self._audit(connection, actor, "question.ask", task.id, task.department)
        return tuple(given)

    def _answered(self, connection: Connection, actor: Actor, task: Task, asked: Question, answer: NewAnswer) -> Fact:
        key, value = fact_key(asked.key), answer.value.strip()
        if fault := value_fault(key, value) or shape_problem(key, value):
            raise InputError(fault, field=FACT_TITLES[key])
        document = said(answer.document, "来源文件", longest=LONGEST_NAME) if answer.document.strip() else None
        source = FactSource(kind="document" if document else "department", ref=document or task.department)
        register = casework.load_facts(connection, task.incident)
        refuse_own_or_disputed(register, key, value, actor)
        identity = fact_id(task.incident, key, value, source)
        known = next((fact for fact in register if fact.id == identity), None)
        fact = Fact(
            id=identity,
            incident=task.incident,
            key=key,
            value=value,
            source=source,
            status=FactStatus.confirmed,
            proposed_by=known.proposed_by if known else asked.asked_by,
            confirmed_by=actor.name,
            confirmed_at=self.clock(),
        )
        self._refuse_second_value(connection, fact)
        casework.save_fact(connection, fact)
        self._audit(connection, actor, "fact.confirm", fact.id, fact.key)
        return fact

    def _playbook(self, incident: Incident) -> Playbook | None:
        playbooks = self.shelf.in_force(incident.realm).knowledge.playbooks.values()
        return next((one for one in playbooks if str(one.category) == str(incident.category)), None)


def _answerable(task: Task, actor: Actor) -> Question:
    if task.question is None:
        raise Conflict("这项任务不是待核实的问题，请按任务完成")
    department = actor.department or (COMPLIANCE if actor.role is Role.compliance else "未注明部门的人")
    if department != task.department:
        raise Conflict(f"这个问题问的是{task.department}，不能由{department}答复")
    if task.question.asked_by == actor.name:
        raise Conflict("自己提出的问题要由另一个人答复")
    if task.status is not TaskStatus.open:
        raise Conflict("这个问题已经答复或取消")
    return task.question
