"""Working copies of rule files: work that survives a reload, seen by its author alone, until it is proposed."""

import re
from typing import Final

from engine.command_base import Commands
from engine.errors import InputError
from engine.model import Actor
from engine.permissions import Permission, require
from engine.store import rule_edits
from engine.views import RuleEdit

LONGEST_FILE: Final = 200_000
_PATH: Final = re.compile(r"rules/(packs/[a-z][a-z0-9_]{0,39}/[a-z][a-z0-9_]{0,79}|handling)\.yaml")


class RuleEditCommands(Commands):
    """See `engine.commands.Desk`."""

    def rule_edits(self, actor: Actor) -> tuple[RuleEdit, ...]:
        """The actor's own working copies, in the order of their paths."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            return rule_edits.load_edits(connection, actor.name)

    def keep_rule_edit(self, actor: Actor, path: str, base: str | None, text: str) -> None:
        """Keep a working copy of one rule or test file; one that says what `base` says is given up instead.

        Raises InputError for a path that is no rule file's, or a text that is too long.
        """
        require(actor, Permission.propose_release)
        if not _PATH.fullmatch(path):
            raise InputError("只能改规则文件、它的用例和分级处置表", field=path)
        if len(text) > LONGEST_FILE:
            raise InputError(f"文件太长，至多{LONGEST_FILE}个字", field=path)
        with self.database.write() as connection:
            if text == base:
                rule_edits.drop_edit(connection, actor.name, path)
            else:
                edit = RuleEdit(path=path, base=base, text=text, changed_at=self.clock())
                rule_edits.save_edit(connection, actor.name, edit)

    def drop_rule_edit(self, actor: Actor, path: str) -> None:
        """Give up the actor's working copy of a file."""
        require(actor, Permission.propose_release)
        with self.database.write() as connection:
            rule_edits.drop_edit(connection, actor.name, path)
