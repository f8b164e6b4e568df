"""From the plan to input records in the order of their arrival."""

import math
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any, Final

from engine.demonstration.script import Channel, Speaker
from engine.demonstration.wording import Writer
from engine.intake.times import CHINA
from engine.model import AuthorKind, MentionKind
from engine.quiet_days.plan import Background, Plan, bundled_plan

Record = dict[str, Any]
"""An input record as a monitoring tool would deliver it (JSON Lines shape)."""

SOURCE: Final = "平静日"
_MOST_FOLLOWERS: Final = 300_000
_SEEN_AGAIN: Final = 0.08
"""Share of mentions whose counts a tool reports a second time."""


def quiet_days(plan: Plan | None = None, *, seed: int = 0, starts: date | None = None) -> Iterator[Record]:
    """The records of ordinary days in arrival order: the same plan, seed and first day give the same records.

    Some records come twice, the second time with higher counts, as monitoring tools report them.
    """
    told = plan or bundled_plan()
    records = list(_Days(told, seed, starts or told.starts).records())
    return iter(sorted(records, key=lambda record: (record["received_at"], record["id"])))


class _Days:
    """Every item of the background draws from a random source of its own: changing one leaves the others alone."""

    def __init__(self, plan: Plan, seed: int, starts: date) -> None:
        self._plan = plan
        self._seed = seed
        self._starts = starts

    def records(self) -> Iterator[Record]:
        for item in self._plan.background:
            pick = random.Random(f"quiet:{self._seed}:{item.brand}:{item.pool}:{item.channel}")
            words = _Words(self._plan, item, pick)
            for number, published in enumerate(self._moments(item, pick)):
                yield from self._told(item, pick, words.next(), published, number)
        yield from self._promotions()

    def _promotions(self) -> Iterator[Record]:
        promotions = self._plan.promotions
        item = Background(brand=promotions.brand, pool=promotions.pool, channel="social", per_day=promotions.count)
        pick = random.Random(f"quiet:{self._seed}:{item.brand}:{item.pool}")
        words = _Words(self._plan, item, pick)
        days = [self._starts + timedelta(days=day) for day in promotions.days]
        moments = [self._moment(item, day, pick) for day in days for _ in range(promotions.count)]
        for number, published in enumerate(moments):
            yield from self._told(item, pick, words.next(), published, number)

    def _moments(self, item: Background, pick: random.Random) -> Iterator[datetime]:
        rhythm, due = self._plan.rhythms[item.rhythm], self._plan.due_days
        for number in range(self._plan.days):
            day = self._starts + timedelta(days=number)
            mean = item.per_day * rhythm.weekdays[day.weekday()]
            if day.day in due.days and item.pool in due.pools:
                mean *= due.times
            for _ in range(_poisson(pick, mean)):
                yield self._moment(item, day, pick)

    def _moment(self, item: Background, day: date, pick: random.Random) -> datetime:
        hour = pick.choices(range(24), self._plan.rhythms[item.rhythm].hours)[0]
        return datetime.combine(day, time(hour), CHINA) + timedelta(seconds=pick.randrange(3600))

    def _told(
        self, item: Background, pick: random.Random, text: str, published: datetime, number: int
    ) -> Iterator[Record]:
        channel = _chosen(self._plan.channels[item.channel], pick)
        speaker = self._speaker(item, pick)
        received = published + timedelta(seconds=pick.randint(30, 420))
        record: Record = {
            "id": f"quiet-{self._seed}-{item.brand}-{item.pool}-{number:04d}",
            "source": SOURCE,
            "platform": channel.platform,
            "kind": channel.kind.value,
            "author": {"name": speaker.name, "followers": speaker.followers, "kind": speaker.kind.value},
            "brand": self._plan.brands[item.brand].name,
            "text": text,
            "published_at": _written(published),
            "received_at": _written(received),
            "engagement": _counts(speaker, pick),
        }
        if channel.kind is MentionKind.article:
            record["url"] = f"https://news.example.com/{record['id']}"
        yield record
        if pick.random() < _SEEN_AGAIN:
            grown = {name: count * 3 for name, count in record["engagement"].items()}
            later = received + timedelta(minutes=pick.randint(40, 400))
            yield {**record, "engagement": grown, "received_at": _written(later)}

    def _speaker(self, item: Background, pick: random.Random) -> Speaker:
        """A made-up account; followers of people are log-normal, so that a few of them are well known."""
        if item.voice == "company":
            account = self._plan.voices["company"][0]
            name = self._plan.brands[item.brand].name
            return Speaker(name=name, followers=account.followers, kind=item.author_kind)
        if item.voice is not None:
            account = pick.choice(self._plan.voices[item.voice])
            return Speaker(name=account.name, followers=account.followers, kind=item.author_kind)
        people = self._plan.people
        name = f"{pick.choice(people.first)}{pick.choice(people.second)}{pick.randrange(1000)}"
        followers = min(_MOST_FOLLOWERS, round(math.exp(pick.gauss(5.5, 1.6))))
        return Speaker(name=name, followers=followers, kind=AuthorKind.personal)


class _Words:
    """Texts of one pool for one brand: every pattern comes up before one comes again.

    A pattern has a bounded number of fillings that do not depend on the seed, as copied advertisements and complaint
    forms do; what was scored once need not be scored again.
    """

    def __init__(self, plan: Plan, item: Background, pick: random.Random) -> None:
        names = plan.brands[item.brand]
        self._names = {"brand": names.name, "short": names.short, "product": names.product}
        self._wording = plan.wording(item.pool)
        self._pool = item.pool
        self._variants = plan.variants
        self._pick = pick
        self._waiting: list[str] = []

    def next(self) -> str:
        """The next text."""
        if not self._waiting:
            patterns = self._wording.pools[self._pool]
            self._waiting = self._pick.sample(patterns, len(patterns))
        pattern, variant = self._waiting.pop(), self._pick.randrange(self._variants)
        key = f"{pattern}\x1f{variant}\x1f{self._names['brand']}"
        seed = int.from_bytes(blake2b(key.encode(), digest_size=6).digest(), "big")
        return Writer(self._wording, seed).fill(pattern, self._names)


def _chosen(channels: tuple[Channel, ...], pick: random.Random) -> Channel:
    return pick.choices(channels, [channel.weight for channel in channels])[0]


def _counts(speaker: Speaker, pick: random.Random) -> dict[str, int]:
    """Engagement of an ordinary mention: log-normal, somewhat more for those whom many follow."""
    likes = round(math.exp(pick.gauss(1.0 + 0.25 * math.log10(1 + speaker.followers), 1.0)))
    return {"reposts": likes // 6, "comments": likes // 3, "likes": likes, "views": likes * 25}


def _poisson(pick: random.Random, mean: float) -> int:
    """How many of something that comes by itself, `mean` on average (Knuth's product of uniforms)."""
    count, product, limit = 0, pick.random(), math.exp(-mean)
    while product > limit:
        count, product = count + 1, product * pick.random()
    return count


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
