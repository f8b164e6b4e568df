"""A release holds together by its signatures: whoever changes anything and recomputes every hash is refused at load."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.drafting.document import canonical_json, content_hash
from engine.errors import ReleaseError
from engine.model import Actor, Realm, Role
from engine.releases.content import ReleaseContent
from engine.releases.record import (
    FACTORY,
    Comparison,
    HistoryMark,
    Proposal,
    ReleaseFile,
    ReleaseHead,
    ReleaseStatus,
    read_file,
    read_head,
    sign_approval,
    sign_end,
    sign_proposal,
)
from engine.signing import Signer, TrustedKeys

AT = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=8)))
AUTHOR = Actor(name="周敏", role=Role.analyst)
LAW = Actor(name="许衡", role=Role.compliance)
SECOND = Actor(name="沈知", role=Role.compliance)
SIGNER = Signer.generate()
TRUSTED = TrustedKeys.of(SIGNER)
CONTENT = ReleaseContent(
    {"rules/handling.yaml": "title: 处置表\n", "engine/scoring/brands.yaml": "brands:\n  - name: 澄禾\n"}, "1:a", "b"
)
COMPARISON = Comparison(
    old="0" * 32,
    new=CONTENT.hash,
    history=HistoryMark(name="上月", realm=Realm.live, from_seq=1, to_seq=900, digest="f" * 32),
    counts={"gained": 1, "raised": 0},
    document={"changes": [{"kind": "gained", "text": "多出一次告警", "score": 0.5, "rank": None, "agreed": True}]},
)


def proposal(**fields: object) -> Proposal:
    values: dict[str, object] = {
        "release": CONTENT.hash,
        "number": 1,
        "author": AUTHOR,
        "at": AT,
        "reason": "门槛太低，误报多",
        "base": "0" * 32,
        "approvals_needed": 2,
        "two_because": ("规则开始告警",),
        "comparison": COMPARISON.hash,
        "history": COMPARISON.history,
    }
    return Proposal.model_validate(values | fields)


def approved(*people: Actor, signer: Signer = SIGNER, **fields: object) -> ReleaseHead:
    head = sign_proposal(proposal(**fields), signer)
    for person in people:
        head = sign_approval(head, person, AT, "同意", signer)
    return head


def written(head: ReleaseHead) -> str:
    return ReleaseFile(content=CONTENT.document(), head=head, comparison=COMPARISON).to_json()


WHOLE = written(approved(LAW, SECOND))


def test_a_whole_release_is_read_and_approved() -> None:
    head, content = read_file(WHOLE, TRUSTED)
    assert content == CONTENT
    assert (head.status, head.approvers) == (ReleaseStatus.approved, "许衡、沈知")


@settings(max_examples=200)
@given(st.integers(0, len(WHOLE.encode()) - 1), st.integers(1, 255))
def test_a_release_with_any_byte_changed_is_refused(place: int, bits: int) -> None:
    raw = bytearray(WHOLE.encode())
    raw[place] ^= bits
    with pytest.raises((ReleaseError, UnicodeDecodeError)):
        read_file(raw.decode(), TRUSTED)


@settings(max_examples=200)
@given(st.randoms(use_true_random=False))
def test_a_release_with_any_field_changed_and_every_hash_recomputed_is_refused(pick: random.Random) -> None:
    body = json.loads(WHOLE)
    places = list(leaves(body))
    change(body, pick.choice(places), pick)
    forged = canonical_json(recomputed(body))
    if forged == WHOLE:
        return  # only a hash was changed, and recomputed to what it was
    with pytest.raises(ReleaseError):
        read_file(forged, TRUSTED)


def leaves(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all plain values."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*place, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, (*place, number))
    else:
        yield place


def change(body: Any, place: tuple[str | int, ...], pick: random.Random) -> None:
    """Put another value of the same kind at a place, or add one beside it."""
    *way, last = place
    holder = body
    for step in way:
        holder = holder[step]
    value = holder[last]
    if isinstance(value, bool):
        holder[last] = not value
    elif isinstance(value, int | float):
        holder[last] = pick.choice([value + 1, value + 100, 0 if value else 1])
    elif value is None:
        holder[last] = "1"
    elif pick.random() < 0.2 and isinstance(holder, dict):
        holder[f"{last}2"] = value
    else:
        at = pick.randrange(len(value) + 1)
        holder[last] = pick.choice([value[:at] + "改" + value[at:], value[:at] + value[at + 1 :], value + "1"])
        holder[last] = holder[last] if holder[last] != value else value + "1"


def recomputed(body: dict[str, Any]) -> dict[str, Any]:
    """All hashes as somebody without the key can make them anew."""
    head = body["head"]
    head["proposal"]["release"] = content_hash(canonical_json(body["content"]))
    head["proposal"]["comparison"] = content_hash(canonical_json(body["comparison"]))
    digest = content_hash(canonical_json([head["proposal"], head["signature"]]))
    for approval in head["approvals"]:
        approval["proposal"] = digest
    return body


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_without_one_of_its_approvals_a_release_is_no_longer_approved(lost: int) -> None:
    body = json.loads(WHOLE)
    body["head"]["approvals"] = body["head"]["approvals"][:lost]
    head, _ = read_file(canonical_json(body), TRUSTED) if lost < 2 else (approved(LAW, SECOND), CONTENT)
    assert (head.status is ReleaseStatus.approved) is (lost == 2)


def test_an_approval_of_another_proposal_does_not_count() -> None:
    other = approved(LAW, SECOND, reason="别的理由")
    forged = approved().model_copy(update={"approvals": other.approvals})
    with pytest.raises(ReleaseError, match="批准的不是这次提交"):
        read_file(written(forged), TRUSTED)


def test_a_lower_number_of_approvals_does_not_fit_the_signature() -> None:
    head = approved(LAW)
    easier = head.model_copy(update={"proposal": head.proposal.model_copy(update={"approvals_needed": 1})})
    with pytest.raises(ReleaseError, match="提交的签名无效"):
        read_file(written(easier), TRUSTED)


@pytest.mark.parametrize(
    ("people", "fault"),
    [
        ((AUTHOR, LAW), "自己的提交"),
        ((LAW, LAW), "批准了两次"),
        ((Actor(name="公关", role=Role.pr), LAW), "没有批准的权限"),
    ],
)
def test_even_signed_approvals_must_come_from_two_others_who_may(people: tuple[Actor, ...], fault: str) -> None:
    with pytest.raises(ReleaseError, match=fault):
        read_file(written(approved(*people)), TRUSTED)


def test_a_release_that_another_key_signed_is_refused() -> None:
    with pytest.raises(ReleaseError, match="不是可信密钥所签"):
        read_file(written(approved(LAW, SECOND, signer=Signer.generate())), TRUSTED)
    with pytest.raises(ReleaseError):
        read_file(WHOLE, TrustedKeys({}))


def test_unused_bits_of_a_signature_cannot_hide_a_change() -> None:
    head = approved(LAW, SECOND)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = head.signature.rstrip("=")[-1]
    other = letters[letters.index(last) ^ 1]  # the lowest bit of the last letter stands for nothing
    forged = head.signature.rstrip("=")[:-1] + other + "=="
    with pytest.raises(ReleaseError):
        read_file(written(head.model_copy(update={"signature": forged})), TRUSTED)


def test_a_rejected_release_stays_so_and_its_end_is_signed() -> None:
    head = sign_end(approved(LAW), "rejected", SECOND, AT, "依据不足", SIGNER)
    read, _ = read_file(written(head), TRUSTED)
    assert read.status is ReleaseStatus.rejected
    body = json.loads(written(head))
    body["head"]["end"]["reason"] = "没有理由"
    with pytest.raises(ReleaseError, match="驳回或撤回的签名无效"):
        read_file(canonical_json(body), TRUSTED)


def test_a_comparison_cannot_be_swapped_or_taken_away() -> None:
    head = approved(LAW, SECOND).to_json()
    read_head(head, COMPARISON.to_json(), TRUSTED)
    other = COMPARISON.model_copy(update={"counts": {"gained": 0}}).to_json()
    for told in (other, None):
        with pytest.raises(ReleaseError, match="决策对比"):
            read_head(head, told, TRUSTED)


def test_what_comes_with_the_program_says_so() -> None:
    head = sign_approval(sign_proposal(proposal(approvals_needed=1), SIGNER), FACTORY, AT, "", SIGNER)
    assert head.by_factory
    assert not approved(LAW).by_factory
    assert read_file(written(head), TRUSTED)[0].status is ReleaseStatus.approved
