"""Prevention for people: assess a planned text; the audit chain keeps its hash, never the text."""

from collections.abc import Sequence
from functools import partial

from engine.command_base import Commands
from engine.model import Actor
from engine.permissions import Permission, require
from engine.precheck.assessing import Search, assess
from engine.precheck.loader import bundled_checks
from engine.precheck.model import KIND_TITLES, VERDICT_TITLES, Assessment, TextKind
from engine.precheck.precedents import not_searched, precedents


class PrecheckCommands(Commands):
    """See `engine.commands.Desk`."""

    def precheck(
        self,
        actor: Actor,
        text: str,
        kind: TextKind | None = None,
        title: str = "",
        *,
        with_precedents: bool = True,
        unread: Sequence[str] = (),
        remarks: Sequence[str] = (),
    ) -> Assessment:
        """What this text could start, by the program's checks and the regulations of the release in force.

        `unread` and `remarks` come from the file that the text was read from, see `assess`.
        Nothing of the text is kept. Raises InputError for a text that is empty or too long.
        """
        require(actor, Permission.precheck)
        release = self.release
        assessment = assess(
            text,
            kind,
            title=title,
            checks=bundled_checks(),
            regulations=release.knowledge.regulations,
            release=release.hash,
            actor=actor,
            at=self.clock(),
            search=self._search_for(actor) if with_precedents else lambda *_: not_searched(),
            unread=unread,
            remarks=remarks,
        )
        detail = f"{KIND_TITLES[assessment.kind]}：{VERDICT_TITLES[assessment.verdict]}，{assessment.verdict_reason}"
        with self.database.write() as connection:
            self._audit(connection, actor, "precheck.assessed", assessment.text_hash, detail)
        return assessment

    def _search_for(self, actor: Actor) -> Search:
        return partial(
            precedents,
            ask=lambda query, category: self.searcher.search(
                query, k=3, kinds=frozenset(("incident",)), category=category
            ),
            entry=partial(self.knowledge_entry, actor),
        )
