"""Opens one installation from its settings: store, release, scorer, search, language model, users, signing key."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import blake2b
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from api.deferred_search import DeferredSearch
from api.settings import Settings
from api.trust import open_signer
from engine.commands import Company, Desk
from engine.knowledge_base.in_force import SearchedEntries, searched_entries
from engine.language_model.protocol import LanguageModel
from engine.learning.priors import priors_of
from engine.model import Realm
from engine.pipeline import MentionScorer, Pipeline
from engine.releases.content import ReleaseContent
from engine.releases.factory import adopt, keep_bundled
from engine.releases.release import Release, load_release
from engine.releases.shelf import ReleaseShelf
from engine.releases.workshop import Workshop
from engine.scoring.brands import BrandRegistry
from engine.scoring.heads import load_parameters
from engine.scoring.lexicon import Lexicon
from engine.scoring.scorer import BUNDLED, Scorer
from engine.signing import Signer, TrustedKeys
from engine.store.database import Database
from engine.store.migrate import migrate
from engine.store.users import Users
from knowledge.schema import AnyEntry
from retrieval.bundle.prepare import embedder_folder, llm_file
from retrieval.embedder import Counter, Embedder, load_embedder
from retrieval.search import SearchEngine

DEFAULT_LLM = "qwen2.5-coder-0.5b"


@dataclass(frozen=True, slots=True)
class Installation:
    """What the server and the command line work with."""

    desk: Desk
    users: Users
    searcher: DeferredSearch

    def close(self) -> None:
        """Release the rule engine and all connections."""
        self.desk.pipeline.close()
        self.desk.database.close()


def open_installation(
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    embedder: Embedder | None = None,
    scorer: MentionScorer | None = None,
    model: LanguageModel | None = None,
    database: Database | None = None,
    active_in: Realm | None = None,
    lasting: bool = False,
) -> Installation:
    """Everything that a setting names, opened. Parts that are passed in are taken as they are.

    What comes with the program is kept in the store as an approved release. With `active_in` a release decides in that
    realm afterwards: what people put in force, else the program's own. `lasting` loads the embedder through
    sentence-transformers, seconds that a short command need not spend: the vectors are the same bytes.

    Raises ReleaseError, BadKnowledgeError, ScoringUnavailable, EmbedderUnavailable or StoreError, each with what to do.
    """
    store = database or open_store(settings)
    signer = open_signer(settings)
    bundled = load_release(ReleaseContent.from_disk())
    bundled.check()
    keep_bundled(store, bundled.content, signer, clock())
    shelf = ReleaseShelf(store, TrustedKeys.of(signer), bundled, Realm(settings.opens_in))
    embedding = cache(lambda: embedder or open_embedder(settings, direct=not lasting))
    workshop = Workshop(shelf, _scorers(settings, embedding, scorer), author_key(signer))
    searcher = DeferredSearch(
        SearchedEntries(store, shelf), lambda entries: build_search(settings, entries, embedding())
    )
    desk = Desk(
        database=store,
        pipeline=Pipeline(store, workshop.parts(bundled.hash)),
        shelf=shelf,
        searcher=searcher,
        clock=clock,
        signer=signer,
        company=Company(name=settings.company, hotline=settings.hotline),
        model=model or open_model(settings),
    )
    if active_in is not None:
        adopt(desk.pipeline, active_in, clock(), shelf.trusted)
    return Installation(desk, Users(store), searcher)


def author_key(signer: Signer) -> bytes:
    """The key that authors' names are hashed with in the log."""
    return blake2b(signer.key.private_bytes_raw(), person=b"authors").digest()


def _scorers(
    settings: Settings, embedding: Callable[[], Embedder], given: MentionScorer | None
) -> Callable[[Release], MentionScorer]:
    """A scorer of a release's brands and lexicons, unless one was passed in for all of them."""
    if given is not None:
        return lambda _: given
    scoring = cache(lambda: scoring_embedder(settings, embedding()))
    return lambda release: open_scorer(scoring(), release.registry, release.lexicon)


def release_in_force(settings: Settings) -> Release:
    """The release that decides where this installation works, for commands that need no more of it; the program's own
    where there is no store yet. Raises ReleaseError as `ReleaseShelf.get`.
    """
    bundled = load_release(ReleaseContent.from_disk())
    if settings.database_url is None and not settings.store_file.exists():
        return bundled
    realm = Realm(settings.opens_in)
    with closing(open_store(settings)) as store:
        return ReleaseShelf(store, TrustedKeys.of(open_signer(settings)), bundled, realm).in_force(realm)


def open_search(settings: Settings, embedder: Embedder) -> SearchEngine:
    """Search alone, for the command line."""
    return build_search(settings, searched_in_force(settings), embedder)


def searched_in_force(settings: Settings) -> Sequence[AnyEntry]:
    """What can be searched where this installation works: the knowledge in force; the program's own where there is no
    store yet. Raises ReleaseError as `ReleaseShelf.get`.
    """
    bundled = load_release(ReleaseContent.from_disk())
    if settings.database_url is None and not settings.store_file.exists():
        return searched_entries(bundled.knowledge, bundled.knowledge.incidents)
    with closing(open_store(settings)) as store:
        shelf = ReleaseShelf(store, TrustedKeys.of(open_signer(settings)), bundled, Realm(settings.opens_in))
        return SearchedEntries(store, shelf)()[1]


def build_search(
    settings: Settings, entries: Sequence[AnyEntry], embedder: Embedder, progress: Counter | None = None
) -> SearchEngine:
    """Search over entries of the knowledge base; vectors of known passages are kept in the data folder. What strategies
    came to breaks ties among playbooks and templates.
    """
    built = SearchEngine.build(tuple(entries), embedder, cache=settings.data_dir / "index", progress=progress)
    return built.with_priors(priors_of(entries))


def open_store(settings: Settings) -> Database:
    """The store, brought to the schema of this version."""
    database = Database(settings.resolved_database_url)
    migrate(database)
    return database


def open_embedder(settings: Settings, *, direct: bool = True) -> Embedder:
    """The embedder that the settings name; `direct` runs the bundled one without importing sentence-transformers."""
    if settings.embedder == "bundled":
        return load_embedder(embedder_folder(settings.resolved_models_dir), direct=direct)
    return load_embedder(settings.embedder)


def scoring_embedder(settings: Settings, searching: Embedder) -> Embedder:
    """The scorer was fitted on the bundled embedder and keeps it, whichever one searches."""
    if settings.embedder == "bundled":
        return searching
    return load_embedder(embedder_folder(settings.resolved_models_dir), direct=True)


def open_scorer(embedder: Embedder, registry: BrandRegistry, lexicon: Lexicon) -> MentionScorer:
    """The scorer on this embedder, with the program's parameters."""
    return Scorer(embedder, registry, load_parameters(BUNDLED), lexicon)


def open_model(settings: Settings) -> LanguageModel | None:
    """The language model, loaded at its first use, so that it may become ready later; None when it is switched off."""
    if settings.llm == "off":
        return None
    from engine.language_model.llama import LlamaCppModel  # noqa: PLC0415 - slow to import

    answers = settings.data_dir / "answers.txt"
    return LlamaCppModel(llm_path(settings), threads=settings.llm_threads, answers=answers)


def model_is_ready(settings: Settings) -> bool:
    """Whether drafts can use the language model now; it may become ready while the server runs."""
    invalidate_caches()  # llama-cpp-python may have been installed since the last look
    return settings.llm != "off" and llm_path(settings).is_file() and find_spec("llama_cpp") is not None


def llm_path(settings: Settings) -> Path:
    """Where the language model's file lies or would lie."""
    return llm_file(DEFAULT_LLM, settings.resolved_models_dir) if settings.llm == "bundled" else Path(settings.llm)
