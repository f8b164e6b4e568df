"""A draft as a file to take away: Word, Markdown, plain text, or the draft file itself.

The same draft with the same standing gives the same bytes. Each form bears the mark of AI help twice, to be read and in
its metadata, and says at its top (Word: on each page) when it may not be published.
"""

from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from engine.drafting.document import Draft
from engine.drafting.exports.layout import Layout, as_posted, layout_of, visible_only
from engine.drafting.exports.mark import AiMark, embedded, mark_of, visible
from engine.drafting.exports.standing import DRAFT, Standing
from engine.drafting.template_program import load_template
from engine.model import Frozen
from knowledge.schema import CHANNEL_TITLES, Channel, Template


class ExportForm(StrEnum):
    """What a draft may be written as."""

    docx = "docx"
    md = "md"
    txt = "txt"
    json = "json"


FORM_TITLES: Final = {
    ExportForm.docx: "Word",
    ExportForm.md: "Markdown",
    ExportForm.txt: "纯文本",
    ExportForm.json: "草稿文件",
}
_MEDIA: Final = {
    ExportForm.docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ExportForm.md: "text/markdown; charset=utf-8",
    ExportForm.txt: "text/plain; charset=utf-8",
    ExportForm.json: "application/json; charset=utf-8",
}


class DraftExport(Frozen):
    """A file; `name` is Chinese, with its ending."""

    name: str
    media_type: str
    content: bytes


class Statement(Frozen):
    """What is exported: a draft with its standing. `version` is None and `at` unknown for a draft file from elsewhere.

    `at` is when it was approved, or else written. `about` is a line of its own before the text, such as which earlier
    statement this one corrects. `with_sources` adds each sentence with where its words come from (Word, Markdown).
    """

    draft: Draft
    standing: Standing
    at: AwareDatetime
    version: int | None = None
    about: str = ""
    with_sources: bool = False

    @property
    def template(self) -> Template:
        """The template that the draft carries."""
        return load_template(self.draft.template_source)

    @property
    def layout(self) -> Layout:
        """The parts of the text."""
        return layout_of(self.draft.text)

    @property
    def mark(self) -> AiMark:
        """The draft's mark; one of the first version is given it now."""
        draft = self.draft
        return draft.mark or mark_of(draft.incident, draft.template, draft.text, draft.model)

    @property
    def mark_line(self) -> str:
        """The mark to be read."""
        return visible(approved=self.standing.approved)

    @property
    def title(self) -> str:
        """The text's own title, or the template's."""
        return self.layout.title or visible_only(self.template.title)

    @property
    def state(self) -> str:
        """正式稿, or what forbids publication."""
        return "正式稿" if self.is_final else "；".join(self.warnings) or self.standing.label

    @property
    def is_final(self) -> bool:
        """May be published as it is."""
        return self.standing.is_final

    @property
    def warnings(self) -> tuple[str, ...]:
        """What forbids publication."""
        return self.standing.warnings

    @property
    def top_lines(self) -> tuple[str, ...]:
        """What stands before the text."""
        return (*self.warnings, *self.standing.remarks, *((visible_only(self.about),) if self.about else ()))


def export(statement: Statement, form: ExportForm) -> DraftExport:
    """The statement as a file."""
    return DraftExport(name=_name(statement, form), media_type=_MEDIA[form], content=_content(statement, form))


def _content(statement: Statement, form: ExportForm) -> bytes:
    if form is ExportForm.json:
        return statement.draft.to_json().encode()
    if form is ExportForm.txt:
        return to_text(statement).encode()
    if form is ExportForm.md:
        from engine.drafting.exports.markdown import to_markdown  # noqa: PLC0415 - it imports this module's types

        return to_markdown(statement).encode()
    from engine.drafting.exports.word_file import to_word  # noqa: PLC0415 - reading python-docx takes its time

    return to_word(statement)


def to_text(statement: Statement) -> str:
    """Plain text as it is posted in the channel, the mark below it, its record on the last line."""
    body = as_posted(statement.draft.text, statement.template.channel)
    top = [f"【{line}】" for line in statement.top_lines]
    record = f"AIGC {embedded(statement.mark)}"
    return "\n\n".join([*(["\n".join(top)] if top else []), body, statement.mark_line, record]) + "\n"


def to_post(statement: Statement) -> str:
    """What is pasted where it is published: the words and the mark to be read, nothing else."""
    body = as_posted(statement.draft.text, statement.template.channel)
    about = f"{visible_only(statement.about)}\n" if statement.about else ""
    return f"{about}{body}\n（{statement.mark_line}）"


def _name(statement: Statement, form: ExportForm) -> str:
    title = "".join(char if char.isalnum() else "-" for char in visible_only(statement.template.title))[:60]
    version = f"-第{statement.version}版" if statement.version is not None else ""
    label = statement.standing.label
    state = "" if form is ExportForm.json and label == DRAFT else label
    return f"{state}{'-' if state else ''}{title}{version}.{form}"


def channel_title(channel: str) -> str:
    """The channel in words."""
    return CHANNEL_TITLES[Channel(channel)] if channel in set(Channel) else channel
