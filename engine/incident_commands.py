"""Commands on mentions, incidents and tasks. What changes an incident goes through the log, as detection does."""

from collections.abc import Sequence

from engine.command_base import LONGEST_NAME, Commands, said
from engine.errors import Conflict, InputError
from engine.model import (
    Actor,
    Category,
    CommandKind,
    CommandRecord,
    Incident,
    Level,
    Mention,
    Realm,
    Role,
    Task,
    TaskStatus,
)
from engine.permissions import Permission, require
from engine.rule_testing.draft_commands import keep_false_alarm
from engine.store import casework, log, queries
from engine.views import IngestReceipt


class IncidentCommands(Commands):
    """See `engine.commands.Desk`."""

    def ingest(self, actor: Actor, realm: Realm, mentions: Sequence[Mention]) -> IngestReceipt:
        """Take mentions in. When this returns they are committed."""
        require(actor, Permission.ingest)
        return IngestReceipt(outcomes=tuple(self.pipeline.ingest(realm, mentions)))

    def open_incident(
        self, actor: Actor, realm: Realm, brand: str, category: Category, level: Level, title: str, reason: str
    ) -> Incident:
        """Open an incident by hand: a journalist's inquiry 采访函, a regulator's call. Conflict when one is on."""
        require(actor, Permission.open_incident)
        brand = said(brand, "品牌", longest=LONGEST_NAME)
        if brand == log.ALL_BRANDS:
            raise InputError("请填写一个品牌", field="品牌")
        command = CommandRecord(
            command=CommandKind.open,
            actor=actor,
            category=category,
            level=level,
            title=said(title, "标题", longest=LONGEST_NAME),
            reason=said(reason, "理由"),
        )
        self.pipeline.command(realm, brand, self.now(realm), command)
        with self.database.read() as connection:
            found = queries.incident_list(connection, realm)
        return next(one for one in found if one.brand == brand and one.category is category and one.status == "open")

    def set_level(self, actor: Actor, incident_id: str, level: Level, reason: str) -> Incident:
        """Raise or lower an incident's level by hand."""
        require(actor, Permission.set_level)
        return self._command(actor, CommandKind.set_level, incident_id, reason, level=level)

    def close_incident(self, actor: Actor, incident_id: str, reason: str) -> Incident:
        """Close an incident."""
        require(actor, Permission.close)
        return self._command(actor, CommandKind.close, incident_id, reason)

    def reopen(self, actor: Actor, incident_id: str, reason: str) -> Incident:
        """Reopen a closed incident."""
        require(actor, Permission.reopen)
        return self._command(actor, CommandKind.reopen, incident_id, reason)

    def merge(self, actor: Actor, incident_id: str, into: str, reason: str) -> Incident:
        """Merge an incident into another one of the same brand."""
        require(actor, Permission.merge)
        return self._command(actor, CommandKind.merge, incident_id, reason, into=into)

    def false_alarm(self, actor: Actor, incident_id: str, reason: str) -> Incident:
        """Close an incident as a false alarm 误报; what raised it becomes a draft test case for each rule."""
        require(actor, Permission.false_alarm)
        incident = self._command(actor, CommandKind.false_alarm, incident_id, reason)
        with self.database.write() as connection:
            keep_false_alarm(connection, actor, incident, said(reason, "理由"), self.clock())
        return incident

    def complete_task(self, actor: Actor, task_id: str, note: str) -> Task:
        """Report a task as done; a department does its own tasks only."""
        require(actor, Permission.complete_task)
        note = said(note, "说明") if note.strip() else ""
        with self.database.write() as connection:
            task = casework.load_task(connection, task_id)
            outside = actor.department or (actor.role is Role.department and "未注明部门的人")
            if outside and outside != task.department:
                raise Conflict(f"这项任务属于{task.department}，不能由{outside}完成")
            if task.status is not TaskStatus.open:
                raise Conflict("这项任务已经完成或取消")
            if task.question is not None:
                raise Conflict("这是待核实的问题，请填写答复：内容和来源，或者为什么没有")
            done = {"status": TaskStatus.done, "done_by": actor.name, "done_at": self.clock()}
            task = task.model_copy(update={**done, "note": note or task.note})
            casework.save_task(connection, task)
            self._audit(connection, actor, "task.complete", task_id, note)
        return task

    def _command(
        self,
        actor: Actor,
        kind: CommandKind,
        incident_id: str,
        reason: str,
        *,
        level: Level | None = None,
        into: str | None = None,
    ) -> Incident:
        with self.database.read() as connection:
            incident = casework.load_incident(connection, incident_id)
        command = CommandRecord(
            command=kind,
            actor=actor,
            category=incident.category,
            incident=incident_id,
            level=level,
            into=into,
            reason=said(reason, "理由"),
        )
        self.pipeline.command(incident.realm, incident.brand, self.now(incident.realm), command)
        with self.database.read() as connection:
            return casework.load_incident(connection, incident_id)
