"""A query is about topics: their phrases say which, and a document has the value of the best one it is filed under."""

import numpy as np

from knowledge.schema import Category
from knowledge.topics import Topic
from retrieval.closeness import Centred
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.topics import Topics, guessed, phrases_of
from retrieval.words import pairs

CHARGES = Topic(
    id="double_charge",
    category=Category.fee_dispute,
    title="重复扣款",
    meaning="同一笔钱被扣两次",
    phrases=("月供扣了两次", "重复划扣", "又被代扣一遍", "多扣的钱没退", "扣了双份", "卡里被连扣"),
)
NIGHT = Topic(
    id="night_calls",
    category=Category.debt_collection,
    title="深夜催收",
    meaning="夜间拨打催收电话",
    phrases=("半夜打电话催债", "凌晨被机器人吵醒", "夜里狂打电话", "不让人睡觉", "深更半夜催款", "休息时间骚扰"),
)
TOPICS = (CHARGES, NIGHT)
EMBEDDER = HashingEmbedder()


def topics(filed: list[list[int]]) -> tuple[Topics, Centred]:
    vectors = EMBEDDER.passages([phrase for told in phrases_of(TOPICS) for phrase in told])
    centred = Centred.of(vectors, np.zeros(0, np.int64))
    return Topics.of(TOPICS, vectors, centred, filed), centred


def test_a_document_has_the_value_of_its_best_topic_and_none_without() -> None:
    known, centred = topics([[0], [1], [0, 1], []])
    close = known.closeness(centred.query(EMBEDDER.query("半夜打电话催债吵醒全家")))
    charged, night, both, none = known.values(close, np.arange(4)).tolist()
    assert night > charged
    assert both == night
    assert none == 0


def test_values_are_those_of_the_documents_asked_for() -> None:
    known, centred = topics([[0], [], [1]])
    close = known.closeness(centred.query(EMBEDDER.query("同一笔月供重复划扣")))
    every = known.values(close, np.arange(3))
    assert known.values(close, np.array([2, 0])).tolist() == [every[2], every[0]]


def test_a_topic_gains_by_what_its_phrases_have_of_the_writing_of_a_query() -> None:
    known, _ = topics([])
    alike = np.zeros(len(TOPICS), np.float32)
    charged, night = known.standing(alike, dict.fromkeys(pairs("月供被代扣了两次"), 1.0)).tolist()
    assert charged > night
    assert known.standing(alike, dict.fromkeys(pairs("ｘｙｚ"), 1.0)).tolist() == [0, 0]


def test_what_nobody_filed_gets_the_topics_that_its_title_comes_closest_to() -> None:
    _, centred = topics([])
    vectors = EMBEDDER.passages([phrase for told in phrases_of(TOPICS) for phrase in told])
    titles = EMBEDDER.passages(["凌晨被机器人吵醒的用户", "又被代扣一遍"])
    assert [found[0] for found in guessed(TOPICS, vectors, centred, titles)] == [1, 0]


def test_without_topics_nothing_is_about_anything() -> None:
    _, centred = topics([])
    nothing = np.zeros((0, EMBEDDER.dimension), np.float32)
    known = Topics.of((), nothing, centred, [[], []])
    close = known.standing(known.closeness(centred.query(EMBEDDER.query("扣款"))), {"扣款": 1.0})
    assert known.values(close, np.arange(2)).tolist() == [0, 0]
    assert list(guessed((), nothing, centred, EMBEDDER.passages(["扣款"]))) == [[]]
