"""Wordings that begin alike share what is computed for them, and no wording sees another's words."""

from engine.language_model.token_tree import Node, token_tree

WORDINGS = ((1, 2, 3), (1, 2, 4, 5), (6,), (1, 2))


def test_a_common_beginning_is_computed_once() -> None:
    tree = token_tree(WORDINGS, start=10)
    assert [(one.token, one.position) for one in tree.batch] == [(1, 10), (2, 11), (4, 12)]


def test_a_token_is_seen_only_by_the_wordings_that_begin_with_it() -> None:
    tree = token_tree(WORDINGS, start=10)
    assert [one.sequences for one in tree.batch] == [(1, 2, 4), (1, 2, 4), (2,)]


def test_every_token_of_a_wording_is_weighed_after_the_one_before_it() -> None:
    tree = token_tree(WORDINGS, start=0)
    assert tree.paths[1] == (Node(0, 1), Node(1, 2), Node(2, 4), Node(3, 5))
    assert tree.following(0) == {1, 6}
    assert tree.following(2) == {3, 4}
