"""Templates 声明模板: approved statements with typed slots."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge.schema.base import Category, Entry, Level, Strategy, Text
from knowledge.schema.facts import FactKey


class Channel(StrEnum):
    """Where a statement is used."""

    weibo = "weibo"
    wechat = "wechat"
    media_qa = "media_qa"
    service_script = "service_script"
    internal_notice = "internal_notice"
    regulator_report = "regulator_report"


CHANNEL_TITLES = {
    Channel.weibo: "微博短声明",
    Channel.wechat: "公众号正式声明",
    Channel.media_qa: "媒体问答",
    Channel.service_script: "客服口径",
    Channel.internal_notice: "内部通报",
    Channel.regulator_report: "监管报告",
}


class Tone(StrEnum):
    """How a statement speaks; what goes with it is in `knowledge/tones.yaml`."""

    apologetic = "apologetic"
    factual = "factual"
    firm = "firm"
    restrained = "restrained"
    caring = "caring"
    directive = "directive"
    formal = "formal"


class FactSlot(BaseModel):
    """Copied from the register; 【待核实】 when no confirmed fact is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["fact"] = "fact"
    fact: FactKey


class ChoiceOption(BaseModel):
    """An approved phrasing for some response strategies only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text
    strategies: Annotated[tuple[Strategy, ...], Field(min_length=1)]


class ChoiceSlot(BaseModel):
    """One of the approved phrasings; the first that the strategy allows is the default without a model.

    An option is a text, or a text with the strategies that it fits: under any other strategy it may not be said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["choice"] = "choice"
    options: Annotated[tuple[Text | ChoiceOption, ...], Field(min_length=2)]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every phrasing, in order."""
        return tuple(option if isinstance(option, str) else option.text for option in self.options)

    def allowed(self, strategy: Strategy | None) -> tuple[int, ...]:
        """The options that may be said under a strategy, those made for it first; all while none is chosen."""
        if strategy is None:
            return tuple(range(len(self.options)))
        fits = [_fit(option, strategy) for option in self.options]
        return tuple(sorted((index for index, fit in enumerate(fits) if fit), key=lambda index: -fits[index]))


def _fit(option: str | ChoiceOption, strategy: Strategy) -> int:
    """2 for an option made for the strategy, 1 for one that fits any, 0 for one made for others."""
    if isinstance(option, str):
        return 1
    return 2 if strategy in option.strategies else 0


class ProseSlot(BaseModel):
    """A clause decoded under a closed vocabulary: phrases of the cited facts plus approved phrases.

    `patterns` are the approved clause shapes, each a literal with `{fact_key}` holes and `{phrases}` holes; the
    model chooses among the ways to fill them and the first that the confirmed facts allow is the model-free wording.
    `phrases` are approved connecting or softening phrases, without negation, cause, promise, number or name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["prose"] = "prose"
    cites: Annotated[tuple[FactKey, ...], Field(min_length=1)]
    patterns: Annotated[tuple[Text, ...], Field(min_length=2)]
    phrases: Annotated[tuple[Text, ...], Field(min_length=2)]


Slot = Annotated[FactSlot | ChoiceSlot | ProseSlot, Field(discriminator="type")]


class Template(Entry):
    """An approved statement: literal text with `{{slot}}` marks and `{{#if key}}`, `{{#unless key}}`, `{{#each key}}`
    blocks (see `knowledge.body`). A holding template has no fact slot but registry
    facts (company, hotline, statement_date), so it can be released when nothing is confirmed.
    """

    category: Category | Literal["any"]
    kind: Literal["statement", "holding"] = "statement"
    channel: Channel
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    strategies: Annotated[tuple[Strategy, ...], Field(min_length=1)]
    tone: Tone | None = None
    max_chars: Annotated[int, Field(ge=50, le=5000)] | None = None
    slots: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], Slot]
    body: Annotated[str, StringConstraints(min_length=20)]
