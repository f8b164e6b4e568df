"""What is being edited of one knowledge entry: its text, checked after a pause and kept as a revision when asked."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from api.web.shell import Viewer
from engine.errors import Conflict, NotFound
from engine.intake.times import CHINA
from engine.knowledge_base.checks import EntryReading
from engine.knowledge_base.filling import fill, next_version
from engine.knowledge_base.forms import FormField
from engine.knowledge_base.in_force import parsed
from engine.knowledge_base.places import place_of
from engine.knowledge_base.revisions import Revision
from engine.knowledge_base.skeleton import new_incident
from engine.knowledge_base.views import EntryWork
from engine.knowledge_base.yaml_edit import TextEditError
from engine.releases.views import FileChange
from rules.document import Place, parse_document
from rules.errors import BadRulesError

PAUSE_SECONDS: Final = 0.3


class EntryEditor:
    """The text of one entry as one person edits it. `wrong` says by place what was typed and could not be written;
    `on_check` redraws what depends on the text.
    """

    work: EntryWork
    text: str
    parent: str | None
    reading: EntryReading
    change: FileChange

    def __init__(self, viewer: Viewer, entry: str, title: str = "") -> None:
        self.viewer = viewer
        self.entry = entry
        self.place = place_of(entry)
        self.wrong: dict[Place, str] = {}
        self.on_check: Callable[[], Awaitable[None]] = _nothing
        self._title = title
        self._stamp = 0
        self._writing = asyncio.Lock()

    async def load(self) -> None:
        """Take up the newest draft, or what is in force; a past incident that is not there yet is begun."""
        try:
            self.work = await self.viewer.ask(self.viewer.desk.entry_work, self.entry)
            self.text, self.parent = self.work.text, self.work.parent
        except NotFound:
            if not self._title:
                raise
            self.text, self.parent = (
                new_incident(self.entry, self._title, self.viewer.now.astimezone(CHINA).date()),
                None,
            )
            self.work = EntryWork(
                entry=self.entry,
                kind=self.place.kind,
                path=self.place.path,
                text="",
                parent=None,
                in_force=None,
                in_force_hash=None,
                work=None,
            )
        await self._check()

    @property
    def is_changed(self) -> bool:
        """Whether there is something that is not kept."""
        return self.text != self.work.text or self.parent != self.work.parent or bool(self.wrong)

    async def type_text(self, text: str) -> None:
        """The text was changed; it is checked when nothing was typed for a moment."""
        self.text = text
        self._stamp += 1
        mine = self._stamp
        await asyncio.sleep(PAUSE_SECONDS)
        if mine == self._stamp:
            await self._check()
            await self.on_check()

    async def fill(self, field: FormField, value: Any) -> None:
        """Something was typed into a field of the form."""
        self.wrong.pop(field.place, None)
        try:
            await self._write(lambda text: fill(text, field, value))
        except TextEditError as error:
            self.wrong[field.place] = str(error)
        await self.type_text(self.text)

    async def edit(self, change: Callable[[str], str]) -> str | None:
        """Change the text as a button asks; gives what is wrong instead when it cannot be done."""
        try:
            await self._write(change)
        except TextEditError as error:
            return str(error)
        await self.type_text(self.text)
        return None

    async def _write(self, change: Callable[[str], str]) -> None:
        """Change the text beside the event loop, one change after the other; begun again when the source was typed into
        meanwhile. Raises TextEditError.
        """
        async with self._writing:
            before = None
            while before != self.text:
                before = self.text
                after = await asyncio.to_thread(lambda text: self._counted(change(text)), before)
            self.text = after

    async def written(self) -> None:
        """Wait until what was typed into the form stands in the text."""
        async with self._writing:
            pass

    def _counted(self, text: str) -> str:
        """The first change from the form counts the version up; in the source people do it themselves."""
        before = parsed(self.entry, self.work.in_force) if self.work.in_force else None
        try:
            data = parse_document("", text).data
        except BadRulesError:
            return text
        if before is None or not isinstance(data, dict) or data.get("version", 1) != before.version:
            return text
        try:
            return next_version(text, before.version)
        except TextEditError:
            return text

    async def save(self) -> Revision:
        """Keep the text as a draft. Raises Conflict when somebody else was faster: what was typed stays here, and so
        does what is typed while it is kept.
        """
        await self.written()
        text = self.text
        kept = await self.viewer.ask(self.viewer.desk.keep_entry, self.entry, text, self.parent)
        self.work = await self.viewer.ask(self.viewer.desk.entry_work, self.entry)
        self.parent = kept.hash
        if self.work.text != text:
            raise Conflict("已保存；在这一刻另一个人又保存了一份，请刷新后再继续")
        await self._check()
        return kept

    async def begin_from(self, parent: str | None, text: str | None = None) -> None:
        """Go on from another text than before, with what was typed here or with that text."""
        self.work = await self.viewer.ask(self.viewer.desk.entry_work, self.entry)
        self.parent = parent
        if text is not None:
            self.text = text
            self.wrong.clear()
        await self._check()

    async def _check(self) -> None:
        desk, ask = self.viewer.desk, self.viewer.ask
        self.reading = await ask(desk.check_entry, self.entry, self.text)
        self.change = await ask(desk.entry_text_changes, self.entry, self.text)


async def _nothing() -> None:
    """Until the page is drawn."""
