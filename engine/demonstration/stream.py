"""From the script to input records in the order of their arrival."""

import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue

from engine.demonstration.script import (
    Background,
    Channel,
    Crisis,
    Growth,
    Script,
    Speaker,
    Trouble,
    Wave,
    bundled_script,
)
from engine.demonstration.shapes import bundled_shapes
from engine.demonstration.wording import Writer
from engine.intake.times import CHINA
from engine.model import AuthorKind, MentionKind

Record = dict[str, Any]
"""An input record as a monitoring tool would deliver it (JSON Lines shape)."""

SOURCE = "演示数据"

_HOUR_WEIGHTS = (1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 10, 9, 8, 8, 8, 8, 8, 9, 10, 10, 8, 4)
_MOST_FOLLOWERS = 30_000


def demonstration_stream(script: Script | None = None, *, start: datetime, seed: int = 0) -> Iterator[Record]:
    """The records of a demonstration in arrival order; those received before `start` are its history.

    The same script, start and seed give the same records. Times, accounts and counts come from another random
    source than the words, so that other brands or words change nothing but the texts.
    """
    stage = _Stage(script or bundled_script(), start.astimezone(CHINA), seed)
    stage.play()
    return iter(sorted(stage.records, key=lambda record: (record["received_at"], record["id"], stage.order(record))))


class _Stage:
    """Builds the records; the order of building fixes what the random sources give."""

    def __init__(self, script: Script, start: datetime, seed: int) -> None:
        self.script = script
        self.start = start
        self.records: list[Record] = []
        self._random = random.Random(f"events:{seed}")
        self._writer = Writer(script.wording, seed)
        self._latest: dict[str, str] = {}

    def order(self, record: Record) -> int:
        """Counts of one mention only grow: its updates follow each other."""
        return int(record.get("engagement", {}).get("views", 0))

    def play(self) -> None:
        for background in self.script.background:
            self._normal_days(background)
        for crisis in self.script.crises:
            for number, wave in enumerate(crisis.waves):
                self._wave(crisis, wave, f"{crisis.name}-{number:02d}")
        for trouble in self.script.troubles:
            self._trouble(trouble)

    def _normal_days(self, background: Background) -> None:
        days = self.script.history_days + self.script.crisis_days
        first_day = self.start - timedelta(days=self.script.history_days)
        for number in range(round(background.per_day * days)):
            day = (number + self._random.random()) / background.per_day
            moment = first_day + timedelta(days=int(day))
            midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
            published = midnight + timedelta(hours=self._waking_hour(), seconds=self._random.randrange(3600))
            record = self._mention(
                f"{background.brand}-{background.pool}-{background.channel}-{number:03d}",
                published,
                self._channel(background.channel),
                self._speaker(background.author_kind),
            )
            record["brand"] = self.script.brands[background.brand].name
            record["text"] = self._write(background.pool, background.brand)
            record["engagement"] = self._small_counts()
            self.records.append(record)

    def _wave(self, crisis: Crisis, wave: Wave, key: str) -> None:
        shape = bundled_shapes()[wave.shape]
        begins = self.start + timedelta(minutes=crisis.begins_minutes + wave.at)
        for number in range(wave.count):
            share = (number + self._random.random()) / wave.count
            published = begins + timedelta(minutes=wave.minutes * shape.arrival(share))
            record = self._told(crisis, wave, f"{key}-{number:03d}", published)
            self.records.append(record)
            if wave.grows is not None:
                self.records += _updates(record, wave.grows, published)

    def _told(self, crisis: Crisis, wave: Wave, key: str, published: datetime) -> Record:
        speaker = wave.author or self._speaker(AuthorKind.personal)
        record = self._mention(key, published, self._channel(wave.channel), speaker)
        record["brand"] = self.script.brands[crisis.brand].name
        record["text"] = self._spoken(wave, crisis.brand)
        record["engagement"] = self._small_counts()
        if wave.hot_search_rank is not None:
            record["hot_search"] = {"keyword": record["text"], "rank": wave.hot_search_rank}
            del record["author"]
        return record

    def _spoken(self, wave: Wave, brand: str) -> str:
        text = self._write(wave.pool, brand)
        quoted = self._latest.get(wave.of or "")
        self._latest[wave.pool] = text
        return f"{text}//@{quoted[:110]}" if quoted else text

    def _trouble(self, trouble: Trouble) -> None:
        received = self.start + timedelta(minutes=trouble.at_minutes)
        published = received + timedelta(minutes=trouble.published_ahead_minutes)
        told = {key: self._wrong_value(key, value, trouble) for key, value in trouble.record.items()}
        self.records.append(
            {"source": SOURCE, "published_at": _written(published), **told, "received_at": _written(received)}
        )

    def _wrong_value(self, key: str, value: JsonValue, trouble: Trouble) -> JsonValue:
        if not isinstance(value, str):
            return value
        return self._writer.fill(value, self._names("own")) * (trouble.repeat if key == "text" else 1)

    def _mention(self, key: str, published: datetime, channel: Channel, speaker: Speaker) -> Record:
        delay = timedelta(seconds=self._random.randint(20, 240))
        record: Record = {
            "id": f"demo-{key}",
            "source": SOURCE,
            "platform": channel.platform,
            "kind": channel.kind.value,
            "author": {"name": speaker.name, "followers": speaker.followers, "kind": speaker.kind.value},
            "published_at": _written(published),
            "received_at": _written(published + delay),
        }
        if channel.kind is MentionKind.article:
            record["url"] = f"https://news.example.com/{key}"
        return record

    def _channel(self, name: str) -> Channel:
        channels = self.script.channels[name]
        return self._random.choices(channels, [channel.weight for channel in channels])[0]

    def _speaker(self, kind: AuthorKind) -> Speaker:
        """A made-up account; followers are log-normal, as in the repost data, with a cap that keeps it ordinary."""
        people = self.script.people
        name = f"{self._random.choice(people.first)}{self._random.choice(people.second)}{self._random.randrange(1000)}"
        followers = min(_MOST_FOLLOWERS, round(math.exp(self._random.gauss(5.5, 1.5))))
        return Speaker(name=name, followers=followers, kind=kind)

    def _small_counts(self) -> dict[str, int]:
        likes = round(math.exp(self._random.gauss(1.0, 1.0)))
        return {"reposts": likes // 6, "comments": likes // 3, "likes": likes, "views": likes * 25}

    def _waking_hour(self) -> int:
        return self._random.choices(range(24), _HOUR_WEIGHTS)[0]

    def _write(self, pool: str, brand: str) -> str:
        return self._writer.write(pool, self._names(brand))

    def _names(self, brand: str) -> dict[str, str]:
        names = self.script.brands[brand]
        return {"brand": names.name, "short": names.short, "product": names.product}


def _updates(record: Record, grows: Growth, published: datetime) -> list[Record]:
    """Later sights of one mention with counts grown along the shape."""
    shape = bundled_shapes()[grows.shape]
    updates = []
    for step in range(1, grows.updates + 1):
        share = shape.share(step / grows.updates)
        counts = {
            name: record["engagement"][name] + round(getattr(grows, name) * share)
            for name in ("reposts", "comments", "likes", "views")
        }
        seen = published + timedelta(minutes=grows.minutes * step / grows.updates + 2)
        updates.append({**record, "received_at": _written(seen), "engagement": counts})
    return updates


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
