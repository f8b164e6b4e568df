"""What is being edited of one rule: both texts, kept for their author as they are typed, and checked after a pause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from api.errors import HANDLED, answer_for
from api.web.shell import Viewer
from engine.workbench.reading import RuleReading
from engine.workbench.reads import rule_path, tests_path
from rules.text_edit import TextEditError, set_value

PAUSE_SECONDS: Final = 0.3
LONG_PAUSE_SECONDS: Final = 0.6


class RuleEditor:
    """The texts of one rule and its tests as one person edits them. `on_check` redraws what depends on them; `on_pause`
    follows when nothing was typed for a while longer.
    """

    check: RuleReading
    text: str
    tests: str

    def __init__(self, viewer: Viewer, rule_id: str) -> None:
        self.viewer = viewer
        self.rule_id = rule_id
        self.path = rule_path(rule_id)
        self.tests_path = tests_path(self.path)
        self.base: dict[str, str | None] = {}
        self.is_stale = False
        self.saved = ""
        self.on_check: Callable[[], Awaitable[None]] = _nothing
        self.on_pause: Callable[[], Awaitable[None]] = _nothing
        self._stamp = 0

    async def load(self) -> None:
        """Take up the working copies, or the files in force."""
        files = await self.viewer.ask(self.viewer.desk.rule_files)
        edits = {edit.path: edit for edit in await self.viewer.ask(self.viewer.desk.rule_edits)}
        self.base = {path: files.get(path) for path in (self.path, self.tests_path)}
        self.is_stale = any(edits[path].base != text for path, text in self.base.items() if path in edits)
        self.text, self.tests = (edits[path].text if path in edits else text or "" for path, text in self.base.items())
        await self._check()

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from what is in force."""
        return (self.text, self.tests) != tuple(text or "" for text in self.base.values())

    async def type_text(self, text: str) -> None:
        """The rule's text was changed."""
        self.text = text
        await self._after_pause()

    async def type_tests(self, tests: str) -> None:
        """The tests' text was changed."""
        self.tests = tests
        await self._after_pause()

    async def change(self, edit: Callable[[str], str]) -> str | None:
        """Change the rule's text from the form; gives what is wrong instead when it cannot be done."""
        try:
            text = self._next_version(edit(self.text))
        except TextEditError as error:
            return str(error)
        await self.type_text(text)
        return None

    def _next_version(self, text: str) -> str:
        """The first change from the form counts the version up; in the source people do it themselves."""
        before = self.check.rule
        if self.text != self.base[self.path] or before is None:
            return text
        return set_value(text, ("version",), before.version + 1)

    async def drop(self) -> None:
        """Give up all changes of this rule."""
        for path in self.base:
            await self.viewer.ask(self.viewer.desk.drop_rule_edit, path)
        await self.load()

    async def _after_pause(self) -> None:
        self._stamp += 1
        mine = self._stamp
        await asyncio.sleep(PAUSE_SECONDS)
        if mine == self._stamp:
            await self._keep()
            await self._check()
            await self.on_check()
            await asyncio.sleep(LONG_PAUSE_SECONDS)
        if mine == self._stamp:
            await self.on_pause()

    async def _keep(self) -> None:
        try:
            for (path, base), text in zip(self.base.items(), (self.text, self.tests), strict=True):
                if text or base is not None:
                    await self.viewer.ask(self.viewer.desk.keep_rule_edit, path, base, text)
            self.saved = "改动已自动保存"
        except HANDLED as error:
            self.saved = f"没有保存：{error} {answer_for(error).kept}"

    async def _check(self) -> None:
        self.check = await self.viewer.ask(self.viewer.desk.check_rule_text, self.path, self.text, self.tests)


async def _nothing() -> None:
    """Until the page is drawn."""
