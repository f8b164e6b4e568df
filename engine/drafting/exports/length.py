"""How long a statement is where it is posted, and whether that is too long.

Weibo counts two ASCII characters as one and folds what is beyond 140; elsewhere every character counts as one.
"""

from typing import Final

from engine.drafting.document import Draft
from engine.drafting.exports.layout import as_posted
from engine.drafting.template_program import load_template
from knowledge.schema import Channel

WEIBO_FOLDS: Final = 140


def posted_length(text: str, channel: Channel) -> int:
    """The characters of a text as its channel counts them."""
    if channel is not Channel.weibo:
        return len(text)
    halves = sum(1 if char.isascii() else 2 for char in text)
    return -(-halves // 2)


def body_fault(draft: Draft) -> str:
    """正文…字，超过本渠道上限…字, or nothing."""
    template = load_template(draft.template_source)
    count = posted_length(as_posted(draft.text, template.channel), template.channel)
    limit = template.max_chars
    return "" if limit is None or count <= limit else f"正文 {count} 字，超过本渠道上限 {limit} 字"


def fold_note(posted: str, channel: Channel) -> str:
    """What happens to a post, its required lines included, that is longer than Weibo shows at once; or nothing."""
    count = posted_length(posted, channel)
    if channel is not Channel.weibo or count <= WEIBO_FOLDS:
        return ""
    return f"连同标识等必须的行共 {count} 字，超过 {WEIBO_FOLDS} 字：发布后会被折叠，请先看折叠处，再决定是否精简正文"
