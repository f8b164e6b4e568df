"""Incident → what helps to answer it: similar past incidents, the playbook, templates."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from engine.model import CATEGORY_TITLES, Frozen, Incident, Mention
from engine.scoring.text import essence
from knowledge.loader import Knowledge
from knowledge.schema import Playbook
from retrieval.filters import SearchFilters
from retrieval.results import Hit, SearchResult
from retrieval.search import SearchEngine

VOICES: Final = 3
_VOICE_CHARS: Final = 120
_PLATFORMS: Final = 3
PAST_INCIDENTS: Final = SearchFilters(kinds=frozenset({"incident"}))


class Evidence(Frozen):
    """Past incidents nearest first; `no_precedent` when none is close; the playbook of the category."""

    query: str
    no_precedent: bool
    similar: tuple[Hit, ...]
    playbook: Playbook | None


def gather(incident: Incident, mentions: Sequence[Mention], knowledge: Knowledge, searcher: SearchEngine) -> Evidence:
    """Search with what an incident's mentions say."""
    found = like_incident(incident, mentions, searcher)
    playbook = next((one for one in knowledge.playbooks.values() if str(one.category) == incident.category), None)
    return Evidence(query=found.query, no_precedent=found.no_precedent, similar=found.hits, playbook=playbook)


def like_incident(
    incident: Incident,
    mentions: Sequence[Mention],
    searcher: SearchEngine,
    *,
    k: int = 5,
    filters: SearchFilters = PAST_INCIDENTS,
) -> SearchResult:
    """What is like an incident of our own, by the voices most often heard in it; entries of its category come first
    where they are as close, and the reasons name what it has in common with them: category, level, platforms.
    """
    query = "。".join([CATEGORY_TITLES[incident.category], *_typical([one.text for one in mentions], incident.brand)])
    return searcher.similar(
        query,
        k=k,
        filters=filters,
        category=str(incident.category),
        level=str(incident.level),
        platforms=_platforms(mentions),
    )


def _platforms(mentions: Sequence[Mention]) -> list[str]:
    """Where most of it is said."""
    counts = Counter(one.platform for one in mentions if one.platform != "未知")
    return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_PLATFORMS]]


def _typical(texts: Sequence[str], brand: str) -> list[str]:
    """The most repeated texts, without the brand's name: precedents are about the matter, not the company."""
    counts = Counter(essence(text)[:_VOICE_CHARS].replace(brand, "") for text in texts)
    return [text for text, _ in sorted(counts.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))[:VOICES]]
