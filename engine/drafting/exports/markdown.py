"""A statement as Markdown: front matter with the embedded mark, the text escaped, the mark to be read."""

import json
import re
from typing import Final

from engine.drafting.exports.exporting import Statement, channel_title
from engine.drafting.exports.layout import as_posted, visible_only
from engine.drafting.exports.mark import FIELD, embedded
from engine.drafting.exports.sources import sourced_sentences
from knowledge.schema import Channel

_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_ACTIVE: Final = re.compile(
    r"[\\`*_{}\[\]<>#|!&~$^@]|(?<=[a-z]):(?=//)|(?<=www)\.|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]", re.IGNORECASE
)


def to_markdown(statement: Statement) -> str:
    """All of it; words of others do nothing in it."""
    lines = [*_front_matter(statement), f"# {escaped(statement.title)}", ""]
    for line in statement.top_lines:
        lines += [f"> **{escaped(line)}**", ""]
    for paragraph in _paragraphs(statement):
        lines += [escaped(paragraph), ""]
    signature = statement.layout.signature
    if signature and statement.template.channel is not Channel.weibo:
        lines += ["  \n".join(map(escaped, signature)), ""]
    lines += ["---", "", f"*{escaped(statement.mark_line)}*"]
    return "\n".join([*lines, *(_sources(statement) if statement.with_sources else []), ""])


def _paragraphs(statement: Statement) -> tuple[str, ...]:
    if statement.template.channel is Channel.weibo:
        return (as_posted(statement.draft.text, Channel.weibo),)
    return statement.layout.paragraphs


def _front_matter(statement: Statement) -> list[str]:
    """JSON strings are YAML strings."""
    pairs = {
        "title": statement.title,
        "channel": channel_title(statement.template.channel),
        "state": statement.state,
        "version": statement.version,
        "at": statement.at.isoformat(timespec="seconds"),
        "fingerprint": statement.draft.content_hash,
    }
    written = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in pairs.items()]
    return ["---", *written, f"{FIELD}: {embedded(statement.mark)}", "---", ""]


def _sources(statement: Statement) -> list[str]:
    lines = ["", "", "## 逐句出处", "", "| 原文 | 文字来源 | 事实依据 |", "| --- | --- | --- |"]
    rows = sourced_sentences(statement.draft)
    return [*lines, *(f"| {escaped(one.text)} | {one.origins} | {escaped(one.sources)} |" for one in rows)]


def escaped(text: str) -> str:
    """On one line, nothing in it that Markdown or HTML acts on."""
    flat = " ".join(visible_only(text).split())
    return _ACTIVE.sub(lambda found: _ENTITIES.get(found.group(), f"\\{found.group()}"), flat)
