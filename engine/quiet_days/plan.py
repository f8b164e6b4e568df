"""The plan of the quiet days: who is spoken of, by whom, where and how often. Data, read from plan.yaml."""

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import Field

from engine.demonstration.script import BrandNames, Channel, People, Positive
from engine.demonstration.wording import Wording, load_wording
from engine.errors import InputError
from engine.model import AuthorKind, Frozen

_TEXTS: Final = ("complaints.yaml", "everyday.yaml")
_HOURS: Final = 24

Share = Annotated[float, Field(ge=0)]
Voice = Literal["media", "official", "regulator", "company"]


class Account(Frozen):
    """A named account that speaks for an organisation."""

    name: str
    followers: int


class Rhythm(Frozen):
    """The share of an ordinary day by weekday, Monday first, and the weight of each hour."""

    weekdays: Annotated[tuple[Share, ...], Field(min_length=7, max_length=7)]
    hours: Annotated[tuple[Share, ...], Field(min_length=_HOURS, max_length=_HOURS)]


class DueDays(Frozen):
    """Days of the month on which some pools come up `times` as often."""

    days: tuple[int, ...]
    times: Share
    pools: tuple[str, ...]


class Promotions(Frozen):
    """Days after the start on which a small promotion brings `count` more mentions of a pool."""

    days: tuple[int, ...]
    brand: str
    pool: str
    count: Positive


class Background(Frozen):
    """Mentions of one brand and pool; `per_day` is the mean of an ordinary working day. No `voice`: people."""

    brand: str
    pool: str
    channel: str
    per_day: Share
    rhythm: str = "people"
    voice: Voice | None = None

    @property
    def author_kind(self) -> AuthorKind:
        """What kind of account speaks; a company's own account is an official one, as monitoring tools mark it."""
        if self.voice is None:
            return AuthorKind.personal
        return AuthorKind.official if self.voice == "company" else AuthorKind(self.voice)


class Plan(Frozen):
    """Everything that is said, and the words for it. `variants`: how many fillings of one pattern a brand gets."""

    days: Positive
    starts: date
    variants: Positive
    brands: dict[str, BrandNames]
    people: People
    voices: dict[Voice, tuple[Account, ...]]
    channels: dict[str, tuple[Channel, ...]]
    rhythms: dict[str, Rhythm]
    due_days: DueDays
    promotions: Promotions
    background: tuple[Background, ...]
    wordings: tuple[Wording, ...]

    def wording(self, pool: str) -> Wording:
        """The wording that has this pool."""
        return next(one for one in self.wordings if pool in one.pools)


def load_plan(text: str, wordings: tuple[Wording, ...]) -> Plan:
    """A plan of YAML text, told in the given wordings.

    Raises:
        InputError: a brand, channel, rhythm, voice or pool that is not defined.

    """
    found: dict[str, Any] = yaml.safe_load(text)
    plan = Plan.model_validate({**found, "wordings": wordings})
    _refuse_undefined(plan)
    return plan


@cache
def bundled_plan() -> Plan:
    """The quiet days that ship with the product."""
    return load_plan(_bundled("plan.yaml"), tuple(load_wording(_bundled(name)) for name in _TEXTS))


def _bundled(name: str) -> str:
    return files("engine.quiet_days").joinpath(name).read_text(encoding="utf-8")


def _refuse_undefined(plan: Plan) -> None:
    items = plan.background
    pools = {pool for wording in plan.wordings for pool in wording.pools}
    used = {item.pool for item in items} | {plan.promotions.pool, *plan.due_days.pools}
    for what, missing in (
        ("品牌", ({item.brand for item in items} | {plan.promotions.brand}) - set(plan.brands)),
        ("渠道", {item.channel for item in items} - set(plan.channels)),
        ("节奏", {item.rhythm for item in items} - set(plan.rhythms)),
        ("账号", {item.voice for item in items if item.voice} - set(plan.voices)),
        ("措辞", used - pools),
    ):
        if missing:
            raise InputError(f"平静日计划用到未定义的{what}：{'、'.join(sorted(missing))}")
