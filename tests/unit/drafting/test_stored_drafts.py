"""Drafts that the first version wrote and signed: they load, prove themselves and keep the hash approvals bind to."""

import json
from pathlib import Path

import pytest

from engine.drafting.document import Draft
from engine.drafting.verification import read_draft, verify
from engine.signing import TrustedKeys

STORED = Path(__file__).with_name("stored")
HASHES = json.loads((STORED / "hashes.json").read_text("utf-8"))
TRUSTED = TrustedKeys.from_lines((STORED / "keys.txt").read_text("utf-8").splitlines())


@pytest.mark.parametrize("name", sorted(HASHES))
def test_a_draft_of_the_first_version_still_proves_itself(name: str) -> None:
    text = (STORED / f"{name}.json").read_text("utf-8")
    proof = verify(text, TRUSTED)
    assert proof.problems == ()
    assert proof.ok
    assert proof.releasable is (name != "unresolved")
    assert proof.sentences, "its sentences are told although the file lists none"


@pytest.mark.parametrize("name", sorted(HASHES))
def test_its_content_hash_is_the_one_that_an_approval_was_bound_to(name: str) -> None:
    text = (STORED / f"{name}.json").read_text("utf-8")
    assert read_draft(text).content_hash == HASHES[name]
    assert read_draft(text).to_json() == text.strip()


def test_a_stored_draft_that_was_changed_is_refused() -> None:
    text = (STORED / "statement.json").read_text("utf-8")
    assert not verify(text.replace("36.8万元", "3.68万元"), TRUSTED).ok


def test_what_later_versions_added_cannot_be_slipped_into_it() -> None:
    old = json.loads((STORED / "statement.json").read_text("utf-8"))
    for added in ({"strategy": NOTE}, {"proof": {**old["proof"], "sentences": [SENTENCE]}}):
        changed = Draft.model_validate_json(json.dumps({**old, **added}))
        assert not verify(changed.to_json(), TRUSTED).ok


NOTE = {"strategy": "rebuild", "title": "致歉整改", "reason": "无", "category": "fee_dispute", "level": "high"}
SENTENCE = {"text": "我们已退款。", "ok": True, "origins": ["literal"], "refs": ["literal:0"], "reason": "模板原文"}
