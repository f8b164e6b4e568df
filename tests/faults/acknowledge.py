"""Take mentions in for ever and print the id of each once it is acknowledged; to be killed. A script of its own."""

import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from engine.model import Realm
from tests.support.made import START, made_mention, made_pipeline


def main(folder: Path, first: int) -> None:
    pipeline = made_pipeline(folder, {})
    for number in count(first):
        mention = made_mention(number, START + timedelta(seconds=number))
        pipeline.ingest(Realm.live, [mention])
        print(mention.id, flush=True)  # noqa: T201 - the acknowledgement


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
