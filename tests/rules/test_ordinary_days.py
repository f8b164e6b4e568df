"""The whole pack over ordinary days: a normal level of genuine complaints raises no medium or high finding."""

from datetime import timedelta
from random import Random

import pytest

from engine.detection import Detector, RuleSet
from engine.model import AuthorKind, Category, LogRecord, MentionKind, MentionRecord, Realm, Severity
from engine.rule_testing.series import BRAND, START
from engine.window_state import BrandState
from engine.windows import advance
from rules.vocabulary import Level

DAYS = 9
# Genuine complaints an hour by day (8:00-23:00); a tenth of it at night.
A_HANDFUL = {
    Category.customer_service: 4.0,
    Category.fee_dispute: 2.5,
    Category.debt_collection: 1.0,
    Category.interest_dispute: 1.0,
    Category.false_advertising: 0.8,
    Category.privacy_leak: 0.3,
    Category.system_outage: 0.3,
    Category.impersonation: 0.3,
    Category.fraud_illegal: 0.3,
    Category.fund_safety: 0.1,
    Category.corporate_governance: 0.1,
    Category.regulatory_action: 0.05,
}


def ordinary(random: Random, times: float) -> list[tuple[float, Category]]:
    """Minutes and categories of independent complaints, `times` the handful."""
    found = []
    for category, per_hour in A_HANDFUL.items():
        minute = 0.0
        while minute < DAYS * 1440:
            is_day = 8 <= (minute / 60 + 9) % 24 < 23
            minute += random.expovariate(times * per_hour / 60)
            if is_day or random.random() < 0.1:
                found.append((minute, category))
    return sorted(found)


def complaint(random: Random, number: int, minute: float, category: Category) -> LogRecord:
    at = START + timedelta(minutes=minute)
    severity = random.choices([Severity.low, Severity.medium, Severity.high], [70, 28, 2])[0]
    payload = MentionRecord(
        mention=f"m{number}",
        published_at=at,
        received_at=at,
        negativity=0.8,
        categories=(category,),
        severity=severity,
        reach=int(random.lognormvariate(5, 1.2)),
        author=f"a{random.randrange(5000)}",
        author_kind=AuthorKind.personal,
        followers=200,
        mention_kind=MentionKind.complaint,
        platform=random.choice(["微博", "黑猫投诉", "小红书", "抖音"]),
        group=f"g{number}",
        reposts=random.choice([0, 0, 0, 1, 4]),
        scorer="test",
    )
    return LogRecord(seq=number, realm=Realm.replay, brand=BRAND, brand_seq=number, at=at, payload=payload)


@pytest.mark.parametrize("times", [1.0, 3.0], ids=["a company of usual size", "a company three times as large"])
@pytest.mark.parametrize("seed", [1, 2])
def test_nine_ordinary_days_from_an_empty_history_stay_below_medium(seed: int, times: float) -> None:
    random = Random(seed)
    state = BrandState.empty(Realm.replay, BRAND)
    found: set[tuple[str, Level, int]] = set()
    with Detector(RuleSet.load()) as detector:
        for number, (minute, category) in enumerate(ordinary(random, times), 1):
            state, facts = advance(state, complaint(random, number, minute, category))
            findings = (finding for one in facts for finding in detector.detect(one, "r"))
            found |= {(finding.rule, finding.level, int(minute // 1440)) for finding in findings}
    assert {level for _, level, _ in found} <= {Level.low}
    # Once two days of history are known, only the rules for single severe mentions may speak up.
    counted = (".surge", ".viral", ".build_up")
    assert not [one for one in found if one[0].endswith(counted) and one[2] >= 2]
