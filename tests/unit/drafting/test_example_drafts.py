"""docs/drafts: twelve drafts with their proofs, one a category, two of them holding statements.

They are read as they lie there and not drafted anew: on another processor the model may choose otherwise.
"""

from pathlib import Path

import pytest

from engine.drafting.document import Draft
from engine.drafting.elements import missing
from engine.drafting.gallery.__main__ import write_examples
from engine.drafting.gallery.incidents import FOLDER, ExampleIncident, load_examples
from engine.drafting.gallery.pages import KEYS, MARK, index, page
from engine.drafting.reading import misreadings
from engine.drafting.template_program import load_template
from engine.drafting.verification import verify
from engine.model import SpanOrigin
from engine.signing import TrustedKeys
from knowledge.loader import load_knowledge
from knowledge.schema import Category, Channel

EXAMPLES = load_examples()
CLAUSES = {one.id: one.title for one in load_knowledge().regulations.values()}
TRUSTED = TrustedKeys.from_lines((FOLDER / KEYS).read_text(encoding="utf-8").splitlines())


def stored(incident: ExampleIncident) -> Draft:
    return Draft.model_validate_json((FOLDER / f"{incident.category}.json").read_bytes())


def test_there_is_one_draft_a_category_two_of_them_holding_over_all_channels() -> None:
    templates = [load_template(stored(one).template_source) for one in EXAMPLES.incidents]
    assert {path.stem for path in FOLDER.glob("*.json")} == set(Category)
    assert [one.category for one in EXAMPLES.incidents] == [one.category for one in templates]
    assert sorted(one.kind for one in templates) == ["holding"] * 2 + ["statement"] * 10
    assert {one.channel for one in templates} == set(Channel)


@pytest.mark.parametrize("incident", EXAMPLES.incidents, ids=lambda one: one.category)
def test_each_is_proven_complete_and_reads_without_a_slip(incident: ExampleIncident) -> None:
    draft = stored(incident)
    proof = verify((FOLDER / f"{incident.category}.json").read_bytes(), TRUSTED)
    assert (proof.ok, proof.releasable) == (True, True)
    assert len(proof.elements) >= 4
    assert missing(proof) == ()
    assert draft.strategy is not None
    assert "待核实" not in draft.text
    assert misreadings(draft.spans, [fact.value for fact in draft.register_]) == ()
    chosen = any(span.origin in (SpanOrigin.prose, SpanOrigin.choice) for span in draft.spans)
    assert chosen
    assert draft.model is not None


@pytest.mark.parametrize("incident", EXAMPLES.incidents, ids=lambda one: one.category)
def test_the_facts_are_those_of_the_incident_and_the_page_tells_the_draft(incident: ExampleIncident) -> None:
    draft = stored(incident)
    assert set(draft.register_) <= set(EXAMPLES.register(incident))
    told = (FOLDER / f"{incident.category}.md").read_text(encoding="utf-8")
    assert told == page(incident, draft, TRUSTED, CLAUSES)
    assert "本文由人工智能辅助生成" in told


def test_the_index_tells_all_of_them() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert told == index(told, [(one, stored(one)) for one in EXAMPLES.incidents], TRUSTED)
    with pytest.raises(ValueError, match="没有这一行"):
        index("# 没有标记", [], TRUSTED)


def test_files_are_written_anew_only_when_the_words_changed(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(f"# 示例\n\n{MARK}", encoding="utf-8")
    two = EXAMPLES.model_copy(update={"incidents": EXAMPLES.incidents[2:3]})
    assert write_examples(tmp_path, two, None)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(before) == {"README.md", KEYS, "debt_collection.json", "debt_collection.md"}
    assert not write_examples(tmp_path, two, None)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    other = two.incidents[0].model_copy(update={"date": "2026年4月18日"})
    assert write_examples(tmp_path, two.model_copy(update={"incidents": (other,)}), None)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} != before
