"""The life of an incident in order: what changed, and what went out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.model import IncidentChange
from engine.publishing.publication import CORRECTION_TITLES, PLACE_TITLES, PublicationRow


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline: a change, or a publication with what it is called there (发布, 更正, 撤回)."""

    at: datetime
    change: IncidentChange | None = None
    publication: PublicationRow | None = None
    title: str = ""
    place: str = ""


def steps_of(changes: Sequence[IncidentChange], published: Sequence[PublicationRow]) -> list[Step]:
    """Changes and publications, newest first."""
    steps = [Step(change.at, change=change) for change in changes]
    for row in published:
        one = row.publication
        title = f"发布{CORRECTION_TITLES[one.kind]}" if one.kind else "发布声明"
        steps.append(Step(one.at, publication=row, title=title, place=PLACE_TITLES[one.channel]))
    return sorted(steps, key=lambda step: step.at, reverse=True)
