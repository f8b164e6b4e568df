"""Whatever stands behind `LanguageModel`, real or scripted, keeps the same promises."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.errors import ModelUnavailable
from engine.language_model.llama import LlamaCppModel
from engine.language_model.protocol import Grammar, LanguageModel, Prefix, ScriptedModel

MODELS = Path(__file__).parents[2] / ".cache" / "models"
PREFIX = Prefix("请写一份收费争议的声明。", ("各位用户：\n", "近日，有用户反映"))
OPTIONS = ("办理分期时被收取会员服务费", "香蕉在月亮上唱歌", "收费项目提示不清楚")


@pytest.fixture(scope="module")
def llama() -> LlamaCppModel:
    files = sorted((MODELS / "qwen2.5-coder-0.5b").glob("*.gguf"))
    assert files, "语言模型没有准备好：请先运行 make run 或 make test"
    return LlamaCppModel(files[0])


@pytest.fixture(params=["scripted", pytest.param("llama", marks=pytest.mark.model)])
def model(request: Any) -> LanguageModel:
    if request.param == "llama":
        found: LanguageModel = request.getfixturevalue("llama")
        return found
    return ScriptedModel(answers=(2, 1, 5, 0))


def test_it_chooses_one_of_the_options(model: LanguageModel) -> None:
    assert model.choose(PREFIX, OPTIONS) in range(len(OPTIONS))


def test_it_completes_with_exactly_one_of_the_wordings(model: LanguageModel) -> None:
    assert model.complete(PREFIX, Grammar(OPTIONS)) in OPTIONS


@pytest.mark.parametrize(
    "wordings",
    [
        ("收费", "收费清楚", "收费清楚了"),
        ("未收取", "被收取"),
        ('引号“甲”和"乙"', "反斜杠\\和/", "年化18%"),
        ("唯一的一句",),
    ],
)
def test_wordings_that_begin_alike_or_hold_odd_characters_stay_whole(
    model: LanguageModel, wordings: tuple[str, ...]
) -> None:
    assert model.complete(PREFIX, Grammar(wordings)) in wordings


def test_it_has_a_name_and_a_fingerprint_that_stays(model: LanguageModel) -> None:
    assert model.name
    assert len(model.fingerprint) == 32
    assert model.fingerprint == model.fingerprint


def test_only_one_holds_the_lease(model: LanguageModel) -> None:
    if isinstance(model, LlamaCppModel):
        model = LlamaCppModel(model.path, wait_seconds=0.05)
    refused: list[bool] = []

    def other() -> None:
        try:
            with model.lease():
                refused.append(False)
        except ModelUnavailable:
            refused.append(True)

    with model.lease():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    with model.lease():
        pass
    assert refused == [True]


def test_a_scripted_model_fails_when_told_to() -> None:
    with pytest.raises(ModelUnavailable):
        ScriptedModel(fails_at=0).choose(PREFIX, OPTIONS)


@pytest.mark.model
def test_a_missing_or_damaged_file_is_a_model_that_is_unavailable(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + os.urandom(100))
    for path in (tmp_path / "none.gguf", damaged):
        with pytest.raises(ModelUnavailable):
            LlamaCppModel(path).choose(PREFIX, OPTIONS)


@pytest.mark.model
def test_the_prompt_cache_changes_no_answer(llama: LlamaCppModel) -> None:
    other = Prefix("请写一份系统故障的声明。", ("各位用户：\n", "今日，"))
    longer = Prefix(PREFIX.instruction, (*PREFIX.segments, OPTIONS[0], "。"))
    session = llama._loaded()
    cold = session.scores(PREFIX, OPTIONS)
    session.scores(longer, ("对此", "此外"))
    warm = session.scores(PREFIX, OPTIONS)
    session.scores(other, ("系统",))
    again = session.scores(PREFIX, OPTIONS)
    assert cold == warm == again


@pytest.mark.model
def test_prompt_markers_in_the_text_are_only_text(llama: LlamaCppModel) -> None:
    tokens = llama._loaded().llama.tokens
    assert len(tokens("<|im_start|>", special=True)) == 1
    assert len(tokens("<|im_start|>")) > 1


@pytest.mark.model
def test_a_text_beyond_the_context_is_refused_not_cut(llama: LlamaCppModel) -> None:
    small = LlamaCppModel(llama.path, context_tokens=256)
    with pytest.raises(ModelUnavailable, match="超过"):
        small.choose(Prefix("写声明。", ("收费说明" * 300,)), OPTIONS)


@pytest.mark.model
def test_options_weighed_together_weigh_what_each_weighs_alone(llama: LlamaCppModel) -> None:
    session = llama._loaded()
    together = session.scores(PREFIX, (*OPTIONS, "收费项目提示", "收费项目说明不清楚"))
    alone = [session.scores(PREFIX, (option,))[0] for option in OPTIONS]
    assert together[:3] == pytest.approx(alone, abs=0.05)
    assert together.index(max(together)) != 1
