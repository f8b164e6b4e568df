"""Commands on an incident's register of facts: proposed by one, confirmed by another, disputed by anybody."""

from typing import Final

from sqlalchemy import Connection

from engine.command_base import LONGEST_NAME, Commands, derived_id, said
from engine.drafting.facts import value_fault
from engine.errors import Conflict, InputError
from engine.facts.extraction import propose
from engine.model import (
    Actor,
    Answer,
    AnswerKind,
    Fact,
    FactSource,
    FactStatus,
    Question,
    ScoredMention,
    Task,
    TaskStatus,
)
from engine.permissions import Permission, require
from engine.store import casework, queries
from engine.views import MentionFilters
from knowledge.fact_shapes import shape_problem
from knowledge.schema import FACT_TITLES, PLURAL_KEYS, FactKey
from knowledge.slots import REGISTRY_FACTS

EXTRACT_FROM: Final = 200
"""Newest mentions of an incident that facts are proposed from."""
_UNDISPUTED: Final = {"disputed_by": None, "disputed_at": None, "dispute_reason": None}


class FactCommands(Commands):
    """See `engine.commands.Desk`."""

    def propose_facts(self, actor: Actor, incident_id: str) -> tuple[Fact, ...]:
        """Propose facts from an incident's mentions; of what is registered only the number of voices is renewed."""
        require(actor, Permission.propose_facts)
        with self.database.write() as connection:
            incident = casework.load_incident(connection, incident_id)
            rows, _ = queries.mention_rows(
                connection, incident.realm, MentionFilters(incident=incident_id), limit=EXTRACT_FROM
            )
            known = {fact.id: fact for fact in casework.load_facts(connection, incident_id)}
            scored = [ScoredMention(mention=row.mention, scores=row.scores) for row in rows if row.scores]
            found = propose(incident_id, incident.category, scored)
            for fact in found:
                if is_newer(fact, known.get(fact.id)):
                    casework.save_fact(connection, fact)
            self._audit(connection, actor, "fact.propose", incident_id, f"{len(found)} 条")
            return casework.load_facts(connection, incident_id)

    def add_fact(self, actor: Actor, incident_id: str, key: str, value: str, source: FactSource) -> Fact:
        """Register a fact with its source; somebody else confirms it. Raises InputError for an unusable value."""
        require(actor, Permission.add_fact)
        used_key, cleaned = fact_key(key), value.strip()
        if source.kind == "registry" or used_key in REGISTRY_FACTS:
            raise InputError("公司登记信息由系统提供，不能手工登记", field="来源")
        if fault := value_fault(used_key, cleaned) or shape_problem(used_key, cleaned):
            raise InputError(fault, field=FACT_TITLES[used_key])
        source = source.model_copy(update={"ref": said(source.ref, "来源", longest=LONGEST_NAME)})
        identity = fact_id(incident_id, used_key, cleaned, source)
        with self.database.write() as connection:
            casework.load_incident(connection, incident_id)
            if identity in {fact.id for fact in casework.load_facts(connection, incident_id)}:
                raise Conflict("同一来源的这条事实已经登记")
            fact = Fact(
                id=identity,
                incident=incident_id,
                key=used_key,
                value=cleaned,
                source=source,
                status=FactStatus.reported,
                proposed_by=actor.name,
            )
            casework.save_fact(connection, fact)
            self._audit(connection, actor, "fact.add", identity, used_key)
        return fact

    def confirm_fact(self, actor: Actor, fact_id: str) -> Fact:
        """Confirm what somebody else proposed. Of most keys only one value can be true: dispute the other one first."""
        require(actor, Permission.confirm_fact)
        with self.database.write() as connection:
            fact = casework.load_fact(connection, fact_id)
            if fact.proposed_by == actor.name:
                raise Conflict("自己登记的事实要由另一个人确认")
            if fact.status is FactStatus.confirmed:
                raise Conflict("这条事实已经确认")
            self._refuse_second_value(connection, fact)
            confirmed = {"status": FactStatus.confirmed, "confirmed_by": actor.name, "confirmed_at": self.clock()}
            fact = fact.model_copy(update={**confirmed, **_UNDISPUTED})
            casework.save_fact(connection, fact)
            self._settle_questions(connection, actor, fact)
            self._audit(connection, actor, "fact.confirm", fact_id, fact.key)
        return fact

    def dispute_fact(self, actor: Actor, fact_id: str, reason: str) -> Fact:
        """Mark a fact as disputed: no draft states it any more."""
        require(actor, Permission.dispute_fact)
        reason = said(reason, "理由")
        with self.database.write() as connection:
            fact = casework.load_fact(connection, fact_id)
            disputed = {"status": FactStatus.disputed, "confirmed_by": None, "confirmed_at": None}
            told = {"disputed_by": actor.name, "disputed_at": self.clock(), "dispute_reason": reason}
            fact = fact.model_copy(update={**disputed, **told})
            casework.save_fact(connection, fact)
            self._audit(connection, actor, "fact.dispute", fact_id, reason)
        return fact

    def _settle_questions(self, connection: Connection, actor: Actor, fact: Fact) -> None:
        """Nobody needs to answer any more what was confirmed without being asked for."""
        for task in queries.tasks_of(connection, fact.incident):
            if task.status is TaskStatus.open and task.question is not None and task.question.key == fact.key:
                given = Answer(kind=AnswerKind.value, fact=fact.id)
                casework.save_task(connection, self._settled(task, task.question, given, actor))

    def _settled(self, task: Task, asked: Question, given: Answer, actor: Actor) -> Task:
        done = {"status": TaskStatus.done, "done_by": actor.name, "done_at": self.clock()}
        return task.model_copy(update={**done, "question": asked.model_copy(update={"answer": given})})

    def _refuse_second_value(self, connection: Connection, fact: Fact) -> None:
        if fact.key in PLURAL_KEYS:
            return
        for other in casework.load_facts(connection, fact.incident):
            same_key = other.key == fact.key and other.id != fact.id
            if same_key and other.status is FactStatus.confirmed and other.value != fact.value:
                title = FACT_TITLES[fact_key(fact.key)]
                raise Conflict(f"“{title}”已确认为“{other.value}”；如有变化，请先将它标为存疑")


def is_newer(found: Fact, known: Fact | None) -> bool:
    """Whether a proposal is new, or is still only reported and said by another number of voices."""
    if known is None:
        return True
    return known.status is FactStatus.reported and known.proposed_by == found.proposed_by and known != found


def fact_id(incident: str, key: FactKey, value: str, source: FactSource) -> str:
    """The id of a fact that a person brings: the same fact of the same source always has the same one."""
    return derived_id("fact", incident, key, value, source.kind, source.ref)


def fact_key(key: str) -> FactKey:
    """The key of that name. Raises InputError."""
    try:
        return FactKey(key)
    except ValueError:
        raise InputError(f"没有“{key}”这一类事实", field="key") from None
