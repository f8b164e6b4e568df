"""Incident → what helps to answer it: similar past incidents, the playbook, templates."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from engine.model import CATEGORY_TITLES, Frozen, Incident
from engine.scoring.text import essence
from knowledge.loader import Knowledge
from knowledge.schema import Playbook
from retrieval.search import Hit, SearchEngine

VOICES: Final = 3
_VOICE_CHARS: Final = 120


class Evidence(Frozen):
    """Past incidents nearest first; `no_precedent` when none is close; the playbook of the category."""

    query: str
    no_precedent: bool
    similar: tuple[Hit, ...]
    playbook: Playbook | None


def gather(incident: Incident, texts: Sequence[str], knowledge: Knowledge, searcher: SearchEngine) -> Evidence:
    """Search with the category and the voices most often heard in an incident's mentions."""
    query = "。".join([CATEGORY_TITLES[incident.category], *_typical(texts, incident.brand)])
    found = searcher.search(query, k=5, kinds=frozenset({"incident"}))
    playbook = next((one for one in knowledge.playbooks.values() if str(one.category) == incident.category), None)
    return Evidence(query=query, no_precedent=found.no_precedent, similar=found.hits, playbook=playbook)


def _typical(texts: Sequence[str], brand: str) -> list[str]:
    """The most repeated texts, without the brand's name: precedents are about the matter, not the company."""
    counts = Counter(essence(text)[:_VOICE_CHARS].replace(brand, "") for text in texts)
    return [text for text, _ in sorted(counts.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))[:VOICES]]
