"""YAML files: read fast, and as the careful reader reads them."""

from pathlib import Path

import pytest

import plain_yaml
from rules.document import parse_document
from rules.errors import BadRulesError
from rules.loader import PACKS

FILES = sorted(PACKS.rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES[::6], ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_both_readers_see_the_same_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text(encoding="utf-8")
    fast = parse_document("a.yaml", text)
    monkeypatch.setattr(plain_yaml, "FastLoader", plain_yaml.PlainLoader)
    assert parse_document("a.yaml", text) == fast


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_a_text_as_deep_as_a_well_is_refused_and_nothing_breaks(opening: str) -> None:
    with pytest.raises(BadRulesError, match="嵌套太深"):
        parse_document("a.yaml", opening * 100_000)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(BadRulesError, match="不允许的控制字符"):
        parse_document("a.yaml", "a: \ud800")


def test_only_true_and_false_are_truth_values() -> None:
    assert parse_document("a.yaml", "on: yes\noff: true\nno: 1\n").data == {"on": "yes", "off": True, "no": 1}
