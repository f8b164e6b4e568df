"""Which strategy is advised, refused, and fits which template; what verification says of the strategy in a file."""

from typing import Any

import pytest

from engine.drafting.composing import DraftRequest, draft
from engine.drafting.samples import sample_register
from engine.drafting.strategy import (
    StrategyChoice,
    StrategyNote,
    advise,
    choose,
    chosen,
    conflict,
    fitting,
    note_problems,
    plan_for,
)
from engine.drafting.strategy_refusals import is_own_cause
from engine.drafting.verification import verify
from engine.errors import InputError
from engine.model import Fact, FactStatus
from knowledge.loader import load_knowledge
from knowledge.schema import Category, FactKey, Level, LevelPlan, Strategy

KNOWLEDGE = load_knowledge()
NOTHING: tuple[Fact, ...] = ()


def plan(category: Category, level: Level) -> LevelPlan:
    found = plan_for(KNOWLEDGE.playbooks.values(), category, level)
    assert found is not None
    return found


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("category", list(Category))
def test_with_nothing_confirmed_the_plan_is_followed_with_its_reason(category: Category, level: Level) -> None:
    planned = plan(category, level)
    advice = advise(category, level, planned, sample_register(category, "inc-1", confirmed=False))
    assert advice.strategy is planned.strategy
    assert planned.reason in advice.reason
    assert ("不承认责任" in advice.reason) is advice.care_only is (planned.strategy is Strategy.rebuild)


@pytest.mark.parametrize(
    ("category", "key", "value", "refused"),
    [
        (Category.impersonation, FactKey.cause, "员工将名单提供给他人", True),
        (Category.impersonation, FactKey.cause, "不法分子冒用公司名称和标识", False),
        (Category.impersonation, FactKey.cause, "不法分子利用我司接口漏洞", True),
        (Category.impersonation, FactKey.complaint, "有人假冒公司客服要求转账", False),
        (Category.impersonation, FactKey.person_role, "外包客服人员", True),
        (Category.impersonation, FactKey.affected_count, "18位用户", False),
        (Category.fee_dispute, FactKey.complaint, "被收取会员服务费", True),
        (Category.regulatory_action, FactKey.document, "《行政处罚决定书》", True),
        (Category.regulatory_action, FactKey.document, "《个人消费贷款合同》", False),
    ],
)
def test_denial_is_refused_once_something_confirmed_puts_responsibility_on_the_company(
    kit: Any, category: Category, key: FactKey, value: str, refused: bool
) -> None:
    for status in FactStatus:
        register = (kit.fact(key, value, status),)
        advice = advise(category, Level.medium, None, register)
        assert (Strategy.deny in advice.refused) is (refused and status is FactStatus.confirmed)
    assert advise(category, Level.medium, None, (kit.fact(key, value),)).refused.get(Strategy.deny, value).count(value)


@pytest.mark.parametrize(
    ("category", "level", "key", "refused"),
    [
        (Category.privacy_leak, Level.medium, FactKey.data_kinds, True),
        (Category.fee_dispute, Level.medium, FactKey.affected_count, True),
        (Category.fund_safety, Level.medium, FactKey.amount, True),
        (Category.regulatory_action, Level.low, FactKey.amount, False),
        (Category.fee_dispute, Level.medium, FactKey.product, False),
        (Category.fee_dispute, Level.high, FactKey.product, True),
    ],
)
def test_playing_down_is_refused_once_people_were_harmed(
    kit: Any, category: Category, level: Level, key: FactKey, refused: bool
) -> None:
    advice = advise(category, level, plan(category, level), (kit.fact(key, "一项"),))
    assert (Strategy.diminish in advice.refused) is refused
    assert advice.strategy not in advice.refused


def test_the_plan_gives_way_to_what_is_confirmed_and_says_so(kit: Any) -> None:
    register = (kit.fact(FactKey.data_kinds, "姓名和手机号码"),)
    advice = advise(Category.privacy_leak, Level.medium, plan(Category.privacy_leak, Level.medium), register)
    assert advice.strategy is Strategy.rebuild
    assert not advice.care_only
    assert "预案原定“说明缓释”" in advice.reason
    assert "姓名和手机号码" in advice.reason


def test_under_silence_nothing_goes_to_the_public_and_everything_else_does() -> None:
    for strategy in (Strategy.no_public_response, Strategy.private_communication):
        for template in KNOWLEDGE.templates.values():
            reason = conflict(template, strategy)
            inward = template.channel in ("service_script", "internal_notice", "regulator_report")
            assert (reason is None) is (inward or strategy in template.strategies)
            assert template.channel not in ("weibo", "wechat") or "不发" in str(reason)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("category", list(Category))
def test_for_every_category_and_level_there_is_something_to_send(category: Category, level: Level) -> None:
    """Whatever is confirmed: with nothing, and with everything."""
    for confirmed in (False, True):
        register = sample_register(category, "inc-1", confirmed=confirmed)
        advice = advise(category, level, plan(category, level), register)
        templates = fitting(KNOWLEDGE.templates.values(), category, level, advice.strategy)
        assert any(one.kind == "holding" for one in templates), advice


def test_a_person_chooses_by_name_but_never_against_the_facts(kit: Any) -> None:
    advice = advise(Category.fee_dispute, Level.medium, None, (kit.fact(FactKey.complaint, "被收取会员服务费"),))
    assert choose(advice, chosen("致歉整改", "媒体来问")).note.choice == StrategyChoice(Strategy.rebuild, "媒体来问")
    with pytest.raises(InputError, match="不能否认"):
        choose(advice, chosen("deny", "领导要求"))
    with pytest.raises(InputError, match="要写明理由"):
        choose(advice, chosen("rebuild", "  "))
    with pytest.raises(InputError, match="没有“沉默”这种策略"):
        chosen("沉默", "")


def test_whether_a_cause_is_the_companys_own_is_doubted_in_favour_of_yes() -> None:
    for cause in ("办理页面的费用提示位置不够醒目", "他人利用外包权限查询", "原因不明", "合作方接口权限设置不当"):
        assert is_own_cause(cause)
    for cause in ("不法分子冒用公司名称和标识", "经查诈骗团伙冒充客服", "台风导致机房断电", "运营商线路中断"):
        assert not is_own_cause(cause)


def signed(kit: Any, strategy: Strategy, level: Level, template: str, register: tuple[Fact, ...]) -> Any:
    found = KNOWLEDGE.templates[template]
    note = StrategyNote(
        strategy=strategy,
        title={"deny": "澄清否认", "rebuild": "致歉整改", "diminish": "说明缓释"}[strategy],
        reason="测试",
        category=Category.fee_dispute if found.category == "any" else found.category,
        level=level,
    )
    request = DraftRequest("inc-1", found, KNOWLEDGE.template_source(template), register, "r", strategy=note)
    return draft(request, None, kit.signer)


def test_a_draft_carries_the_facts_its_strategy_was_decided_on(kit: Any) -> None:
    register = (*sample_register(Category.fee_dispute, "inc-1"), kit.fact(FactKey.person_role, "外包客服人员"))
    made = signed(kit, Strategy.rebuild, Level.medium, "tpl.fee_dispute.weibo", register)
    assert {"person_role", "affected_count", "cause"} <= {fact.key for fact in made.register_}
    assert verify(made.to_json(), kit.trusted).ok


def test_verification_judges_the_strategy_again_and_no_key_can_make_a_refused_one_good(kit: Any) -> None:
    register = sample_register(Category.impersonation, "inc-1")
    made = signed(kit, Strategy.deny, Level.medium, "tpl.impersonation.weibo", register)
    assert made.proof.ok
    own = kit.fact(FactKey.cause, "员工将名单提供给他人").model_copy(update={"id": "fact-cause"})
    changed = tuple(own if fact.key == "cause" else fact for fact in register)
    with pytest.raises(InputError, match="不能否认"):
        signed(kit, Strategy.deny, Level.medium, "tpl.impersonation.weibo", changed)
    template = KNOWLEDGE.templates["tpl.impersonation.weibo"]
    assert made.strategy is not None
    assert note_problems(made.strategy, template, register) == []
    for change, problem in (
        ({"title": "致歉整改"}, "名称与策略不符"),
        ({"strategy": Strategy.rebuild, "title": "致歉整改"}, "模板与策略冲突"),
        ({"category": Category.fee_dispute}, "类别"),
    ):
        note = made.strategy.model_copy(update=change)
        assert any(problem in one for one in note_problems(note, template, register))
