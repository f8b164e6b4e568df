"""A template as it would read: filled with typical facts, with what its channel counts."""

from dataclasses import dataclass

from knowledge.lint_templates import WEIBO_CHARS
from knowledge.rendering import longest, model_free
from knowledge.schema import Channel, Template


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """`text` without a model, with typical facts; `longest` counts the characters of the longest wording; `limit` is
    what the channel or the template allows.
    """

    text: str
    longest: int
    limit: int | None

    @property
    def length(self) -> int:
        """Characters of the text."""
        return len(self.text)

    @property
    def is_too_long(self) -> bool:
        """Whether some wording goes beyond the limit."""
        return self.limit is not None and self.longest > self.limit


def preview(template: Template) -> TemplatePreview:
    """How a template reads with typical facts."""
    limits = [one for one in (template.max_chars, WEIBO_CHARS if template.channel is Channel.weibo else None) if one]
    return TemplatePreview(model_free(template), len(longest(template)), min(limits) if limits else None)
