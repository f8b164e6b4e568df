"""What an entry of the knowledge base looks like: past incidents, playbooks, templates, regulations.

One YAML file per entry; unknown fields are errors. All text is Chinese, written for this project, anonymised.
"""

from knowledge.schema.base import STRATEGY_TITLES, Category, Department, Entry, Level, Slug, Strategy, Text
from knowledge.schema.facts import FACT_TITLES, PLURAL_KEYS, FactKey
from knowledge.schema.incidents import (
    GOOD_OUTCOMES,
    CoursePoint,
    Duration,
    IncidentStep,
    OutcomeGrade,
    PastIncident,
    elapsed,
)
from knowledge.schema.playbooks import LevelPlan, MediaPlan, Playbook, PlaybookStep
from knowledge.schema.regulations import Regulation
from knowledge.schema.templates import (
    CHANNEL_TITLES,
    Channel,
    ChoiceOption,
    ChoiceSlot,
    FactSlot,
    ProseSlot,
    Slot,
    Template,
    Tone,
)

AnyEntry = PastIncident | Playbook | Template | Regulation

__all__ = [
    "CHANNEL_TITLES",
    "FACT_TITLES",
    "GOOD_OUTCOMES",
    "PLURAL_KEYS",
    "STRATEGY_TITLES",
    "AnyEntry",
    "Category",
    "Channel",
    "ChoiceOption",
    "ChoiceSlot",
    "CoursePoint",
    "Department",
    "Duration",
    "Entry",
    "FactKey",
    "FactSlot",
    "IncidentStep",
    "Level",
    "LevelPlan",
    "MediaPlan",
    "OutcomeGrade",
    "PastIncident",
    "Playbook",
    "PlaybookStep",
    "ProseSlot",
    "Regulation",
    "Slot",
    "Slug",
    "Strategy",
    "Template",
    "Text",
    "Tone",
    "elapsed",
]
