"""Mentions with scores that are given, for tests of what comes after scoring."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from engine.core import BrandCore, Decide, Step, StepOutput, step
from engine.detection import RuleSet
from engine.intake.identity import mention_id
from engine.model import (
    Author,
    AuthorKind,
    Category,
    Engagement,
    LogRecord,
    Mention,
    MentionKind,
    MentionRecord,
    Scores,
    Severity,
)
from engine.pipeline import Parts, Pipeline
from engine.replay import feed, lines
from engine.scoring.brands import load_registry
from engine.scoring.logged import LoggedScorer
from engine.scoring.reach import heat_of, reach_of
from engine.store.database import Database
from knowledge.loader import load_knowledge
from knowledge.schema import Playbook

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 3, 2, 8, 0, tzinfo=CHINA)
OWN = "澄禾消费金融"
PARTNER = "栈桥数科"
_SYLLABLES = "分期账单页面客服扣款页签金额退费说明订单查询等待回复提示入口按钮还款日期利息合同"


def text_of(seed: str) -> str:
    """A text unlike any other seed's, so that each is a content of its own."""
    pick = random.Random(seed)
    return "".join(pick.choice(_SYLLABLES) for _ in range(40))


def made_mention(
    number: int | str,
    at: datetime,
    *,
    brand: str = OWN,
    text: str | None = None,
    author: str | None = None,
    followers: int = 300,
    kind: AuthorKind = AuthorKind.personal,
    mention_kind: MentionKind = MentionKind.post,
    platform: str = "微博",
    engagement: Engagement | None = None,
    history: bool = False,
) -> Mention:
    """A mention that arrives when it is published."""
    return Mention(
        id=mention_id("test", str(number)),
        source="test",
        external_id=str(number),
        platform=platform,
        kind=mention_kind,
        author=Author(name=author or f"用户{number}", followers=followers, kind=kind),
        brands=(brand,),
        text=text if text is not None else text_of(str(number)),
        published_at=at,
        received_at=at,
        engagement=engagement or Engagement(),
        history=history,
    )


def made_scores(
    mention: Mention, category: Category | None, severity: Severity = Severity.medium, *, also: Iterable[Category] = ()
) -> Scores:
    """Scores of a mention: negative for its brand with this category, or neutral."""
    negativity = 0.05 if category is None else 0.95
    reach = reach_of(mention.author, mention.engagement, mention.hot_search)
    return Scores(
        negative=category is not None,
        negativity=negativity,
        category=category,
        categories={} if category is None else {category: 0.9, **dict.fromkeys(also, 0.6)},
        severity=Severity.none if category is None else severity,
        reach=reach,
        heat=heat_of(reach),
        by_brand=dict.fromkeys(mention.brands, negativity),
        near_duplicate_group="",
        scorer="made",
    )


def made_record(mention: Mention, categories: Iterable[Category], **fields: object) -> MentionRecord:
    """The log record of a mention."""
    values: dict[str, object] = {
        "mention": mention.id,
        "published_at": mention.published_at,
        "received_at": mention.received_at,
        "negativity": 0.95,
        "categories": tuple(categories),
        "severity": Severity.medium,
        "reach": 100,
        "author": mention.author.name,
        "author_kind": mention.author.kind,
        "followers": mention.author.followers,
        "mention_kind": mention.kind,
        "platform": mention.platform,
        "group": mention.id,
        "reposts": 0,
        "scorer": "made",
        "history": mention.history,
    }
    return MentionRecord.model_validate(values | fields)


class MadeStream:
    """A week of a few complaints, then a crisis of `brand` that grows for five hours; another brand stays quiet."""

    def __init__(self, *, seed: int = 1, days: int = 3, minutes: int = 240, brands: tuple[str, str] = (OWN, PARTNER)):
        self.mentions: list[Mention] = []
        self.scores: dict[str, Scores] = {}
        pick = random.Random(seed)
        for hour in range(24 * days):
            for brand in brands:
                if pick.random() < 0.35:
                    at = START + timedelta(hours=hour, minutes=pick.randint(0, 59))
                    category = pick.choice([Category.fee_dispute, Category.customer_service, None])
                    self._add(pick, at, brand, category, Severity.low)
        onset = START + timedelta(days=days)
        for minute in range(minutes):
            for _ in range(minute // 60):
                severity = pick.choice([Severity.medium, Severity.high])
                self._add(pick, onset + timedelta(minutes=minute), brands[0], Category.fee_dispute, severity)
        self.mentions.sort(key=lambda one: (one.received_at, one.id))

    def _add(
        self, pick: random.Random, at: datetime, brand: str, category: Category | None, severity: Severity
    ) -> None:
        number = f"{brand}-{len(self.mentions)}"
        mention = made_mention(
            number,
            at,
            brand=brand,
            followers=pick.choice([200, 5_000, 200_000]),
            platform=pick.choice(["微博", "抖音", "投诉平台"]),
            engagement=Engagement(reposts=pick.choice([0, 3, 40])),
        )
        self.mentions.append(mention)
        self.scores[mention.id] = made_scores(mention, category, severity)
        if category is not None and pick.random() < 0.2:
            more = Engagement(reposts=mention.engagement.reposts + pick.randint(5, 60))
            later = at + timedelta(minutes=pick.randint(1, 50))
            self.mentions.append(mention.model_copy(update={"engagement": more, "received_at": later}))


def made_pipeline(
    folder: Path, scores: dict[str, Scores], name: str = "crisisdesk.db", advance: Step = step
) -> Pipeline:
    """A pipeline over the bundled rules and knowledge, with given scores; close it after use."""
    database = Database.at(folder / name)
    database.create()
    rules, playbooks = _bundled()
    parts = Parts(LoggedScorer(scores, "made"), rules, playbooks, load_registry(), release="test")
    return Pipeline(database, parts, advance)


def replayed(
    folder: Path,
    scores: dict[str, Scores],
    mentions: Sequence[Mention],
    *,
    batches: Callable[[], int] = lambda: 200,
    advance: Step = step,
) -> list[str]:
    """The output lines of a stream through a fresh store."""
    pipeline = made_pipeline(folder, scores, advance=advance)
    try:
        feed(pipeline, mentions, source="test", batches=batches)
        with pipeline.database.read() as connection:
            return list(lines(connection))
    finally:
        pipeline.close()


def shuffled_by_brand(mentions: Sequence[Mention], scores: dict[str, Scores], seed: int) -> list[Mention]:
    """Brands interleaved anew, each brand's records in their order; brands that share a mention stay together."""
    leader: dict[str, str] = {}

    def find(brand: str) -> str:
        while leader.setdefault(brand, brand) != brand:
            brand = leader[brand]
        return brand

    for mention in mentions:
        first, *others = sorted(scores[mention.id].by_brand) or [""]
        for other in others:
            leader[find(other)] = find(first)
    queues: dict[str, list[Mention]] = {}
    for mention in mentions:
        queues.setdefault(find(min(scores[mention.id].by_brand, default="")), []).append(mention)
    order = [key for key, queue in sorted(queues.items()) for _ in queue]
    random.Random(seed).shuffle(order)
    heads = {key: iter(queue) for key, queue in queues.items()}
    return [next(heads[key]) for key in order]


def forgetful(core: BrandCore, record: LogRecord, decide: Decide) -> tuple[BrandCore, StepOutput]:
    """A step after which the brand's state is written down and read back."""
    core, output = step(core, record, decide)
    written = core.to_json()
    restored = BrandCore.from_json(written)
    assert restored.to_json() == written
    return restored, output


@cache
def _bundled() -> tuple[RuleSet, dict[Category, Playbook]]:
    playbooks = load_knowledge().playbooks.values()
    return RuleSet.load(), {Category(one.category): one for one in playbooks}


def utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.astimezone(UTC)
