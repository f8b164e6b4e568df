"""Playbooks 预案: what to do when an incident of a category reaches a level."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge.schema.base import Category, Department, Entry, Level, Slug, Strategy, Text
from knowledge.schema.facts import FactKey


class PlaybookStep(BaseModel):
    """A task for one department with a deadline in minutes after the incident reaches the level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    title: Text
    detail: Text
    department: Department
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    within_minutes: Annotated[int, Field(ge=5, le=30 * 24 * 60)]
    template: Slug | None = None
    fact_keys: tuple[FactKey, ...] = ()


class MediaPlan(BaseModel):
    """媒体沟通方案."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spokesperson: Text
    key_messages: Annotated[tuple[Text, ...], Field(min_length=2)]
    channels: Annotated[tuple[Text, ...], Field(min_length=1)]
    questions: Annotated[tuple[Text, ...], Field(min_length=3)]
    avoid: Annotated[tuple[Text, ...], Field(min_length=2)]


class LevelPlan(BaseModel):
    """What a playbook says for one level: the strategy with its reason, what is to be reached, how to speak with the
    media, what to put right inside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    strategy: Strategy
    reason: Text
    goal: Text | None = None
    media_plan: MediaPlan
    rectification: Annotated[tuple[Text, ...], Field(min_length=3)]


class Playbook(Entry):
    """What to do when an incident of this category reaches a level: a plan for each level, and steps that say at which
    levels they are taken.
    """

    category: Category
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]
    plans: dict[Level, LevelPlan]
    steps: Annotated[tuple[PlaybookStep, ...], Field(min_length=5)]

    @model_validator(mode="before")
    @classmethod
    def _one_plan_for_all_levels(cls, data: object) -> object:
        """Releases approved before levels had plans of their own state one media plan for all of them."""
        if not isinstance(data, dict) or "plans" in data or not isinstance(data.get("strategies"), dict):
            return data
        shared = {key: data[key] for key in ("media_plan", "rectification") if key in data}
        rest = {key: value for key, value in data.items() if key not in {"strategies", *shared}}
        told = data["strategies"].items()
        return rest | {"plans": {level: {**one, **shared} if isinstance(one, dict) else one for level, one in told}}
