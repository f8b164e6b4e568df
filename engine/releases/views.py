"""What pages, the API and the command line show of releases."""

from pydantic import AwareDatetime

from engine.model import Frozen, Realm
from engine.releases.record import Comparison, ReleaseHead, ReleaseStatus


class InForce(Frozen):
    """A release that decides in a realm, since when, and the one to go back to."""

    realm: Realm
    release: str
    since: AwareDatetime
    approved_by: str
    back_to: str | None


class RuleChangeView(Frozen):
    """What changed in a rule, in words."""

    rule: str
    title: str
    kind: str
    summary: str
    sentences: tuple[str, ...]


class FileChange(Frozen):
    """What changed in a file that is no rule: its kind and title in words, and a sentence for each change."""

    path: str
    kind: str
    title: str
    change: str
    sentences: tuple[str, ...]


class ReleaseDiff(Frozen):
    """What a content changes against another. `files` are the paths of all changed files; `two_because` says why two
    people have to approve it (empty: one is enough).
    """

    old: str | None
    new: str
    files: tuple[str, ...]
    rules: tuple[RuleChangeView, ...]
    others: tuple[FileChange, ...]
    two_because: tuple[str, ...]


class ReleaseRow(Frozen):
    """A proposal in a list. `status_title` is its status in Chinese; `realms` are those in which its content decides;
    `fault` says why it cannot decide under this program.
    """

    release: str
    head: ReleaseHead
    status: ReleaseStatus
    status_title: str
    realms: tuple[Realm, ...]
    fault: str | None = None


class ReleaseList(Frozen):
    """Proposals, newest first; what is in force; and the program's own content while nothing of it is in force."""

    rows: tuple[ReleaseRow, ...]
    in_force: tuple[InForce, ...]
    bundled: str
    notice: str | None


class ReleaseView(Frozen):
    """All of a proposal: what it changes against its base, and the comparison that it was made with."""

    row: ReleaseRow
    diff: ReleaseDiff
    comparison: Comparison | None
