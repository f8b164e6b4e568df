"""A real installation without models: hashing embedder, a scorer that knows a few words, a scripted model."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.installation import Installation, open_installation
from api.settings import Settings
from engine.model import Category, Mention, Role, Scores, Severity
from engine.scoring.brands import BrandRegistry, load_registry
from engine.scoring.reach import heat_of, reach_of
from retrieval.hashing_embedder import HashingEmbedder

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=CHINA)
Answer = TypeVar("Answer")
Cli = Callable[..., tuple[int, str, str]]
"""Calls the command line; gives exit code, standard output and standard error."""
OWN = "澄禾消费金融"
PASSWORD = "correct horse battery"
USERS = {
    "pr": (Role.pr, None),
    "compliance": (Role.compliance, None),
    "analyst": (Role.analyst, None),
    "department": (Role.department, "客服"),
    "operator": (Role.operator, None),
}


class Clock:
    """Time that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


_WORDS = {"会员费": Category.fee_dispute, "服务费": Category.fee_dispute, "泄露": Category.privacy_leak}


class WordScorer:
    """Negative with a category for texts that say a known word."""

    hash = "words"

    def __init__(self, registry: BrandRegistry) -> None:
        self._registry = registry

    def score(self, mention: Mention) -> Scores:
        category = next((one for word, one in _WORDS.items() if word in mention.text), None)
        negativity = 0.95 if category else 0.05
        brands = dict.fromkeys((*mention.brands, *self._registry.brands_in(mention.text)))
        reach = reach_of(mention.author, mention.engagement, mention.hot_search)
        return Scores(
            negative=category is not None,
            negativity=negativity,
            category=category,
            categories={} if category is None else {category: 0.9},
            severity=Severity.none if category is None else Severity.medium,
            reach=reach,
            heat=heat_of(reach),
            by_brand=dict.fromkeys(brands, negativity),
            near_duplicate_group=mention.id,
            scorer=self.hash,
        )


class House:
    """A running interface with a token for each role."""

    def __init__(self, folder: Path, *, clock: Clock | None = None, **settings: object) -> None:
        self.clock = clock or Clock()
        self.settings = Settings.model_validate({"data_dir": folder, "llm": "off", **settings})
        self.installation = make_installation(self.settings, self.clock)
        self.desk = self.installation.desk
        for name, (role, department) in USERS.items():
            self.installation.users.add(name, role, PASSWORD, department)
        self.tokens = {name: self.installation.users.token_for(name) for name in USERS}
        self.app: FastAPI = create_app(self.settings, installation=self.installation, clock=self.clock, pages=False)

    def client(self, user: str | None = None) -> TestClient:
        """A client with the token of a user, or without any."""
        headers = {"Authorization": f"Bearer {self.tokens[user]}"} if user else {}
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)

    def close(self) -> None:
        self.installation.close()


def make_installation(settings: Settings, clock: Clock) -> Installation:
    return open_installation(settings, clock=clock, embedder=HashingEmbedder(), scorer=WordScorer(load_registry()))


def record(number: int | str, text: str = "借款时被默认收了会员费", **fields: object) -> dict[str, object]:
    """An input record as a monitoring tool would send it."""
    return {
        "id": f"r-{number}",
        "text": text,
        "brand": OWN,
        "platform": "微博",
        "author": {"name": f"用户{number}", "followers": 120},
        "published_at": (NOW - timedelta(minutes=5)).isoformat(),
        **fields,
    }


def run_apart(way: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a coroutine in a thread of its own: browser tests leave a running loop in theirs."""
    with ThreadPoolExecutor(1) as outside:
        return outside.submit(asyncio.run, way).result()
