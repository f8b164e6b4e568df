"""Regulations 法规: a clause and the duty that it carries."""

from datetime import date
from typing import Annotated

from pydantic import Field

from knowledge.schema.base import Category, Entry, Text


class Regulation(Entry):
    """A clause and the duty it carries; only a verified one may start a clock.

    `issuer` is who published it and under which number; `deadline` says within which time of what the duty is due.
    """

    document: Text
    issuer: Text | None = None
    clause: Text
    duty: Text
    deadline: Text | None = None
    effective_from: date
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    verified: bool = False
