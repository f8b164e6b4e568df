"""What verification refuses: every change of a number, a literal, the template or the register, however well hashed."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.drafting.composing import draft
from engine.drafting.document import Draft, content_hash, register_hash, signed_message
from engine.drafting.verification import prove, verify
from engine.errors import InputError
from engine.model import SpanOrigin
from engine.signing import Signer


@pytest.fixture
def good(kit: Any) -> dict[str, Any]:
    return dict(json.loads(draft(kit.request("formal"), None, kit.signer).to_json()))


def rehashed(document: dict[str, Any], signer: Signer | None = None) -> str:
    """The document with every hash, its proof and, with a signer, its signature made anew."""
    made = Draft.model_validate_json(json.dumps(document))
    hashes = made.hashes.model_copy(
        update={"template": content_hash(made.template_source), "register_": register_hash(made.register_)}
    )
    made = made.model_copy(update={"hashes": hashes})
    made = made.model_copy(update={"proof": prove(made)})
    if signer is not None:
        made = made.model_copy(update={"signature": signer.sign(signed_message(made))})
    return made.to_json()


def everywhere(document: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return dict(json.loads(json.dumps(document, ensure_ascii=False).replace(old, new)))


CHANGES = [("36.8万元", "3.68万元"), ("2300笔", "23笔"), ("2026年3月20日", "2026年3月21日"), ("24小时", "48小时")]


def test_a_draft_as_it_was_made_is_accepted_from_text_bytes_or_mapping(kit: Any, good: dict[str, Any]) -> None:
    text = json.dumps(good, ensure_ascii=False, indent=2)
    for document in (good, text, text.encode()):
        proof = verify(document, kit.trusted)
        assert proof.ok
        assert proof.releasable
        assert all(span.ok for span in proof.spans)


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_change_made_everywhere_with_all_hashes_new_is_refused(
    kit: Any, good: dict[str, Any], old: str, new: str
) -> None:
    changed = rehashed(everywhere(good, old, new))
    proof = verify(changed, kit.trusted)
    assert not proof.ok
    assert all(span.ok for span in proof.spans), "consistent in itself: only the signature can tell"
    assert any("签名无效" in problem for problem in proof.problems)


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_signing_it_again_with_a_foreign_key_does_not_help(kit: Any, good: dict[str, Any], old: str, new: str) -> None:
    assert not verify(rehashed(everywhere(good, old, new), Signer.generate()), kit.trusted).ok


@pytest.mark.parametrize("origin", ["literal", "fact", "choice", "prose"])
def test_even_the_trusted_key_cannot_make_an_underived_span_true(kit: Any, good: dict[str, Any], origin: str) -> None:
    changed = deepcopy(good)
    span = next(span for span in changed["spans"] if span["origin"] == origin)
    span["text"] += "1"
    changed["text"] = "".join(span["text"] for span in changed["spans"])
    proof = verify(rehashed(changed, kit.signer), kit.trusted)
    assert not proof.ok
    assert [verdict.origin for verdict in proof.spans if not verdict.ok] == [SpanOrigin(origin)]


def test_a_mark_where_a_fact_is_confirmed_is_refused(kit: Any, good: dict[str, Any]) -> None:
    changed = deepcopy(good)
    span = next(span for span in changed["spans"] if span["origin"] == "fact")
    span.update(text="【待核实：涉及产品】", origin="unresolved", ref="product:product")
    changed["text"] = "".join(span["text"] for span in changed["spans"])
    assert not verify(rehashed(changed, kit.signer), kit.trusted).ok


def test_text_that_is_not_its_spans_is_refused(kit: Any, good: dict[str, Any]) -> None:
    good["text"] += "公司承认违法。"
    assert "正文与各段拼接的结果不一致" in verify(rehashed(good, kit.signer), kit.trusted).problems


@pytest.mark.parametrize("cut", [1, -1])
def test_spans_left_out_or_added_are_refused(kit: Any, good: dict[str, Any], cut: int) -> None:
    good["spans"] = good["spans"][:-1] if cut < 0 else [*good["spans"], good["spans"][-1]]
    good["text"] = "".join(span["text"] for span in good["spans"])
    assert "段落数与模板不符" in verify(rehashed(good, kit.signer), kit.trusted).problems


def test_a_proof_that_claims_more_than_holds_is_refused(kit: Any) -> None:
    honest = draft(kit.request("formal", ()), None, kit.signer)
    claimed = honest.model_copy(update={"proof": honest.proof.model_copy(update={"releasable": True})})
    signed = claimed.model_copy(update={"signature": kit.signer.sign(signed_message(claimed))})
    proof = verify(signed.to_json(), kit.trusted)
    assert not proof.ok
    assert not proof.releasable


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_character_of_text_template_or_register_can_change_unseen(kit: Any, data: st.DataObject) -> None:
    document = json.loads(draft(kit.request("formal"), None, kit.signer).to_json())
    field = data.draw(st.sampled_from(["text", "template_source", "span", "fact"]))
    holder, key = {
        "text": (document, "text"),
        "template_source": (document, "template_source"),
        "span": (data.draw(st.sampled_from(document["spans"])), "text"),
        "fact": (data.draw(st.sampled_from(document["register"])), "value"),
    }[field]
    at = data.draw(st.integers(0, len(holder[key]) - 1))
    letter = data.draw(st.sampled_from("0123456789一二万元不未被年月，"))
    if holder[key][at] == letter:
        return
    holder[key] = holder[key][:at] + letter + holder[key][at + 1 :]
    assert not verify(rehashed(document), kit.trusted).ok
    assert not verify(rehashed(document, Signer.generate()), kit.trusted).ok


JUNK = [
    ("", "不是有效的 JSON"),
    ("{", "不是有效的 JSON"),
    ("[]", "取值不正确"),
    ('{"text": NaN}', "缺少字段|不是有效的 JSON|取值"),
    ('{"a":1,"a":2}', "同一字段出现两次"),
    ("[" * 100_000, "不是有效的 JSON"),
    (b"\xff\xfe", "不是有效的 JSON"),
    (" " * 1_000_001, "文件过大"),
]


@pytest.mark.parametrize(("junk", "message"), JUNK)
def test_junk_gets_a_clear_chinese_error(kit: Any, junk: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        verify(junk, kit.trusted)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"signature": None}, "字段“签名”"),
        ({"spans": [{"text": "a", "origin": "magic", "ref": "x"}]}, "字段“分段 第 1 项 出处种类”"),
        ({"surprise": 1}, "未知字段"),
        ({"text": "\ud800"}, "JSON|取值"),
    ],
)
def test_a_wrong_field_is_named(kit: Any, good: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        verify({**good, **change}, kit.trusted)


@pytest.mark.parametrize(
    "source",
    ["", "[]", "a: &x [1]\nb: *x", "id: a\nid: b", "{" * 5000, "\t", "x" * 70_000],
)
def test_a_template_that_is_none_fails_the_proof_and_nothing_else(kit: Any, good: dict[str, Any], source: str) -> None:
    good["template_source"] = source
    proof = verify(rehashed(good, kit.signer), kit.trusted)
    assert not proof.ok
    assert proof.problems
