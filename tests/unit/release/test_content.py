"""A content is its files under one hash: the same files give the same hash, any change gives another."""

from pathlib import Path

import pytest

from engine.errors import InputError, ReleaseError
from engine.releases.content import ROOT, ReleaseContent, is_release_path, misfit, program_scorer, program_vocabulary

FILES = {"rules/handling.yaml": "a: 1\n", "engine/scoring/brands.yaml": "b: 2\n"}


def content(files: dict[str, str] | None = None, scorer: str = "s", vocabulary: str = "v") -> ReleaseContent:
    return ReleaseContent(FILES if files is None else files, scorer, vocabulary)


def test_the_hash_depends_on_files_scorer_and_vocabulary_alone() -> None:
    assert content().hash == content(dict(reversed(FILES.items()))).hash
    others = [
        content({**FILES, "rules/handling.yaml": "a: 1 \n"}),
        content({"rules/handling.yaml": "a: 1\n"}),
        content(scorer="t"),
        content(vocabulary="w"),
    ]
    assert len({one.hash for one in (content(), *others)}) == 5


def test_edits_and_their_description_fit_each_other() -> None:
    new = content().with_files({"rules/handling.yaml": None, "knowledge/playbooks/x.yaml": "c: 3\n"})
    changes = new.changes_since(content())
    assert changes == {"knowledge/playbooks/x.yaml": "c: 3\n", "rules/handling.yaml": None}
    assert content().with_files(changes) == new


def test_json_gives_the_content_back_and_nothing_else_is_taken() -> None:
    assert ReleaseContent.from_json(content().to_json()) == content()
    for text in ("{}", "[]", "x", '{"files":{"a.py":"x"},"scorer":"s","vocabulary":"v"}'):
        with pytest.raises(ReleaseError):
            ReleaseContent.from_json(text)


@pytest.mark.parametrize(
    "path",
    ["rules/packs/a/b.txt", "rules/packs", "rules/packs/../x.yaml", "/rules/packs/a/b.yaml", "rules//packs/a/b.yaml",
     "rules/packs/.a/b.yaml", "rules/packsx/a.yaml", "engine/scoring/parameters.npz", "knowledge/incidents/a/b.yaml"],
)  # fmt: skip
def test_other_places_are_no_part_of_a_release(path: str) -> None:
    assert not is_release_path(path)
    with pytest.raises(InputError, match="不属于发布内容"):
        content({path: ""})


def test_the_program_brings_its_rules_knowledge_lexicons_and_brands_and_on_disk_they_are_the_same_bytes() -> None:
    bundled = ReleaseContent.from_disk()
    for folder in ("rules/packs/", "knowledge/playbooks/", "knowledge/templates/", "knowledge/regulations/",
                   "engine/scoring/lexicons/"):  # fmt: skip
        assert bundled.part(folder), folder
    assert {"rules/handling.yaml", "engine/scoring/brands.yaml"} <= bundled.files.keys()
    with bundled.on_disk() as root:
        assert ReleaseContent.from_disk(root) == bundled
        assert (root / "knowledge" / "incidents").resolve() == ROOT / "knowledge" / "incidents"
    assert not root.exists()
    assert misfit(bundled) is None


def test_a_file_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "handling.yaml").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"rules/handling\.yaml"):
        ReleaseContent.from_disk(tmp_path)


@pytest.mark.parametrize(
    ("made_for", "named"),
    [
        (("0:x", program_vocabulary()), "评分参数"),
        ((program_scorer(), "x"), "事实词表"),
        (("0:x", "x"), "评分参数和事实词表"),
    ],
)
def test_a_content_for_another_program_says_what_does_not_fit_and_what_to_do(
    made_for: tuple[str, str], named: str
) -> None:
    told = misfit(content(None, *made_for)) or ""
    assert named in told
    assert "--refit" in told
    assert misfit(content(None, *made_for).for_this_program()) is None
