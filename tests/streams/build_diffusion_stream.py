"""Builds a stream of real mentions that arrive at real repost times, with planned incidents in a quiet background.

    python tests/streams/build_diffusion_stream.py OUT.jsonl [--seed 7]

Texts come from ../shared/data/mentions/raw.jsonl, times from ../shared/data/diffusion/reposts.jsonl.gz; both stay
there, and the output is not for the repository. What must be found in it is in expected_incidents.json, which
`--plan` prints anew. The same seed gives the same bytes.
"""

import argparse
import gzip
import json
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import cycle
from pathlib import Path
from typing import Any

from incident_plan import DAYS, INCIDENTS, QUIET_BRANDS, START, Incident, fits, speaks_quietly

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
RAW = SHARED / "mentions" / "raw.jsonl"
REPOSTS = SHARED / "diffusion" / "reposts.jsonl.gz"

Record = dict[str, Any]

_CHINA = timezone(timedelta(hours=8))
_HOUR_WEIGHTS = (2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 9, 9, 8, 5)
_UPDATE_MINUTES = 15
_NEGATIVE_GAP = timedelta(hours=14)


@dataclass(frozen=True)
class Sources:
    """The texts by brand, and the repost offsets in seconds of real cascades."""

    texts: list[Record]
    cascades: list[list[int]]

    def of(self, brand: str) -> list[str]:
        """Distinct texts that name the brand, in a fixed order."""
        return list(dict.fromkeys(row["text"] for row in self.texts if brand in row["entities"]))


def load_sources() -> Sources:
    """Both data files, in file order."""
    with RAW.open(encoding="utf-8") as lines:
        texts = [json.loads(line) for line in lines]
    with gzip.open(REPOSTS, "rt", encoding="utf-8") as lines:
        cascades = [sorted(json.loads(line)["offsets"]) for line in lines]
    return Sources(texts, [offsets for offsets in cascades if len(offsets) >= 300])


def build(sources: Sources, seed: int) -> list[Record]:
    """All records in the order of their arrival."""
    builder = _Builder(sources, seed)
    for incident in INCIDENTS:
        builder.incident(incident)
    builder.background()
    return sorted(builder.records, key=lambda record: (record["received_at"], record["id"], _views(record)))


def planned(records: list[Record]) -> list[Record]:
    """When each planned incident should be at its level: its own mentions of an hour, or its reposts, are enough."""
    return [
        {
            "brand": incident.brand,
            "category": incident.category,
            "level": incident.level,
            "at": _iso(incident.reached(_arrivals(records, incident))),
            "tolerance_minutes": incident.tolerance_minutes,
        }
        for incident in INCIDENTS
    ]


class _Builder:
    """Collects records; everything drawn comes from one seeded source, in a fixed order."""

    def __init__(self, sources: Sources, seed: int) -> None:
        self.records: list[Record] = []
        self._sources = sources
        self._random = random.Random(seed)
        self._count = 0

    def incident(self, incident: Incident) -> None:
        """Originals and reposts of the brand's negative texts, at the times of the most fitting real cascade."""
        texts = [text for text in self._sources.of(incident.brand) if fits(text, incident.category)]
        self._random.shuffle(texts)
        originals = cycle(texts)
        quoted = ""
        for number, offset in enumerate(self._offsets(incident)):
            repost = quoted and number % 5 in {2, 4} and incident.mentions > len(texts)
            text = f"转发微博//@{self._name()}:{quoted}" if repost else next(originals)
            quoted = quoted if repost else text
            published = incident.begins + timedelta(seconds=offset)
            kind = "media" if number in incident.media_at else "personal"
            record = self._record(incident.brand, text, published, kind=kind)
            if number == 0 and incident.viral_reposts:
                self._spread(record, published, incident.viral_reposts)
        if incident.hot_search_after is not None:
            self._hot_search(incident)

    def background(self) -> None:
        """Neutral talk about quiet brands, and negatives so far apart that they are nobody's crisis."""
        for brand in QUIET_BRANDS:
            for text in [text for text in self._sources.of(brand) if speaks_quietly(text, brand)][:30]:
                self._record(brand, text, self._some_time())
        for brand, texts in sorted(self._isolated().items()):
            moment = START + self._random.random() * _NEGATIVE_GAP
            for text in texts:
                if moment > START + timedelta(days=DAYS):
                    break
                self._record(brand, text, moment)
                moment += _NEGATIVE_GAP * (1 + self._random.random())

    def _isolated(self) -> dict[str, list[str]]:
        """Negative texts of brands without an incident, by their first brand; each text once."""
        busy = {name for incident in INCIDENTS for name in (incident.brand, *incident.aliases)}
        found: dict[str, list[str]] = {}
        for row in self._sources.texts:
            if row["entities"] and not busy & set(row["entities"]) and not fits(row["text"], "none"):
                found.setdefault(row["entities"][0], []).append(row["text"])
        return {brand: texts[:3] for brand, texts in found.items() if len(texts) >= 3}

    def _offsets(self, incident: Incident) -> list[int]:
        """Offsets thinned to the planned number, of the cascade whose busiest hour comes nearest to the plan."""
        window = incident.hours * 3600
        thinned = [
            inside[:: max(1, len(inside) // incident.mentions)][: incident.mentions]
            for offsets in self._sources.cascades
            if len(inside := [offset for offset in offsets if offset <= window]) >= incident.mentions
        ]
        return min(thinned, key=lambda offsets: (abs(_busiest(offsets) - incident.busiest_hour), offsets))

    def _spread(self, record: Record, published: datetime, reposts: int) -> None:
        """Later sights of a post: its counts after every quarter of an hour of a real cascade of that size."""
        offsets = next(found for found in self._sources.cascades if _first_hours(found, 6) >= reposts)
        for step in range(1, 24):
            minutes = step * _UPDATE_MINUTES
            seen = sum(offset <= minutes * 60 for offset in offsets)
            counts = {"reposts": seen, "comments": seen // 2, "likes": seen * 3, "views": seen * 400}
            received = _iso(published + timedelta(minutes=minutes))
            self.records.append({**record, "engagement": counts, "received_at": received})

    def _hot_search(self, incident: Incident) -> None:
        """Entries of the hot-search list; the keyword is the brand and the word of its category."""
        for rank, minutes in ((33, 0), (21, 20)):
            moment = incident.begins + timedelta(minutes=(incident.hot_search_after or 0) + minutes)
            record = self._record(incident.brand, incident.keyword, moment)
            record["hot_search"] = {"keyword": incident.keyword, "rank": rank}
            record["kind"] = "hot_search"
            del record["author"]

    def _record(self, brand: str, text: str, published: datetime, *, kind: str = "personal") -> Record:
        self._count += 1
        followers = 800_000 if kind == "media" else min(20_000, round(math.exp(self._random.gauss(5.2, 1.4))))
        likes = self._random.randrange(4)
        record: Record = {
            "id": f"s{self._count:05d}",
            "text": text,
            "entities": [brand],
            "platform": self._random.choice(["微博", "微博", "论坛", "贴吧"]),
            "author": {"name": self._name(), "followers": followers, "kind": kind},
            "published_at": _iso(published),
            "received_at": _iso(published + timedelta(seconds=self._random.randint(5, 90))),
            "engagement": {"reposts": 0, "comments": likes // 2, "likes": likes, "views": likes * 20},
        }
        self.records.append(record)
        return record

    def _name(self) -> str:
        return f"用户{self._random.randrange(10**8):08d}"

    def _some_time(self) -> datetime:
        hour = self._random.choices(range(24), _HOUR_WEIGHTS)[0]
        return START + timedelta(days=self._random.randrange(DAYS), hours=hour, seconds=self._random.randrange(3600))


def _busiest(offsets: list[int]) -> int:
    """The most offsets within one hour."""
    return max(sum(offset <= other < offset + 3600 for other in offsets) for offset in offsets)


def _first_hours(offsets: list[int], hours: int) -> int:
    return sum(offset <= hours * 3600 for offset in offsets)


def _arrivals(records: list[Record], incident: Incident) -> Iterator[tuple[datetime, Record]]:
    for record in records:
        moment = datetime.fromisoformat(record["received_at"])
        if record["entities"] == [incident.brand] and moment >= incident.begins:
            yield moment, record


def _views(record: Record) -> int:
    return int(record["engagement"]["views"])


def _iso(moment: datetime) -> str:
    return moment.astimezone(_CHINA).isoformat(timespec="seconds")


def main(arguments: list[str]) -> int:
    """Write the stream, or print the plan; 2 where the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--plan", action="store_true")
    options = parser.parse_args(arguments)
    if not RAW.exists() or not REPOSTS.exists():
        sys.stderr.write(f"no data at {SHARED}\n")
        return 2
    records = build(load_sources(), options.seed)
    if options.out is not None:
        options.out.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    if options.plan:
        sys.stdout.write(json.dumps({"incidents": planned(records)}, ensure_ascii=False, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
