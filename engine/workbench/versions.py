"""How a rule came to read as it does: the releases that changed it, newest first."""

from collections.abc import Iterator

from pydantic import AwareDatetime
from sqlalchemy import Connection

from engine.model import Actor, Frozen, Realm
from engine.permissions import Permission, require
from engine.reads import Reads
from engine.releases.release import load_release
from engine.store import releases
from engine.workbench.reads import rule_path
from rules.diff import rule_changes
from rules.schema import Rule


class RuleVersion(Frozen):
    """What became of a rule with a release: since when, by whose approval, and a sentence for each change. `first` is
    how it was where the record begins; `is_gone` when the release took it away.
    """

    release: str
    at: AwareDatetime
    approved_by: str
    version: int | None
    sentences: tuple[str, ...]
    first: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether the rule is not in this release."""
        return self.version is None


class RuleHistory(Reads):
    """See `engine.commands.Desk`."""

    def rule_history(self, actor: Actor, realm: Realm, rule_id: str) -> tuple[RuleVersion, ...]:
        """The releases in force in a realm that changed a rule, newest first. Raises ReleaseError for a content that
        was tampered with.
        """
        require(actor, Permission.read)
        with self.database.read() as connection:
            found = list(_versions(connection, realm, rule_id))
        return tuple(reversed(found))


def _versions(connection: Connection, realm: Realm, rule_id: str) -> Iterator[RuleVersion]:
    path, text, before, begun = rule_path(rule_id), None, None, False
    for noted in releases.activations(connection, realm):
        content = releases.load_content(connection, noted.release)
        if begun and content.files.get(path) == text:
            continue
        text = content.files.get(path)
        rule = next((one for one in load_release(content).rules.rules if one.id == rule_id), None)
        if begun or rule is not None:
            yield RuleVersion(
                release=noted.release,
                at=noted.at,
                approved_by=noted.approved_by,
                version=rule.version if rule else None,
                sentences=_sentences(before, rule) if begun else (),
                first=not begun,
            )
        before, begun = rule, True


def _sentences(before: Rule | None, after: Rule | None) -> tuple[str, ...]:
    old, new = ([one] if one else [] for one in (before, after))
    return tuple(sentence for change in rule_changes(old, new) for sentence in change.sentences)
