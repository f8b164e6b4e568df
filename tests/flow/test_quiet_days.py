"""Thirty ordinary days through the live path raise next to nothing, and what cannot wait is found all the same."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from engine.backtesting.backtest import backtest
from engine.demonstration.wording import Wording
from engine.errors import InputError
from engine.model import AuthorKind, Category, Level, Severity
from engine.parts import Parts
from engine.pipeline import Pipeline
from engine.quiet_days import bundled_plan, load_plan, quiet_days, quiet_history, quiet_mentions
from engine.quiet_days.measure import QuietOutcome, live_through, most_in_a_week
from engine.replay import feed, lines
from engine.rule_set import RuleSet
from engine.scoring.brands import Relation, load_registry
from engine.scoring.scorer import Scorer
from engine.store.database import Database
from tests.support.made import START, made_mention, made_pipeline, made_scores

PATTERNS_AT_LEAST = 120

# What an account says once, and the category and least level that it must raise at once. Brands are made up.
CANNOT_WAIT = (
    (AuthorKind.regulator, "regulatory_action", "medium", "行政处罚决定：对{brand}罚款三百万元，对副总经理给予警告。"),
    (AuthorKind.official, "regulatory_action", "medium", "责令{brand}限期整改，暂停新增互联网贷款业务三个月。"),
    (AuthorKind.official, "fraud_illegal", "high", "警情通报：{brand}实际控制人涉嫌非法吸收公众存款，我局已立案侦查。"),
    (AuthorKind.official, "debt_collection", "high", "警方通报：{brand}委外催收人员上门伤人，致一人轻伤，三人被刑拘。"),
    (AuthorKind.media, "debt_collection", "medium", "借款人遭{brand}催收上门后跳楼身亡，家属要求公司给说法。"),
    (AuthorKind.media, "privacy_leak", "medium", "记者核实：{brand}约二百万用户身份证照片遭泄露，暗网标价出售。"),
    (AuthorKind.official, "privacy_leak", "medium", "网信部门通报：{brand}数据库被未授权访问，大量个人信息外泄。"),
    (AuthorKind.media, "fund_safety", "medium", "{brand}出现大面积逾期，债券未能按期兑付，公司回应称正在筹措资金。"),
    (AuthorKind.media, "corporate_governance", "medium", "{brand}董事长被带走调查，涉嫌严重违纪违法。"),
    (AuthorKind.personal, "debt_collection", "medium", "我被{brand}催收逼得活不下去了，今晚就从楼上跳下去。"),
)  # fmt: skip
NAMES = ("青苔", "白泥", "柳湾", "石臼", "松坡", "竹汀", "菱角", "芦花", "荞麦", "杏坞")


def opened(folder: Path, scorer: Scorer) -> Pipeline:
    database = Database.at(folder / "quiet.db")
    database.create()
    return Pipeline(database, Parts(scorer, RuleSet.load(), {}, load_registry(), release="test"))


@pytest.fixture(scope="module")
def outcome(bundled_scorer: Scorer, tmp_path_factory: pytest.TempPathFactory) -> QuietOutcome:
    pipeline = opened(tmp_path_factory.mktemp("quiet"), bundled_scorer)
    try:
        return live_through(pipeline)
    finally:
        pipeline.close()


@pytest.mark.model
@pytest.mark.timeout(900)
def test_at_most_one_false_medium_or_high_incident_a_week(outcome: QuietOutcome) -> None:
    assert outcome.mentions > 2_000
    assert most_in_a_week(one.at for one in outcome.grave) <= 1, [one.reason for one in outcome.grave]


@pytest.mark.model
@pytest.mark.timeout(900)
def test_mild_incidents_do_open_so_that_the_days_are_not_empty(outcome: QuietOutcome) -> None:
    mild = [one for one in outcome.alarms if one.level is Level.low]
    assert mild
    assert most_in_a_week(one.at for one in mild) <= 14  # two a day over six brands


@pytest.mark.model
@pytest.mark.timeout(900)
def test_no_rule_exceeds_its_alert_budget_on_quiet_days(outcome: QuietOutcome) -> None:
    assert outcome.decisions
    assert outcome.over_budget(RuleSet.load()) == []


@pytest.mark.model
@pytest.mark.timeout(300)
def test_one_mention_is_enough_for_what_cannot_wait(bundled_scorer: Scorer, tmp_path: Path) -> None:
    told = dict(zip((f"{name}消费金融" for name in NAMES), CANNOT_WAIT, strict=True))
    mentions = [
        made_mention(brand, START + timedelta(minutes=number), brand=brand, kind=kind, text=text.format(brand=brand))
        for number, (brand, (kind, _, _, text)) in enumerate(told.items())
    ]
    pipeline = opened(tmp_path, bundled_scorer)
    try:
        feed(pipeline, mentions, source="single")
        with pipeline.database.read() as connection:
            found = [json.loads(line) for line in lines(connection)]
    finally:
        pipeline.close()
    for brand, (_, category, level, text) in told.items():
        levels = [
            Level(one["level"]).rank
            for one in found
            if one["brand"] == brand and one["category"] == category and one["change"] == "opened"
        ]
        assert max(levels, default=0) >= Level(level).rank, text.format(brand=brand)


def test_the_same_seed_gives_the_same_days_and_another_seed_others() -> None:
    assert list(quiet_days(seed=4)) == list(quiet_days(seed=4))
    assert list(quiet_days(seed=4)) != list(quiet_days(seed=5))


def test_every_record_is_one_that_intake_takes() -> None:
    records = list(quiet_days())
    assert len(quiet_mentions()) == len(records)
    assert [one["received_at"] for one in records] == sorted(one["received_at"] for one in records)


def test_the_brands_are_those_of_the_registry_and_each_relation_is_there() -> None:
    registry = load_registry()
    brands = {one["brand"] for one in quiet_days()}
    assert brands == {one.name for one in registry.brands}
    assert {registry.relation(brand) for brand in brands} == set(Relation) - {Relation.unknown}


def test_the_words_are_many_and_every_category_is_complained_about() -> None:
    pools = {name: texts for wording in bundled_plan().wordings for name, texts in wording.pools.items()}
    patterns = [text for texts in pools.values() for text in texts]
    assert len(patterns) == len(set(patterns)) >= PATTERNS_AT_LEAST
    assert {str(category) for category in Category} <= set(pools)
    assert {item.pool for item in bundled_plan().background} | {"promotion"} == set(pools)


def test_every_slot_is_filled() -> None:
    assert not [one["text"] for one in quiet_days() if "{" in one["text"]]


def test_all_kinds_of_accounts_speak() -> None:
    assert {one["author"]["kind"] for one in quiet_days()} == {str(kind) for kind in AuthorKind}


def test_media_rest_at_weekends_and_people_sleep_at_night() -> None:
    mentions = {one.id: one for one in quiet_mentions()}.values()
    articles = Counter(one.published_at.weekday() for one in mentions if one.author.kind is AuthorKind.media)
    assert articles[5] + articles[6] < articles[0]
    at_night = sum(2 <= one.published_at.hour < 6 for one in mentions)
    assert at_night < len(mentions) / 20


def test_a_day_of_promotion_brings_more() -> None:
    plan = bundled_plan()
    own = plan.brands["own"].name
    days = Counter(one.published_at.date() for one in quiet_mentions() if one.brands == (own,))
    promoted = [plan.starts + timedelta(days=day) for day in plan.promotions.days]
    usual = sorted(days.values())[len(days) // 2]
    assert min(days[day] for day in promoted) > usual


def test_an_undefined_pool_is_named() -> None:
    text = (Path(__file__).parents[2] / "engine" / "quiet_days" / "plan.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=r"措辞：.*praise"):
        load_plan(text, (Wording(parts={}, pools={"advert": ("{brand}",)}),))


def test_the_quiet_days_are_a_history_that_can_be_backtested(tmp_path: Path) -> None:
    plan = bundled_plan().model_copy(update={"days": 1})
    mentions = quiet_mentions(plan)
    a_notice = next(one.id for one in mentions if one.author.kind is AuthorKind.media)
    scores = {one.id: made_scores(one, None) for one in mentions}
    scores |= {one.id: made_scores(one, Category.fund_safety, Severity.high) for one in mentions if one.id == a_notice}
    pipeline = made_pipeline(tmp_path, scores)
    try:
        history = quiet_history(pipeline, plan)
        found = backtest(RuleSet.load(), history)
    finally:
        pipeline.close()
    assert history.name == "1 个平静日（种子 0）"
    assert [(one.rule, one.level, one.mentions) for one in found.decisions] == [
        ("fund_safety.official_notice", Level.medium, (a_notice,))
    ]
