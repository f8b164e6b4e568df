"""What many documents share is worth the same for each, however it is worked out."""

import numpy as np

from retrieval.closeness import Centred, Segments
from retrieval.groups import Clusters, Groups
from retrieval.topics import Topics

RANDOM = np.random.default_rng(6)
MEANS = np.repeat(RANDOM.standard_normal((12, 64)), 50, axis=0).astype(np.float32)
MEANS += RANDOM.normal(scale=0.05, size=MEANS.shape).astype(np.float32)
KINDS = np.arange(len(MEANS)) % 3


def test_a_document_is_worth_what_its_category_and_the_centre_of_its_cluster_are() -> None:
    clusters = Clusters.of(MEANS, KINDS)
    worth, place = np.array([0.0, 5.0, -5.0], np.float32), MEANS[7]
    found = clusters.values(place, worth)
    own = clusters.centres[clusters.of_documents] @ place + worth[KINDS]
    np.testing.assert_allclose(found, own, rtol=1e-4, atol=1e-4)
    assert (clusters.kinds_of(np.arange(len(MEANS))) == KINDS).all()


def test_documents_that_lie_together_are_told_apart_from_the_others() -> None:
    clusters = Clusters.of(MEANS, np.zeros(len(MEANS), np.int64))
    exact, found = MEANS @ MEANS[0], clusters.values(MEANS[0], np.zeros(1, np.float32))
    assert len(clusters.centres) == 6
    assert np.corrcoef(exact, found)[0, 1] > 0.5


def test_clusters_are_the_same_every_time_and_one_is_enough_for_few() -> None:
    one, other = Clusters.of(MEANS, KINDS), Clusters.of(MEANS, KINDS)
    assert one.centres.tobytes() == other.centres.tobytes()
    assert (one.of_documents == other.of_documents).all()
    few = Clusters.of(MEANS[:2], np.array([4, 1]))
    assert few.kinds.tolist() == [1, 4]
    assert few.of_documents.tolist() == [1, 0]
    np.testing.assert_allclose(few.centres, MEANS[[1, 0]], rtol=1e-5)


def test_a_document_is_worth_its_best_topic_and_nothing_without_one() -> None:
    vectors = RANDOM.standard_normal((4, 8)).astype(np.float32)
    filed = [[0, 2], [], [1], [2, 0, 1], [0, 2]]
    topics = Topics.of((), vectors[:0], Centred.of(vectors, np.zeros(0, np.int64)), filed)
    topics = Topics(
        topics.phrases, np.zeros((3, 1), np.int64), topics.written, topics.filed, Segments.of([2, 0, 1, 3, 2])
    )
    found = Groups.of(topics).values(np.array([1.0, -2.0, 3.0], np.float32))
    assert found.tolist() == [3.0, 0.0, -2.0, 3.0, 3.0]
