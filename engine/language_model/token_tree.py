"""Wordings as a tree of tokens: what several of them begin with is computed once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.language_model.llama_context import Placed


@dataclass(frozen=True, slots=True)
class Node:
    """A place where wordings go on: a row of logits (0: right after the text) and the token that follows."""

    row: int
    token: int


@dataclass(frozen=True, slots=True)
class TokenTree:
    """`batch` is what must be computed: its n-th token gives row n + 1. `paths[n]` leads through the n-th wording."""

    batch: tuple[Placed, ...]
    paths: tuple[tuple[Node, ...], ...]

    def following(self, row: int) -> frozenset[int]:
        """The tokens with which wordings go on at a row."""
        return frozenset(node.token for path in self.paths for node in path if node.row == row)


def token_tree(wordings: Sequence[Sequence[int]], start: int) -> TokenTree:
    """The tree of wordings that begin at position `start`; the n-th is in sequence n + 1.

    A last token is weighed but not computed unless another wording goes on after it.
    """
    inner = sorted({tuple(tokens[:length]) for tokens in wordings for length in range(1, len(tokens))}, key=len)
    rows = {beginning: row for row, beginning in enumerate(inner, start=1)}
    batch = tuple(Placed(one[-1], start + len(one) - 1, _sharing(one, wordings)) for one in inner)
    return TokenTree(batch, tuple(_path(tokens, rows) for tokens in wordings))


def _sharing(beginning: tuple[int, ...], wordings: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The sequences of the wordings that begin so."""
    size = len(beginning)
    return tuple(number for number, tokens in enumerate(wordings, start=1) if tuple(tokens[:size]) == beginning)


def _path(tokens: Sequence[int], rows: Mapping[tuple[int, ...], int]) -> tuple[Node, ...]:
    return tuple(Node(rows[tuple(tokens[:index])] if index else 0, token) for index, token in enumerate(tokens))
