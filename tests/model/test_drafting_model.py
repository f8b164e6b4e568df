"""Drafts over the real templates with the bundled model: complete, proven, the same every time. Times are recorded."""

import time
from pathlib import Path
from typing import Any

import pytest

from engine.drafting.composing import DraftRequest, draft
from engine.drafting.samples import sample_register
from engine.drafting.template_program import load_template
from engine.drafting.verification import verify
from engine.language_model.llama import LlamaCppModel
from engine.signing import Signer, TrustedKeys
from rules.vocabulary import Category

ROOT = Path(__file__).parents[2]
MODELS = ROOT / ".cache" / "models"
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def llama() -> LlamaCppModel:
    files = sorted((MODELS / "qwen2.5-coder-0.5b").glob("*.gguf"))
    assert files, "语言模型没有准备好：请先运行 make run 或 make test"
    return LlamaCppModel(files[0])


def request_for(category: Category, channel: str, *, confirmed: bool) -> DraftRequest:
    source = (ROOT / "knowledge" / "templates" / category / f"{channel}.yaml").read_text(encoding="utf-8")
    register = sample_register(category, "inc-1", confirmed=confirmed)
    return DraftRequest("inc-1", load_template(source), source, register, "release-1")


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_real_draft_is_written_proven_and_repeatable(
    llama: LlamaCppModel, confirmed: bool, record_property: Any
) -> None:
    request = request_for(Category.fee_dispute, "wechat", confirmed=confirmed)
    signer = Signer.generate()
    seconds = []
    drafts = []
    for _ in range(2):
        start = time.perf_counter()
        drafts.append(draft(request, llama, signer))
        seconds.append(round(time.perf_counter() - start, 2))
    record_property("seconds_first_and_again", seconds)
    proof = verify(drafts[0].to_json(), TrustedKeys.of(signer))
    assert proof.ok
    assert proof.releasable == confirmed
    assert drafts[0].model == llama.name
    assert drafts[0].to_json() == drafts[1].to_json()
