"""Comparisons that run beside the engine in a process of their own: what to run, and what it comes to."""

from collections.abc import Mapping
from datetime import datetime

from engine.backtesting.backtest import Backtest
from engine.backtesting.job import BacktestRequest, run_beside
from engine.errors import ReleaseError
from engine.model import Actor
from engine.permissions import Permission, require
from engine.releases.compare import comparison_of
from engine.releases.reads import ReleaseReads
from engine.releases.record import Comparison, HistoryMark
from engine.releases.release import load_release


class ReleaseTrials(ReleaseReads):
    """See `engine.commands.Desk`."""

    def comparison_request(
        self,
        actor: Actor,
        files: Mapping[str, str | None],
        since: datetime,
        until: datetime,
        base: str | None = None,
    ) -> tuple[str, BacktestRequest]:
        """What has to be run to compare these files with a base (what is in force unless told), and the base's hash.

        Raises InputError for a place that no release has, ReleaseError for files that cannot be read.
        """
        require(actor, Permission.propose_release)
        old, content = self._edited(files, base)
        if old is None:
            raise ReleaseError("这个程序读不了作为基础的发布，无法对比")
        load_release(content)
        request = BacktestRequest(
            rules=dict(content.files),
            database_url=self.database.url.render_as_string(hide_password=False),
            realm=self.shelf.realm,
            since=since,
            until=until,
            against=dict(old.content.files),
        )
        return old.hash, request

    def compare_beside(
        self,
        actor: Actor,
        files: Mapping[str, str | None],
        since: datetime,
        until: datetime,
        base: str | None = None,
    ) -> Comparison:
        """As `compare_release`, in a process of its own: this thread waits, the engine goes on."""
        compared, request = self.comparison_request(actor, files, since, until, base)
        new, old = run_beside(request)
        assert old is not None  # noqa: S101 - a comparison has two sides
        return self.comparison_of(actor, files, compared, old, new)

    def comparison_of(
        self, actor: Actor, files: Mapping[str, str | None], base: str, old: Backtest, new: Backtest
    ) -> Comparison:
        """What came of a request, as it is proposed with these files."""
        require(actor, Permission.propose_release)
        before, content = self._edited(files, base)
        if before is None or old.history.since is None or old.history.until is None:
            raise ReleaseError("这个程序读不了作为基础的发布，无法对比")
        ran = old.history
        mark = HistoryMark(name=ran.name, realm=ran.realm, from_seq=ran.from_seq, to_seq=ran.to_seq, digest=ran.digest)
        return comparison_of(before, load_release(content), old, new, mark)
