"""A brand's records with everything that windows have to cope with."""

from collections.abc import Iterator
from datetime import timedelta

from engine.model import AuthorKind, Category, EngagementRecord, LogRecord, Realm, RecordPayload, Severity
from tests.support.made import OWN, START, made_mention, made_record

FEE, SERVICE = Category.fee_dispute, Category.customer_service


def stream() -> Iterator[LogRecord]:
    """Nine days of mentions and engagement in two categories, some late, a few on the hot search list."""
    for number in range(220):
        at = START + timedelta(minutes=61 * number)
        published = at - timedelta(minutes=1700 * (number % 7 == 3))
        categories = ((FEE,), (FEE, SERVICE), (SERVICE,), ())[number % 4]
        payload: RecordPayload = made_record(
            made_mention(number, published),
            categories,
            received_at=at,
            author=f"a{number % 23}",
            author_kind=AuthorKind.media if number % 11 == 0 else AuthorKind.personal,
            group=f"g{number % 31}",
            platform=f"p{number % 5}",
            reach=37 * number,
            reposts=number % 6,
            severity=Severity.high if number % 9 == 0 else Severity.low,
            hot_search_rank=5 + number % 40 if number % 13 == 0 else None,
        )
        if number % 10 == 9:
            payload = EngagementRecord(
                mention=f"m{number}", received_at=at, categories=(FEE,), added_reach=number, added_reposts=3, heat=20.5
            )
        yield LogRecord(seq=number + 1, realm=Realm.live, brand=OWN, brand_seq=number + 1, at=at, payload=payload)
