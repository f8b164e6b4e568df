"""Every leaf of a draft's file, changed, with every hash made anew, without a key, or signed with a foreign one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from engine.drafting.composing import DraftRequest, draft, edit
from engine.drafting.document import Draft, content_hash, register_hash, signed_message
from engine.drafting.elements import elements_for
from engine.drafting.exports.mark import mark_of
from engine.drafting.samples import sample_register
from engine.drafting.strategy import advise
from engine.drafting.verification import prove, verify
from engine.errors import InputError
from engine.model import Actor, Role
from engine.signing import Signer
from knowledge.loader import load_knowledge
from knowledge.schema import Category, Level

FOREIGN = Signer.generate()
Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def document(kit: Any) -> dict[str, Any]:
    """A file with all that a draft can carry: facts, choices, prose, elements, strategy, mark, proof."""
    return dict(json.loads(complete_draft(kit).to_json()))


def complete_draft(kit: Any) -> Draft:
    knowledge = load_knowledge()
    template = knowledge.templates["tpl.privacy_leak.weibo"]
    register = sample_register(Category.privacy_leak, "inc-1")
    request = DraftRequest(
        "inc-1",
        template,
        knowledge.template_source(template.id),
        register,
        "release-1",
        elements_for(template, Level.high),
        advise(Category.privacy_leak, Level.high, None, register).note,
    )
    made = draft(request, None, kit.signer)
    assert verify(made.to_json(), kit.trusted).ok
    return made


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def other(value: Any, path: Path) -> Any:
    """Another value of the same kind, that a reader might fall for."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return "2026-03-20T02:00:00Z"
    digits = str(value).translate(str.maketrans("0123456789", "1234567890"))
    found = [one for one in (digits, f"{value}1", str(value)[:-1]) if one != value]
    return found[number_of(path) % len(found)]


def number_of(path: Path) -> int:
    """A number for a path, the same in every run."""
    return sum(map(ord, "/".join(map(str, path))))


def with_leaf(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed: Any = json.loads(json.dumps(document))
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return dict(changed)


def made_anew(document: dict[str, Any], signer: Signer) -> str:
    """The document with text, hashes, mark and proof computed from what is in it now, and signed."""
    made = Draft.model_validate_json(json.dumps(document))
    text = "".join(span.text for span in made.spans)
    hashes = made.hashes.model_copy(
        update={"template": content_hash(made.template_source), "register_": register_hash(made.register_)}
    )
    mark = mark_of(made.incident, made.template, text, made.model)
    made = made.model_copy(update={"text": text, "hashes": hashes, "mark": mark})
    made = made.model_copy(update={"proof": prove(made)})
    return made.model_copy(update={"signature": signer.sign(signed_message(made))}).to_json()


def is_refused(text: str, kit: Any) -> bool:
    try:
        proof = verify(text, kit.trusted)
    except InputError:
        return True
    return not proof.ok and not proof.releasable


def test_no_leaf_of_a_file_can_be_changed(kit: Any, document: dict[str, Any]) -> None:
    """Of the proof, which repeats spans and sentences, every third."""
    found = [(path, value) for path, value in leaves(document) if path[0] != "proof" or number_of(path) % 3 == 0]
    assert len(found) > 100
    changed = ((path, with_leaf(document, path, other(value, path))) for path, value in found)
    assert [path for path, one in changed if not is_refused(json.dumps(one), kit)] == []


MADE_ANEW = ("proof", "hashes", "mark", "signature", "text")


def test_a_change_with_everything_computed_anew_and_signed_by_a_stranger_is_refused(
    kit: Any, document: dict[str, Any]
) -> None:
    rest = {key: value for key, value in document.items() if key not in MADE_ANEW}
    tried, accepted = forged(kit, document, [path for path, _ in leaves(rest)], FOREIGN)
    assert tried > 80
    assert accepted == []


def test_what_is_derived_is_refused_even_with_the_companys_own_key(kit: Any, document: dict[str, Any]) -> None:
    """A span, its origin or its reference, the strategy's title: nothing that says other than template and register."""
    rest = {key: document[key] for key in ("spans", "strategy", "template", "incident")}
    paths = [path for path, _ in leaves(rest) if path[-1] not in ("reason", "chosen_for", "level")]
    tried, accepted = forged(kit, document, paths, kit.signer)
    assert tried > 10
    assert accepted == []


def forged(kit: Any, document: dict[str, Any], paths: list[Path], signer: Signer) -> tuple[int, list[Path]]:
    """How many changed files were drafts at all, and the places whose change was not noticed."""
    values = dict(leaves(document))
    tried, accepted = 0, []
    for path in paths:
        try:
            text = made_anew(with_leaf(document, path, other(values[path], path)), signer)
        except ValueError:
            continue  # no draft any more
        tried += 1
        accepted += [path] if not is_refused(text, kit) else []
    return tried, accepted


def test_what_a_person_wrote_cannot_be_changed_nor_put_into_anothers_mouth(kit: Any) -> None:
    made = complete_draft(kit)
    index = next(at for at, span in enumerate(made.spans) if span.origin == "choice")
    edited = edit(made, index, "我们向大家致歉。", Actor(name="周敏", role=Role.pr), kit.signer)
    document = json.loads(edited.to_json())
    assert verify(edited.to_json(), kit.trusted).ok
    for key, value in (
        ("text", "我们不向大家致歉"),
        ("text", "我们向大家赔偿"),
        ("ref", "human:许衡"),
        ("origin", "choice"),
    ):
        changed = with_leaf(document, ("spans", index, key), value)
        assert is_refused(json.dumps(changed), kit)
        assert is_refused(made_anew(changed, FOREIGN), kit)
    nobody = with_leaf(document, ("spans", index, "ref"), "human:")
    assert is_refused(made_anew(nobody, kit.signer), kit)


@pytest.mark.parametrize("name", ["mark", "strategy", "elements"])
def test_nothing_that_a_file_carries_can_be_taken_out(kit: Any, document: dict[str, Any], name: str) -> None:
    changed = {key: value for key, value in document.items() if key != name}
    assert is_refused(json.dumps(changed), kit)
    assert is_refused(made_anew(changed, FOREIGN), kit)


def test_spans_cannot_be_moved_joined_or_repeated(kit: Any, document: dict[str, Any]) -> None:
    spans = document["spans"]
    facts = [at for at, span in enumerate(spans) if span["origin"] == "fact"]
    swapped = list(spans)
    swapped[facts[0]], swapped[facts[-1]] = spans[facts[-1]], spans[facts[0]]
    joined = [{**spans[0], "text": spans[0]["text"] + spans[1]["text"]}, *spans[2:]]
    for changed in (swapped, joined, [spans[0], *spans], spans[::-1], []):
        assert is_refused(made_anew({**document, "spans": changed}, kit.signer), kit)
