"""What a person writes in one sentence with a fact may not change the fact; what it costs to see that is bounded."""

from time import perf_counter
from typing import Any

import pytest
import yaml

from engine.drafting.composing import MAX_BY_HAND_CHARS, MAX_EDIT_CHARS, DraftRequest, draft, edit
from engine.drafting.document import Draft
from engine.drafting.human import Approved, human_flags
from engine.drafting.neighbours import KIND
from engine.drafting.samples import sample_register
from engine.drafting.template_program import load_template
from engine.drafting.verification import MAX_DOCUMENT_CHARS, verify
from engine.errors import InputError
from engine.model import Actor, Fact, FactStatus, Role
from knowledge.schema import Category, FactKey

ZHOU = Actor(name="周敏", role=Role.pr)
REGISTER = sample_register(Category.fee_dispute, "inc-1")
MORE = {name: {"type": "fact", "fact": name} for name in ("complaint", "measure", "amount")}


def written(kit: Any, body: str, register: tuple[Fact, ...] = REGISTER) -> Draft:
    """A draft of the short template with another body, and with the slots that this one names."""
    short = yaml.safe_load(kit.request("short").template_source)
    body += "咨询可拨{{hotline}}。"
    slots = {name: slot for name, slot in (MORE | short["slots"]).items() if f"{{{{{name}}}}}" in body}
    source = yaml.safe_dump({**short, "slots": slots, "body": body, "max_chars": 300}, allow_unicode=True)
    return draft(DraftRequest("inc-1", load_template(source), source, register, "r"), None, kit.signer)


def edited(kit: Any, before: Draft, index: int, text: str) -> Any:
    return verify(edit(before, index, text, ZHOU, kit.signer).to_json(), kit.trusted)


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (0, "有人建议我们"),
        (0, "大家好。有人建议我们"),
        (0, "我们暂缓"),
        (0, "暂缓"),
        (0, "公司拟"),
        (0, ""),
        (2, "的想法很好，涉及"),
        (2, "？涉及"),
        (2, "，涉及约"),
        (2, "，不超过"),
        (4, "之外的部分。"),
        (4, "？"),
        (4, ""),
    ],
)
def test_the_words_beside_a_fact_stay_as_the_template_has_them(kit: Any, index: int, words: str) -> None:
    before = written(kit, "我们现已{{measure}}，涉及{{amount}}。{{attitude}}")
    assert before.proof.releasable
    proof = edited(kit, before, index, words)
    assert not proof.ok
    beside = [flag for flag in proof.spans[index].flags if flag.kind == KIND]
    assert beside
    assert "请只改写这一句以外的部分" in proof.spans[index].reason


def test_what_is_reported_stays_reported(kit: Any) -> None:
    reported = tuple(
        fact.model_copy(update={"status": FactStatus.reported, "confirmed_by": None})
        if fact.key == FactKey.complaint
        else fact
        for fact in REGISTER
    )
    before = written(kit, "近日有用户反映{{complaint}}。{{attitude}}", reported)
    assert before.proof.releasable
    assert not edited(kit, before, 0, "我们发现，近日确有借款用户").ok
    assert not edited(kit, before, 0, "近日").ok
    assert edited(kit, before, 0, "感谢大家的关注。近日有用户反映").spans[0].flags[0].kind == KIND, "a sentence more"


def test_a_sentence_without_a_fact_may_be_reworded_and_one_be_added_after_the_facts(kit: Any) -> None:
    before = written(kit, "我们现已{{measure}}，涉及{{amount}}。{{attitude}}")
    assert edited(kit, before, 5, "我们诚恳听取大家的意见。").ok
    assert edited(kit, before, 4, "。给大家带来不便，我们十分抱歉。").ok
    assert edited(kit, before, 3, "36.8万元").ok


def test_words_before_a_slot_belong_to_what_a_person_writes_there(kit: Any) -> None:
    """“我们不会” with the slot worded by hand as a confirmed measure denies the measure."""
    before = written(kit, "我们不会{{amount}}。我们现已{{measure}}。{{attitude}}")
    flags = edited(kit, before, 1, "暂停该项费用的收取").spans[1].flags
    assert {flag.kind for flag in flags} == {"改变事实"}


def test_a_full_stop_cannot_be_taken_away_to_lead_into_the_next_fact(kit: Any) -> None:
    before = written(kit, "{{attitude}}我们现已{{measure}}。")
    assert not edited(kit, before, 0, "据我们听到的").ok
    assert edited(kit, before, 0, "我们重视大家的意见。").ok


def test_an_edit_that_could_not_be_read_again_is_refused_in_words(kit: Any) -> None:
    before = written(kit, "{{attitude}}" * 8)
    with pytest.raises(InputError, match=f"最多 {MAX_EDIT_CHARS} 字"):
        edit(before, 0, "好" * (MAX_EDIT_CHARS + 1), ZHOU, kit.signer)
    after = before
    for index in range(MAX_BY_HAND_CHARS // MAX_EDIT_CHARS):
        after = edit(after, index, "“" * MAX_EDIT_CHARS, ZHOU, kit.signer)
    with pytest.raises(InputError, match=f"最多 {MAX_BY_HAND_CHARS} 字"):
        edit(after, 7, "好", ZHOU, kit.signer)
    assert len(after.to_json()) < MAX_DOCUMENT_CHARS / 4
    assert verify(after.to_json(), kit.trusted).spans


def test_rare_characters_are_refused_in_no_time() -> None:
    approved = Approved((), (), ())
    human_flags("预热词典。", approved)
    started = perf_counter()
    flags = human_flags("萬鬱" * (MAX_EDIT_CHARS // 2), approved)
    assert perf_counter() - started < 2
    assert {flag.kind for flag in flags} == {"字符"}
