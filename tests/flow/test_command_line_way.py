"""The whole way on the command line, as another process would go it: replay, draft with the bundled model, verify."""

import json
import subprocess
import sys
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from engine.demonstration import demonstration_stream
from engine.drafting.document import canonical_json
from tests.support.made import CHINA

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
REPOSITORY = Path(__file__).resolve().parents[2]
CRISIS_DAY = datetime(2026, 3, 16, tzinfo=CHINA)


def crisisdesk(*arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The first hours of the demonstration's first crisis, replayed into a store of its own."""
    folder = tmp_path_factory.mktemp("way")
    records = list(demonstration_stream(start=CRISIS_DAY))
    valid = [one for one in records if str(one.get("published_at", "")) >= CRISIS_DAY.isoformat()]
    stream = folder / "stream.jsonl"
    stream.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in valid[:220]), encoding="utf-8")
    crisisdesk("replay", str(stream), "--out", str(folder / "out.jsonl"), "--store", str(folder / "store"))
    lines = [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    return folder, lines


@pytest.fixture(scope="module")
def drafted(replayed: tuple[Path, list[dict[str, Any]]]) -> tuple[Path, dict[str, Any]]:
    folder, lines = replayed
    incident = next(line["incident"] for line in lines if line["change"] == "opened")
    written = crisisdesk(
        "draft", incident, "--template", "tpl.fee_dispute.wechat", "--json", "--store", str(folder / "store")
    )
    (folder / "draft.json").write_text(written, encoding="utf-8")
    return folder, json.loads(written)


def test_the_replayed_crisis_has_the_documented_lines(replayed: tuple[Path, list[dict[str, Any]]]) -> None:
    _, lines = replayed
    assert {line["kind"] for line in lines} == {"finding", "incident"}
    fields = {"kind", "at", "brand", "category", "level", "rule", "incident", "change", "explanation"}
    assert all(fields <= line.keys() for line in lines)
    opened = [line for line in lines if line["change"] == "opened"]
    assert [line["category"] for line in opened] == ["fee_dispute"]


def test_a_draft_of_a_replayed_incident_proves_itself_and_says_what_is_unresolved(
    drafted: tuple[Path, dict[str, Any]],
) -> None:
    folder, draft = drafted
    assert draft["proof"]["ok"]
    assert not draft["proof"]["releasable"], "nothing was confirmed"
    assert "【待核实" in draft["text"]
    assert draft["hashes"]["model"] != "none", "the bundled language model chose the wording"
    crisisdesk("verify", str(folder / "draft.json"))
    crisisdesk("verify", str(folder / "draft.json"), "--releasable", code=1)


def test_a_holding_statement_can_be_released_when_nothing_is_confirmed(
    replayed: tuple[Path, list[dict[str, Any]]], drafted: tuple[Path, dict[str, Any]]
) -> None:
    folder, draft = replayed[0], drafted[1]
    written = crisisdesk(
        "draft", draft["incident"], "--template", "tpl.holding.weibo", "--json", "--store", str(folder / "store")
    )
    (folder / "holding.json").write_text(written, encoding="utf-8")
    crisisdesk("verify", str(folder / "holding.json"), "--releasable")


def rehashed(document: dict[str, Any]) -> str:
    """A forger's best effort: every hash that can be computed without the key is computed again."""

    def digest(text: str) -> str:
        return blake2b(text.encode(), digest_size=16).hexdigest()

    document["hashes"]["template"] = digest(document["template_source"])
    document["hashes"]["register"] = digest(canonical_json(document["register"]))
    return canonical_json(document)


@pytest.mark.parametrize("what", ["literal", "date", "number", "template", "register"])
def test_a_forged_draft_is_refused_even_with_all_hashes_recomputed(
    drafted: tuple[Path, dict[str, Any]], what: str
) -> None:
    folder, draft = drafted
    forged = json.loads(json.dumps(draft))
    before = canonical_json(forged)
    spans = forged["spans"]
    if what == "literal":
        literal = next(span for span in spans if span["origin"] == "literal" and len(span["text"]) > 10)
        literal["text"] = literal["text"][:-2] + "万元。"
    elif what in ("date", "number"):
        key, value = ("statement_date", "2026年1月1日") if what == "date" else ("hotline", "400-999-9999")
        fact = next(one for one in forged["register"] if one["key"] == key)
        next(span for span in spans if span["text"] == fact["value"])["text"] = value
        fact["value"] = value
    elif what == "template":
        forged["template_source"] = forged["template_source"].replace("我们", "本公司", 1)
    else:
        forged["register"][0]["status"] = "confirmed"
        forged["register"][0]["value"] += "等"
    forged["text"] = "".join(span["text"] for span in spans)
    assert canonical_json(forged) != before
    target = folder / f"forged-{what}.json"
    target.write_text(rehashed(forged), encoding="utf-8")
    crisisdesk("verify", str(target), code=1)
