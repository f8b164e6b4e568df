"""The mark of AI help: in every draft file, signed with it, true whether or not a model chose words."""

import json
from typing import Any

import pytest

from engine.drafting.composing import draft, edit
from engine.drafting.document import Draft, signed_message
from engine.drafting.exports.mark import APPROVED, FIELD, UNAPPROVED, embedded, mark_of, visible
from engine.drafting.verification import prove, verify
from engine.language_model.protocol import ScriptedModel
from engine.model import Actor, Role, SpanOrigin


@pytest.mark.parametrize("model", [None, ScriptedModel(answers=(1,) * 40)], ids=["without a model", "with a model"])
def test_a_draft_file_carries_the_mark_and_names_what_chose_its_words(kit: Any, model: ScriptedModel | None) -> None:
    written = draft(kit.request("formal"), model, kit.signer)
    assert written.mark is not None
    assert written.mark.model == (model.name if model else "none")
    assert json.loads(written.to_json())["mark"]["producer"] == "CrisisDesk"
    assert verify(written.to_json(), kit.trusted).ok


def test_the_mark_is_signed_and_cannot_be_taken_off_or_changed(kit: Any) -> None:
    document = json.loads(draft(kit.request("formal"), None, kit.signer).to_json())
    bare = {name: value for name, value in document.items() if name != "mark"}
    other = {**document, "mark": {**document["mark"], "model": "another"}}
    assert not verify(bare, kit.trusted).ok
    assert not verify(other, kit.trusted).ok


def test_a_mark_of_other_words_is_refused_even_when_signed(kit: Any) -> None:
    written = draft(kit.request("formal"), None, kit.signer)
    wrong = written.model_copy(update={"mark": mark_of("another", "template", "words", None)})
    proven = wrong.model_copy(update={"proof": prove(wrong)})
    signed = proven.model_copy(update={"signature": kit.signer.sign(signed_message(proven))})
    assert "人工智能标识与正文不符" in verify(signed.to_json(), kit.trusted).problems


def test_an_edit_gets_a_mark_of_its_own(kit: Any) -> None:
    before = draft(kit.request("formal"), None, kit.signer)
    index = next(number for number, span in enumerate(before.spans) if span.origin is SpanOrigin.choice)
    after = edit(before, index, "我们重视此事。", Actor(name="林舟", role=Role.pr), kit.signer)
    assert after.mark is not None
    assert after.mark != before.mark
    assert verify(after.to_json(), kit.trusted).ok


def test_a_draft_without_a_mark_is_written_as_it_was_before_there_were_marks(kit: Any) -> None:
    old = draft(kit.request("formal"), None, kit.signer).model_copy(update={"mark": None})
    assert "mark" not in json.loads(old.to_json())
    assert b'"mark"' not in signed_message(old)
    assert Draft.model_validate_json(old.to_json()).content_hash == old.content_hash


def test_the_visible_line_names_people_only_when_they_decided() -> None:
    assert visible(approved=True) == APPROVED
    assert visible(approved=False) == UNAPPROVED
    assert "审批" not in UNAPPROVED.replace("尚未经人工审批", "")


def test_the_embedded_record_has_the_fields_of_the_standard_in_their_order(kit: Any) -> None:
    record = json.loads(embedded(mark_of("inc", "tpl", "全文", None)))
    assert list(record)[:3] == ["Label", "ContentProducer", "ProduceID"]
    assert record["Label"] == "1"
    assert len(record["ProduceID"]) == 32
    assert FIELD == "AIGC"
