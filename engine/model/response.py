"""What is to be done, and who is told."""

from enum import StrEnum

from pydantic import AwareDatetime

from engine.model.base import Frozen


class TaskStatus(StrEnum):
    """A task is open until a person of its department does it."""

    open = "open"
    done = "done"
    cancelled = "cancelled"


class Task(Frozen):
    """One step of a playbook given to a department with a deadline (wall clock)."""

    id: str
    incident: str
    step: str
    title: str
    department: str
    due_at: AwareDatetime
    template: str | None = None
    status: TaskStatus = TaskStatus.open
    done_by: str | None = None
    done_at: AwareDatetime | None = None
    note: str | None = None


class Notification(Frozen):
    """A message for a department or role, written in the same transaction as its cause."""

    id: str
    incident: str
    at: AwareDatetime
    to: str
    title: str
    body: str
