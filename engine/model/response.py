"""What is to be done, and who is told."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from engine.model.base import Frozen


class TaskStatus(StrEnum):
    """A task is open until a person of its department does it."""

    open = "open"
    done = "done"
    cancelled = "cancelled"


class AnswerKind(StrEnum):
    """What a department says to a question."""

    value = "value"
    not_applicable = "not_applicable"
    unverifiable = "unverifiable"


class Answer(Frozen):
    """A department's answer: the fact that it confirmed (its id), or why there is none."""

    kind: AnswerKind
    fact: str | None = None
    reason: str | None = None


class Question(Frozen):
    """Which fact (a fact key) a task asks for, who asked, and the answer once there is one."""

    key: str
    asked_by: str
    answer: Answer | None = None


class Task(Frozen):
    """One step of a playbook given to a department with a deadline (wall clock), or a question for one fact."""

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
    question: Question | None = Field(default=None, exclude_if=lambda question: question is None)


class Notification(Frozen):
    """A message for a department or role, written in the same transaction as its cause."""

    id: str
    incident: str
    at: AwareDatetime
    to: str
    title: str
    body: str
