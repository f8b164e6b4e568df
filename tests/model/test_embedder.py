"""Every embedder, real or fake, keeps the same promises; the bundled one is the same through both of its doors."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from retrieval.embedder import Embedder, Vector, load_embedder
from retrieval.errors import EmbedderUnavailable
from retrieval.hashing_embedder import HashingEmbedder

pytestmark = pytest.mark.model

TEXTS = [
    "办理分期时被多收了会员服务费，页面没有提示",
    "催收员一天打了二十多个电话，还打给我同事",
    "App 从早上开始打不开，还款失败怕逾期",
    "好" * 700,
    "short",
]
HOSTILE = ["", " ", "\x00\x01\n", "\ud800", "。！？……", "长" * 100_000, "🙂" * 50]


@pytest.fixture(scope="module")
def bundled(embedder_dir: Path) -> Embedder:
    return load_embedder(embedder_dir)


@pytest.fixture(scope="module")
def direct(embedder_dir: Path) -> Embedder:
    return load_embedder(embedder_dir, direct=True)


@pytest.fixture(params=["hashing", "bundled", "direct"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hashing":
        return HashingEmbedder()
    embedder: Embedder = request.getfixturevalue(request.param)
    return embedder


def test_a_vector_has_the_dimension_and_length_one(embedder: Embedder) -> None:
    vectors = embedder.passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.query(TEXTS[0]).shape == (embedder.dimension,)


def test_a_vector_never_depends_on_its_batch_mates(embedder: Embedder) -> None:
    together = embedder.passages(TEXTS)
    alone = [embedder.passages([text])[0] for text in TEXTS]
    turned = embedder.passages(TEXTS[::-1])[::-1]
    assert together.tobytes() == np.vstack(alone).tobytes() == turned.tobytes()


def test_a_text_cut_at_the_limit_is_not_another_text(embedder: Embedder) -> None:
    long = "催收电话" * 25_000
    assert embedder.query(long).tobytes() == embedder.query(long + "结尾").tobytes()


def test_hostile_texts_still_get_a_unit_vector(embedder: Embedder) -> None:
    np.testing.assert_allclose(np.linalg.norm(embedder.passages(HOSTILE), axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.passages([]).shape == (0, embedder.dimension)


def test_progress_counts_every_text(embedder: Embedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.passages(TEXTS[:3], lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_closer_meaning_has_the_higher_product(embedder: Embedder) -> None:
    query = embedder.query("莫名其妙扣了我会员费，办分期的时候根本没说")
    fee, collection = embedder.passages(TEXTS[:2]) @ query
    assert fee > collection


def test_both_doors_of_the_bundled_embedder_give_the_same_bytes(bundled: Embedder, direct: Embedder) -> None:
    assert bundled.fingerprint == direct.fingerprint
    assert bundled.passages(TEXTS).tobytes() == direct.passages(TEXTS).tobytes()
    assert bundled.query(TEXTS[0]).tobytes() == direct.query(TEXTS[0]).tobytes()


def test_the_number_of_threads_does_not_change_a_vector(embedder_dir: Path, direct: Embedder) -> None:
    assert (
        load_embedder(embedder_dir, threads=2, direct=True).query(TEXTS[3]).tobytes()
        == direct.query(TEXTS[3]).tobytes()
    )


def test_sentence_transformers_loads_the_folder_itself(embedder_dir: Path, direct: Embedder) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    model = SentenceTransformer(str(embedder_dir), trust_remote_code=True, device="cpu")
    assert model.encode_query(TEXTS[0]).tobytes() == direct.query(TEXTS[0]).tobytes()


def test_questions_have_a_graph_of_their_own_the_same_through_both_doors(bundled: Embedder, direct: Embedder) -> None:
    question = direct.question(TEXTS[0])
    assert bundled.question(TEXTS[0]).tobytes() == question.tobytes()
    assert float(np.linalg.norm(question)) == pytest.approx(1, abs=1e-5)
    assert 0.3 < float(question @ direct.query(TEXTS[0])) < 0.99


def test_questions_with_the_same_answer_are_closer_than_before_they_were_taught(direct: Embedder) -> None:
    matters = (
        ("催收员跑到客户老家村里用大喇叭喊欠债还钱", "讨债的人在老家门口拿喇叭广播谁家孩子借了网贷"),
        ("还款日当天系统崩溃，很多人还不了款", "今天要还钱，APP 一直转圈打不开，算不算逾期"),
        ("借一万到账只有九千，先扣了一笔费用", "到手的钱比合同上写的少一截，说是服务费"),
    )

    def told_apart(embed: Callable[[str], Vector]) -> float:
        vectors = np.stack([embed(pair[side]) for side in (0, 1) for pair in matters])
        vectors = vectors - vectors.mean(axis=0)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines = vectors[: len(matters)] @ vectors[len(matters) :].T
        return float(np.diag(cosines).mean() - cosines[~np.eye(len(matters), dtype=bool)].mean())

    assert told_apart(direct.question) > 1.3 * told_apart(direct.query)


@pytest.mark.parametrize("taught", [{}, {"adapter": "another"}])
def test_a_folder_made_by_another_version_is_refused(
    taught: dict[str, str], embedder_dir: Path, tmp_path: Path
) -> None:
    for file in embedder_dir.iterdir():
        (tmp_path / file.name).symlink_to(file)
    mark = tmp_path / "fingerprint.json"
    told = json.loads(mark.read_text(encoding="utf-8"))
    mark.unlink()
    del told["adapter"]
    mark.write_text(json.dumps(told | taught), encoding="utf-8")
    with pytest.raises(EmbedderUnavailable, match="由另一版本的程序准备"):
        load_embedder(tmp_path)


def test_a_changed_file_is_found_out(embedder_dir: Path, tmp_path: Path) -> None:
    for file in embedder_dir.iterdir():
        (tmp_path / file.name).symlink_to(file)
    graph = tmp_path / "model_int8.onnx"
    graph.unlink()
    graph.write_bytes(b"not a graph")
    with pytest.raises(EmbedderUnavailable, match="校验值不符"):
        load_embedder(tmp_path)


def test_a_folder_without_a_model_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="无法加载向量模型"):
        load_embedder(tmp_path)


def test_an_ordinary_sentence_transformers_folder_works(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding  # noqa: PLC0415

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "收费": 1, "催收": 2}, unk_token="[UNK]"))
    weights = np.eye(3, 8, dtype=np.float32) + 1
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(
        str(tmp_path), create_model_card=False
    )
    first, again = load_embedder(tmp_path), load_embedder(str(tmp_path))
    assert first.dimension == 8
    assert first.fingerprint == again.fingerprint
    assert first.query("收费").tobytes() == again.passages(["收费"])[0].tobytes()


def test_a_folder_that_lacks_weights_nobody_asks_keeps_its_fingerprint(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast  # noqa: PLC0415

    vocabulary = {"[UNK]": 0, "[PAD]": 1, "收": 2}
    shape = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    model = BertModel(BertConfig(vocab_size=len(vocabulary), **shape), add_pooling_layer=False)
    model.save_pretrained(tmp_path)
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]").save_pretrained(tmp_path)
    first, again = load_embedder(tmp_path), load_embedder(tmp_path)
    assert first.fingerprint == again.fingerprint
    assert first.query("收").tobytes() == again.query("收").tobytes()
