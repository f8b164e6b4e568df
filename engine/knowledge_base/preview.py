"""A template as it would read: with all facts, with those known early, with none; and what its channel counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.drafting.elements import elements_for, judge
from engine.drafting.samples import EARLY, sample_register
from engine.drafting.slots import ways
from engine.drafting.template_program import parts_of
from engine.errors import InputError
from engine.model import LEVEL_TITLES, Fact, Level, SpanOrigin
from knowledge.elements import load_elements
from knowledge.lint_templates import WEIBO_CHARS
from knowledge.rendering import longest
from knowledge.schema import CHANNEL_TITLES, Category, Channel, Template

_INCIDENT: Final = "preview"


@dataclass(frozen=True, slots=True)
class PreviewText:
    """One wording without a model. `title` says which facts were known, `open` how many places are 【待核实】, `unsaid`
    what it must say and does not (titles; what is only 【待核实】 does not count).
    """

    title: str
    text: str
    open: int
    unsaid: tuple[str, ...]

    @property
    def length(self) -> int:
        """Characters of the text."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """`texts` with all facts first; `longest` counts the characters of the longest wording with all of them; `limit` is
    what the channel or the template allows, `channel` its name.
    """

    texts: tuple[PreviewText, ...]
    longest: int
    limit: int | None
    channel: str

    @property
    def text(self) -> str:
        """The wording with all facts."""
        return self.texts[0].text

    @property
    def is_too_long(self) -> bool:
        """Whether some wording goes beyond the limit."""
        most = max(self.longest, *(one.length for one in self.texts))
        return self.limit is not None and most > self.limit


def preview(template: Template) -> TemplatePreview | None:
    """How a template reads with believable facts; None while its body cannot be read."""
    limits = [one for one in (template.max_chars, WEIBO_CHARS if template.channel is Channel.weibo else None) if one]
    try:
        texts = tuple(_texts(template))
    except InputError:
        return None
    return TemplatePreview(
        texts, len(longest(template)), min(limits) if limits else None, CHANNEL_TITLES[template.channel]
    )


def _texts(template: Template) -> Iterator[PreviewText]:
    category = Category.fee_dispute if template.category == "any" else Category(template.category)
    yield _text(template, "事实齐全", sample_register(category, _INCIDENT))
    if template.kind == "holding":
        return
    yield _text(template, "只确认了少数事实", sample_register(category, _INCIDENT, only=EARLY))
    yield _text(template, "事实都未确认", sample_register(category, _INCIDENT, confirmed=False))


def _text(template: Template, title: str, register: Sequence[Fact]) -> PreviewText:
    strategy = template.strategies[0]
    spans = [ways(part, register, strategy)[0].span for part in parts_of(template, register)]
    verdicts = judge(elements_for(template), spans, register)
    return PreviewText(
        title,
        "".join(span.text for span in spans),
        sum(span.origin is SpanOrigin.unresolved for span in spans),
        tuple(one.title + _only_at(template, one.id) for one in verdicts if not one.present and not one.is_open),
    )


def _only_at(template: Template, element: str) -> str:
    """At which of the template's levels an element must be said, when not at all of them."""
    at = [level for level in template.levels if level in load_elements()[element].levels]
    if len(at) == len(template.levels):
        return ""
    return f"（{'、'.join(LEVEL_TITLES[Level(level)] for level in at)}时必备）"
