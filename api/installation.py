"""Opens one installation from its settings: store, release, scorer, search, language model, users, signing key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from api.deferred_search import DeferredSearch
from api.settings import Settings
from api.trust import open_signer
from engine.commands import Company, Desk
from engine.draft_language import LanguageModel
from engine.model import Realm
from engine.pipeline import MentionScorer, Pipeline
from engine.pipeline import Parts as PipelineParts
from engine.release import Release
from engine.rule_set import RuleSet
from engine.scoring.brands import BrandRegistry, load_registry
from engine.store.database import Database
from engine.store.migrate import migrate
from engine.store.users import Users
from knowledge.loader import Knowledge, load_knowledge
from knowledge.schema import AnyEntry
from retrieval.bundle.prepare import embedder_folder, llm_file
from retrieval.embedder import Counter, Embedder, load_embedder
from retrieval.search import SearchEngine

DEFAULT_LLM = "qwen2.5-coder-0.5b"
APPROVED_BY = "出厂版本"
"""Who stands for the release that comes with the program, until people approve releases of their own."""


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

    With `active_in` the release is noted in the log as deciding in that realm. `lasting` loads the embedder through
    sentence-transformers, seconds that a short command need not spend: the vectors are the same bytes.

    Raises ReleaseError, BadKnowledgeError, ScoringUnavailable, EmbedderUnavailable or StoreError, each with what to do.
    """
    store = database or open_store(settings)
    used_embedder = embedder or open_embedder(settings, direct=not lasting)
    registry = load_registry()
    used_scorer = scorer or open_scorer(scoring_embedder(settings, used_embedder), registry)
    knowledge = load_knowledge()
    release = Release(rules=RuleSet.load(), knowledge=knowledge, registry=registry, scorer_hash=used_scorer.hash)
    release.check()
    signer = open_signer(settings)
    searcher = DeferredSearch(lambda: build_search(settings, knowledge, used_embedder))
    desk = Desk(
        database=store,
        pipeline=Pipeline(
            store,
            PipelineParts(
                scorer=used_scorer,
                rules=release.rules,
                playbooks=release.playbooks,
                registry=registry,
                release=release.hash,
                author_key=blake2b(signer.key.private_bytes_raw(), person=b"authors").digest(),
            ),
        ),
        release=release,
        searcher=searcher,
        clock=clock,
        signer=signer,
        company=Company(name=settings.company, hotline=settings.hotline),
        model=model or open_model(settings),
    )
    if active_in is not None:
        desk.pipeline.ensure_active(active_in, clock(), APPROVED_BY)
    return Installation(desk, Users(store), searcher)


def open_search(settings: Settings, embedder: Embedder) -> SearchEngine:
    """Search alone, for the command line."""
    return build_search(settings, load_knowledge(), embedder)


def build_search(
    settings: Settings, knowledge: Knowledge, embedder: Embedder, progress: Counter | None = None
) -> SearchEngine:
    """Search over the knowledge base; vectors of known passages are kept in the data folder."""
    cache = settings.data_dir / "index"
    return SearchEngine.build(tuple(entries_of(knowledge)), embedder, cache=cache, progress=progress)


def entries_of(knowledge: Knowledge) -> Iterator[AnyEntry]:
    """What can be searched."""
    yield from knowledge.incidents.values()
    yield from knowledge.playbooks.values()
    yield from knowledge.templates.values()


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


def open_scorer(embedder: Embedder, registry: BrandRegistry) -> MentionScorer:
    """The scorer on this embedder."""
    from engine.scoring.scorer import load_scorer  # noqa: PLC0415 - slow to import

    return load_scorer(embedder, registry)


def open_model(settings: Settings) -> LanguageModel | None:
    """The language model, loaded at its first use, so that it may become ready later; None when it is switched off."""
    if settings.llm == "off":
        return None
    from engine.language_model import LlamaCppModel  # noqa: PLC0415 - slow to import

    return LlamaCppModel(llm_path(settings), threads=settings.llm_threads)


def model_is_ready(settings: Settings) -> bool:
    """Whether drafts can use the language model now; it may become ready while the server runs."""
    invalidate_caches()  # llama-cpp-python may have been installed since the last look
    return settings.llm != "off" and llm_path(settings).is_file() and find_spec("llama_cpp") is not None


def llm_path(settings: Settings) -> Path:
    """Where the language model's file lies or would lie."""
    return llm_file(DEFAULT_LLM, settings.resolved_models_dir) if settings.llm == "bundled" else Path(settings.llm)
