"""The incidents of the example drafts, read from docs/drafts/incidents.yaml: what happened and who confirmed what."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import yaml
from pydantic import AwareDatetime, Field

from engine.model import Fact, FactSource, FactStatus
from engine.model.base import Frozen
from knowledge.schema import Category, FactKey, Level

FOLDER: Final = Path(__file__).parents[3] / "docs" / "drafts"
FILE: Final = FOLDER / "incidents.yaml"
_CONFIRMED_BY: Final = "合规部"
_PROPOSED_BY: Final = "公关部"
_DATE: Final = "%Y年%m月%d日"


class ExampleIncident(Frozen):
    """An incident: `about` in one sentence, `facts` and `reported` as value and the department that told it."""

    category: Category
    level: Level
    template: str
    date: str
    about: str
    facts: dict[FactKey, tuple[str, str]] = Field(default_factory=dict)
    reported: dict[FactKey, tuple[str, str]] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """The incident's name in its draft."""
        return f"example-{self.category}"

    @property
    def at(self) -> AwareDatetime:
        """The day of the statement."""
        return datetime.strptime(self.date, _DATE).replace(tzinfo=UTC)


class Examples(Frozen):
    """The file: one company, one incident a category."""

    company: str
    hotline: str
    incidents: tuple[ExampleIncident, ...]

    def register(self, incident: ExampleIncident) -> tuple[Fact, ...]:
        """An incident's fact register, with what the company's own records say."""
        return tuple(self._facts(incident))

    def _facts(self, incident: ExampleIncident) -> Iterator[Fact]:
        own = {
            FactKey.company: self.company,
            FactKey.hotline: self.hotline,
            FactKey.statement_date: incident.date,
        }
        for key, value in own.items():
            yield _fact(incident, key, value, FactSource(kind="registry", ref=key))
        for key, (value, department) in incident.facts.items():
            yield _fact(incident, key, value, FactSource(kind="department", ref=department))
        for key, (value, department) in incident.reported.items():
            yield _fact(incident, key, value, FactSource(kind="department", ref=department), confirmed=False)


def load_examples(path: Path = FILE) -> Examples:
    """The incidents. Raises ValueError (pydantic) when the file is not as it should be."""
    return Examples.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _fact(incident: ExampleIncident, key: FactKey, value: str, source: FactSource, *, confirmed: bool = True) -> Fact:
    return Fact(
        id=f"fact-{key}",
        incident=incident.id,
        key=key,
        value=value,
        source=source,
        status=FactStatus.confirmed if confirmed else FactStatus.reported,
        proposed_by=_PROPOSED_BY,
        confirmed_by=_CONFIRMED_BY if confirmed else None,
        confirmed_at=incident.at if confirmed else None,
    )
