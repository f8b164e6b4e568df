"""The report counts what a model changed against the wording without it."""

from pathlib import Path

from engine.drafting.report import report
from engine.language_model.protocol import ScriptedModel

SOURCES = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "templates").glob("*.yaml"))]


def test_a_model_that_always_takes_the_first_wording_changes_nothing() -> None:
    found = report(ScriptedModel(), SOURCES)
    assert (found.drafts, found.proven, found.differing) == (8, 8, 0)
    assert found.free_slots > 0


def test_a_model_that_takes_another_wording_is_counted() -> None:
    found = report(ScriptedModel(answers=(1,) * 100), SOURCES)
    assert 0 < found.differing <= found.slots
    assert found.proven == 8
