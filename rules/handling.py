"""分级处置时限与责任部门: who answers for a category at a level, and how soon the first response is due."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from rules.document import read_document
from rules.errors import BadRulesError, Fault
from rules.schema import RulePart, Text
from rules.validation import read_model
from rules.vocabulary import Category, Level

HANDLING: Final = Path(__file__).parent / "handling.yaml"


class Duty(RulePart):
    """`department` gives the first response `within_minutes` after the level is reached; `escalate_to` takes over
    when it does not.
    """

    department: Text
    within_minutes: Annotated[int, Field(ge=5, le=7 * 24 * 60)]
    escalate_to: Text


class Handling(RulePart):
    """The table of duties. What it leaves out is a gap that `engine.coverage` reports."""

    title: Text
    owner: Text
    version: Annotated[int, Field(ge=1)]
    categories: dict[Category, dict[Level, Duty]]

    def duty(self, category: Category, level: Level) -> Duty | None:
        """Who answers for this category at this level, and how soon; None where the table says nothing."""
        return self.categories.get(category, {}).get(level)


def load_handling(path: Path = HANDLING) -> Handling:
    """The table in a file. Raises BadRulesError with every fault of it."""
    found, faults = read_handling(path)
    if found is None:
        raise BadRulesError(faults)
    return found


def read_handling(path: Path = HANDLING) -> tuple[Handling | None, list[Fault]]:
    """The table in a file, or all its faults."""
    if not path.exists():
        return None, [Fault(path.as_posix(), 1, "没有找到分级处置时限与责任部门表，请在规则文件夹旁边放 handling.yaml")]
    try:
        return read_model(read_document(path), Handling, (Duty,))
    except BadRulesError as bad:
        return None, list(bad.faults)
