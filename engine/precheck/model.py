"""What an assessment is: findings with their places, the clauses that apply, precedents, a verdict."""

from datetime import date
from enum import StrEnum
from typing import Final, Literal

from pydantic import AwareDatetime

from engine.model import Category, Frozen, Role


class TextKind(StrEnum):
    """What is going to be published."""

    advert = "advert"
    contract = "contract"
    announcement = "announcement"


KIND_TITLES: Final = {TextKind.advert: "广告", TextKind.contract: "合同摘要", TextKind.announcement: "公告"}


class Concern(StrEnum):
    """How much a finding matters."""

    prohibited = "prohibited"
    must = "must"
    should = "should"


CONCERN_TITLES: Final = {Concern.prohibited: "不得使用", Concern.must: "必须修改", Concern.should: "建议修改"}
CONCERN_ORDER: Final = tuple(Concern)


class Verdict(StrEnum):
    """What may be done with the text as it stands."""

    publish = "publish"
    change = "change"
    stop = "stop"


VERDICT_TITLES: Final = {Verdict.publish: "可以发布", Verdict.change: "修改后发布", Verdict.stop: "不宜发布"}


class Place(Frozen):
    """A span of the original text: `start` and `end` count characters from 0, `line` and `column` from 1.

    `quote` is what stands there, shortened, with personal data masked.
    """

    start: int
    end: int
    line: int
    column: int
    quote: str


class Clause(Frozen):
    """The clause of the regulation register that a check rests on; `verified` once a person has confirmed it."""

    id: str
    document: str
    clause: str
    duty: str
    verified: bool


class Finding(Frozen):
    """One thing that is wrong. For wording `places` are the words; for a missing disclosure they are what makes it due.

    `occurrences` counts all places, of which the first few are kept. `leads_to` says which crisis it could start.
    """

    check: str
    title: str
    type: Literal["wording", "disclosure"]
    category: Category
    concern: Concern
    message: str
    correction: str
    leads_to: str
    clause: Clause | None
    places: tuple[Place, ...]
    occurrences: int


class CategoryRisk(Frozen):
    """A crisis category that the text could start, and through which findings."""

    category: Category
    concern: Concern
    reasons: tuple[str, ...]


class Precedent(Frozen):
    """A past incident that began alike, with what came of it."""

    id: str
    title: str
    category: Category
    occurred_on: date
    strategy: str
    outcome_grade: str
    outcome: str
    lesson: str
    score: float
    reasons: tuple[str, ...]


class Precedents(Frozen):
    """The most similar past incidents; `note` says plainly when there is none, or why nothing could be searched."""

    no_precedent: bool
    found: tuple[Precedent, ...]
    note: str


class Assessment(Frozen):
    """The whole answer about one text. The text itself is not in it, only its hash (SHA-256 of its UTF-8 bytes)."""

    title: str
    kind: TextKind
    kind_was_guessed: bool
    verdict: Verdict
    verdict_reason: str
    findings: tuple[Finding, ...]
    categories: tuple[CategoryRisk, ...]
    precedents: Precedents
    notes: tuple[str, ...]
    characters: int
    text_hash: str
    checks_hash: str
    release: str
    at: AwareDatetime
    by: str
    role: Role

    @property
    def must_change(self) -> int:
        """How many findings stand against publishing."""
        return sum(finding.concern is not Concern.should for finding in self.findings)
