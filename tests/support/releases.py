"""A desk with releases over given scores, and releases that are approved without a way through the checks."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from shutil import copyfile
from typing import Final

from engine.commands import Company, Desk
from engine.core import Step, step
from engine.model import Actor, Realm, Role, Scores
from engine.pipeline import Pipeline, note_release
from engine.releases.content import ReleaseContent
from engine.releases.factory import keep_bundled
from engine.releases.record import Proposal, sign_approval, sign_proposal
from engine.releases.release import Release, load_release
from engine.releases.shelf import ReleaseShelf
from engine.releases.workshop import Workshop
from engine.scoring.logged import LoggedScorer
from engine.signing import Signer, TrustedKeys
from engine.store import releases
from engine.store.database import Database
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine
from tests.support.made import START

AUTHOR = Actor(name="周敏", role=Role.analyst)
LAW = Actor(name="许衡", role=Role.compliance)
SECOND = Actor(name="沈知", role=Role.compliance)
OPERATOR = Actor(name="运维", role=Role.operator)
FILE: Final = "firm.db"
_KEPT: Final = "rules/packs/fee_dispute/surge"
SURGE: Final = "rules/packs/fee_dispute/surge.yaml"


@cache
def bundled() -> Release:
    """The program's own release with one rule a category, read once: its checks and tests take a second."""
    whole = ReleaseContent.from_disk()
    packs = [path for path in whole.files if path.startswith("rules/packs/") and not path.startswith(_KEPT)]
    return load_release(whole.with_files(dict.fromkeys(path for path in packs if "/viral" not in path)))


def edited(*edits: tuple[str, str], path: str = SURGE) -> str:
    """A bundled file with some words replaced."""
    text = bundled().content.files[path]
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def changed(*edits: tuple[str, str], path: str = SURGE) -> ReleaseContent:
    """The bundled content with some words of a file replaced."""
    return bundled().content.with_files({path: edited(*edits, path=path)})


class Firm:
    """One store with its key; pipelines and desks of it can be opened anew, as after a restart."""

    def __init__(self, folder: Path, scores: Mapping[str, Scores] | None = None, signer: Signer | None = None) -> None:
        self.folder = folder
        self.scores = scores or {}
        self.signer = signer or Signer.generate()
        self.database = Database.at(folder / FILE)
        self.database.create()
        keep_bundled(self.database, bundled().content, self.signer, START)
        self.shelf = ReleaseShelf(self.database, TrustedKeys.of(self.signer), bundled())

    def restarted(self) -> "Firm":
        """The same store, opened anew: nothing is remembered."""
        return Firm(self.folder, self.scores, self.signer)

    def copy(self, folder: Path) -> "Firm":
        """A copy of the store, which must be closed."""
        copyfile(self.folder / FILE, folder / FILE)
        return Firm(folder, self.scores, self.signer)

    def pipeline(self, advance: Step = step) -> Pipeline:
        """A pipeline whose scorer is named after its release; close it after use."""

        def scorer(release: Release) -> LoggedScorer:
            named = {key: one.model_copy(update={"scorer": release.hash}) for key, one in self.scores.items()}
            return LoggedScorer(named, release.hash)

        workshop = Workshop(ReleaseShelf(self.database, self.shelf.trusted, bundled()), scorer, b"authors")
        return Pipeline(self.database, workshop.parts(bundled().hash), advance)

    def desk(self, pipeline: Pipeline, clock: Callable[[], object] | None = None) -> Desk:
        """A desk with a search that knows nothing."""
        return Desk(
            database=self.database,
            pipeline=pipeline,
            shelf=self.shelf,
            searcher=SearchEngine.build((), HashingEmbedder(), cache=None),
            clock=clock or (lambda: START + timedelta(days=30)),  # type: ignore[arg-type]
            signer=self.signer,
            company=Company("某公司", "400-800-1234"),
        )

    def keep_approved(self, content: ReleaseContent, *, base: str | None = None) -> str:
        """Keep a content that two people approved; its hash."""
        proposal = Proposal(
            release=content.hash,
            number=1,
            author=AUTHOR,
            at=START,
            reason="测试",
            base=base or bundled().hash,
            approvals_needed=2,
        )
        head = sign_proposal(proposal, self.signer)
        for person in (LAW, SECOND):
            head = sign_approval(head, person, START, "", self.signer)
        with self.database.write() as connection:
            releases.add(connection, head, content, None)
        return content.hash

    def note(self, realm: Realm, release: str) -> None:
        """From here on a release decides."""
        with self.database.write() as connection:
            note_release(connection, realm, START, release, "许衡、沈知")
