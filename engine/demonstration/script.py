"""The script of the demonstration: what happens, when, to whom. Data, read from script.yaml."""

from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import Field, JsonValue

from engine.demonstration.wording import Wording, bundled_wording
from engine.errors import InputError
from engine.model import AuthorKind, Frozen, MentionKind

Minutes = Annotated[float, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class BrandNames(Frozen):
    """How a brand is called in texts."""

    name: str
    short: str
    product: str


class People(Frozen):
    """Parts of account names."""

    first: tuple[str, ...]
    second: tuple[str, ...]


class Channel(Frozen):
    """One place where people speak."""

    platform: str
    kind: MentionKind
    weight: Positive


class Speaker(Frozen):
    """A named account of the script."""

    name: str
    followers: int
    kind: AuthorKind = AuthorKind.personal


class Growth(Frozen):
    """Counts that a mention reaches after `minutes`, seen in `updates` steps along a diffusion shape."""

    shape: str
    minutes: Minutes
    updates: Positive
    reposts: int
    comments: int
    likes: int
    views: int


class Background(Frozen):
    """Mentions of normal days."""

    brand: str
    pool: str
    channel: str
    per_day: float
    author_kind: AuthorKind = AuthorKind.personal


class Wave(Frozen):
    """`count` mentions of one pool, from `at` over `minutes` of a crisis, paced by a diffusion shape.

    `of` names the pool whose latest text a repost quotes.
    """

    pool: str
    channel: str
    count: Positive
    at: Minutes = 0
    minutes: Minutes = 0
    shape: str = "steady"
    author: Speaker | None = None
    grows: Growth | None = None
    of: str | None = None
    hot_search_rank: int | None = None


class Crisis(Frozen):
    """One brand's crisis; its waves count from `begins_minutes` after the start."""

    name: str
    brand: str
    begins_minutes: Minutes
    waves: tuple[Wave, ...]


class Trouble(Frozen):
    """A hostile or wrong record, given as it is; its text is repeated and dated ahead where told."""

    at_minutes: Minutes
    record: dict[str, JsonValue]
    repeat: Positive = 1
    published_ahead_minutes: Minutes = 0


class Script(Frozen):
    """Everything that happens, and the wording it is told in."""

    history_days: Positive
    crisis_days: Positive
    brands: dict[str, BrandNames]
    people: People
    channels: dict[str, tuple[Channel, ...]]
    background: tuple[Background, ...]
    crises: tuple[Crisis, ...]
    troubles: tuple[Trouble, ...]
    wording: Wording


def load_script(text: str, wording: Wording) -> Script:
    """A script of YAML text.

    Raises:
        InputError: a brand, channel or pool that is not defined.

    """
    found: dict[str, Any] = yaml.safe_load(text)
    script = Script.model_validate({**found, "wording": wording})
    _refuse_undefined(script)
    return script


def bundled_script() -> Script:
    """The demonstration that ships with the product."""
    text = files("engine.demonstration").joinpath("script.yaml").read_text(encoding="utf-8")
    return load_script(text, bundled_wording())


def substituted(
    script: Script, *, brands: dict[str, BrandNames] | None = None, wording: Wording | None = None
) -> Script:
    """The same events with other brand names (by the script's keys) or told in other words."""
    changed = script.model_copy(
        update={"brands": {**script.brands, **(brands or {})}, "wording": wording or script.wording}
    )
    _refuse_undefined(changed)
    return changed


def _refuse_undefined(script: Script) -> None:
    waves = [wave for crisis in script.crises for wave in crisis.waves]
    brands = {item.brand for item in script.background} | {crisis.brand for crisis in script.crises}
    channels = {item.channel for item in script.background} | {wave.channel for wave in waves}
    pools = {item.pool for item in script.background} | {wave.pool for wave in waves}
    for what, missing in (
        ("品牌", brands - set(script.brands)),
        ("渠道", channels - set(script.channels)),
        ("措辞", pools - set(script.wording.pools)),
    ):
        if missing:
            raise InputError(f"演示脚本用到未定义的{what}：{'、'.join(sorted(missing))}")
