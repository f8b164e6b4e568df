"""What a statement must say 必备内容: per category, level, kind and channel."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge.schema.base import Category, Level, Slug, Text
from knowledge.schema.facts import FactKey
from knowledge.schema.templates import Channel, Template

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


class RequiredElement(BaseModel):
    """One thing that must be said, and where: in statements of these categories, kinds, levels and channels.

    It is said when one of `facts` is stated, or when a sentence holds one of the phrases of `wording`; `…` in a phrase
    stands for any words of the same sentence. `clause` names the regulation (its id) that asks for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    title: Text
    categories: Annotated[tuple[Category, ...], Field(min_length=1)] = tuple(Category)
    kinds: Annotated[tuple[Literal["statement", "holding"], ...], Field(min_length=1)] = ("statement",)
    levels: Annotated[tuple[Level, ...], Field(min_length=1)] = tuple(Level)
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = tuple(Channel)
    clause: Slug | None = None
    facts: tuple[FactKey, ...] = ()
    wording: Annotated[tuple[Phrase, ...], Field(max_length=40)] = ()

    @model_validator(mode="after")
    def _can_be_said(self) -> Self:
        if not self.facts and not self.wording:
            raise ValueError("没有写明怎样算说到了：facts 和 wording 至少写一项")
        return self

    def applies_to(self, template: Template, level: Level | None = None) -> bool:
        """Whether a statement of this template must say it; without a level, at any level of the template's.

        A template for any category must say what every category's must.
        """
        of_category = len(self.categories) == len(Category) or template.category in self.categories
        of_level = level in self.levels if level else bool(set(template.levels) & set(self.levels))
        return of_category and of_level and template.kind in self.kinds and template.channel in self.channels
