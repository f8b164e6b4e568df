"""The controlled vocabulary of topics (主题词) that past incidents are filed under: `topics.yaml`.

A topic is what an incident is about at the grain at which precedents are looked for; its phrases say it as customers,
journalists and analysts would. Search knows an incident by them too.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.document import parse_document
from knowledge.errors import BadKnowledgeError
from knowledge.schema import Category, Slug, Text
from knowledge.validation import schema_faults

FILE: Final = Path(__file__).with_name("topics.yaml")


class Topic(BaseModel):
    """A topic: what it is called, what it means, and how people put it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    category: Category
    title: Text
    meaning: Text
    phrases: Annotated[tuple[Text, ...], Field(min_length=6, max_length=14)]


class _Topics(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topics: tuple[Topic, ...]


@cache
def load_topics(path: Path = FILE) -> Mapping[str, Topic]:
    """All topics by id, in the order of the file. Raises BadKnowledgeError with every fault and its line."""
    document = parse_document(path.name, path.read_text(encoding="utf-8"))
    try:
        read = _Topics.model_validate(document.data).topics
    except ValidationError as error:
        raise BadKnowledgeError(schema_faults(document, (_Topics, Topic), error)) from error
    known: dict[str, Topic] = {}
    for number, topic in enumerate(read):
        if topic.id in known:
            raise BadKnowledgeError([document.fault(("topics", number, "id"), f"主题词编号“{topic.id}”重复")])
        known[topic.id] = topic
    return MappingProxyType(known)
