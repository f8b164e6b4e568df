"""What can be seen of releases: which there are, what they change, which decides."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from engine.backtesting.backtest import OnProgress
from engine.backtesting.history import stored_history
from engine.command_base import Commands
from engine.errors import NotFound, ReleaseError
from engine.incident_book import CHINA
from engine.model import Actor, Realm
from engine.permissions import Permission, require
from engine.releases.compare import compare_over
from engine.releases.content import ReleaseContent
from engine.releases.diff import release_diff
from engine.releases.record import STATUS_TITLES, Comparison, ReleaseFile, ReleaseHead
from engine.releases.release import Release, load_release
from engine.releases.views import InForce, ReleaseDiff, ReleaseList, ReleaseRow, ReleaseView
from engine.store import releases

_NOTICE: Final = (
    "当前程序带有另一套内容（{bundled}），没有自动采用。"
    "可运行 crisisdesk release propose --bundled --reason 理由 提交，批准后启用"
)


class ReleaseReads(Commands):
    """See `engine.commands.Desk`."""

    def releases(self, actor: Actor) -> ReleaseList:
        """Every proposal, newest first, and what is in force. Raises ReleaseError when one was tampered with."""
        require(actor, Permission.read)
        bundled = self.shelf.bundled.hash
        with self.database.read() as connection:
            decides = self._decides(connection)
            heads = releases.heads(connection, self.trusted)
            rows = tuple(self._row(connection, head, decides) for head in heads)
            adopted = {one.release for one in releases.activations(connection, self.shelf.realm)}
        notice = None if bundled in adopted or not adopted else _NOTICE.format(bundled=bundled[:12])
        return ReleaseList(rows=rows, in_force=decides, bundled=bundled, notice=notice)

    def release_view(self, actor: Actor, release: str) -> ReleaseView:
        """The newest proposal of a content, by its hash or the first letters of it. Raises NotFound or ReleaseError."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            head = releases.newest(connection, releases.resolve(connection, release), self.trusted)
            comparison = releases.load_comparison(connection, head)
            row = self._row(connection, head, self._decides(connection))
            new = self._stored(connection, head.proposal.release)
            old = self._readable(connection, head.proposal.base)
        diff = release_diff(old, new, comparison, self._today())
        return ReleaseView(
            row=row, diff=diff.model_copy(update={"two_because": head.proposal.two_because}), comparison=comparison
        )

    def release_diff(self, actor: Actor, old: str, new: str) -> ReleaseDiff:
        """What a stored content changes against another. Raises NotFound or ReleaseError."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            both = [self._stored(connection, releases.resolve(connection, one)) for one in (old, new)]
        return release_diff(both[0], both[1], None, self._today())

    def preview_release(self, actor: Actor, files: Mapping[str, str | None], base: str | None = None) -> ReleaseDiff:
        """What these files would change against a base (what is in force unless told), before anything is proposed.

        Raises InputError for a place that no release has, ReleaseError for files that cannot be read.
        """
        require(actor, Permission.propose_release)
        return self._preview(files, base)

    def _preview(self, files: Mapping[str, str | None], base: str | None = None) -> ReleaseDiff:
        old, content = self._edited(files, base)
        return release_diff(old, load_release(content), None, self._today())

    def compare_release(
        self,
        actor: Actor,
        files: Mapping[str, str | None],
        since: datetime,
        until: datetime,
        base: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Comparison:
        """What these files would have decided over the stored history, against a base. Takes a while; blocks nobody.

        Raises InputError for a place that no release has, ReleaseError for files or a base that cannot be read.
        """
        require(actor, Permission.propose_release)
        old, content = self._edited(files, base)
        if old is None:
            raise ReleaseError("这个程序读不了作为基础的发布，无法对比")
        history = stored_history(self.database, self.shelf.realm, since, until)
        return compare_over(old, load_release(content), history, on_progress)

    def release_file(self, actor: Actor, release: str) -> str:
        """The newest proposal of a content as a file that anyone can check. Raises NotFound or ReleaseError."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            head = releases.newest(connection, releases.resolve(connection, release), self.trusted)
            content = releases.load_content(connection, head.proposal.release)
            comparison = releases.load_comparison(connection, head)
        return ReleaseFile(content=content.document(), head=head, comparison=comparison).to_json()

    def release_content(self, actor: Actor, release: str | None = None) -> ReleaseContent:
        """The files of a stored content; without a hash, of the release in force. Raises NotFound or ReleaseError."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            return releases.load_content(connection, self._named(connection, release))

    def _edited(self, files: Mapping[str, str | None], base: str | None) -> tuple[Release | None, ReleaseContent]:
        """The base as far as this program can read it, and its files with these changes, for this program."""
        with self.database.read() as connection:
            base = self._named(connection, base)
            releases.approval_of(connection, base, self.trusted)
            content = releases.load_content(connection, base)
            old = self._readable(connection, base)
        return old, content.with_files(files).for_this_program()

    def _named(self, connection: Connection, release: str | None) -> str:
        """The whole hash of what was written; of what is in force when nothing was."""
        if release is None:
            return releases.in_force(connection, self.shelf.realm) or self.shelf.bundled.hash
        return releases.resolve(connection, release)

    def _row(self, connection: Connection, head: ReleaseHead, decides: tuple[InForce, ...]) -> ReleaseRow:
        release = head.proposal.release
        return ReleaseRow(
            release=release,
            head=head,
            status=head.status,
            status_title=STATUS_TITLES[head.status],
            realms=tuple(one.realm for one in decides if one.release == release),
            fault=self.shelf.misfit(connection, release),
        )

    def _decides(self, connection: Connection) -> tuple[InForce, ...]:
        found = []
        for realm in Realm:
            noted = releases.activations(connection, realm)
            if noted:
                last = noted[-1]
                found.append(
                    InForce(
                        realm=realm,
                        release=last.release,
                        since=last.at,
                        approved_by=last.approved_by,
                        back_to=releases.before(connection, realm),
                    )
                )
        return tuple(found)

    def _stored(self, connection: Connection, release: str) -> Release:
        """A stored content, read; whether it was approved is not asked."""
        return load_release(releases.load_content(connection, release))

    def _readable(self, connection: Connection, release: str | None) -> Release | None:
        """A stored content, or None when there is none or this program cannot read it any more."""
        try:
            return self._stored(connection, release) if release else None
        except (NotFound, ReleaseError):
            return None

    def _today(self) -> date:
        return self.clock().astimezone(CHINA).date()
