"""The bundled language model: a GGUF file run in process by llama.cpp, its decoding held to a grammar by llguidance.

What drafting asks of a model is in `protocol`, what llama.cpp is asked in `llama_context`.
"""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import llguidance
import llguidance.numpy
import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelUnavailable
from engine.language_model.answer_memory import AnswerMemory
from engine.language_model.llama_context import MAX_BRANCHES, LlamaContext, Logits, Usage
from engine.language_model.model_file import ModelFile, library_versions
from engine.language_model.protocol import Grammar, LanguageModel, Prefix, ScriptedModel, hold
from engine.language_model.token_tree import token_tree

__all__ = ["Grammar", "LanguageModel", "LlamaCppModel", "Prefix", "ScriptedModel"]

# Part of a model's fingerprint: raise it when the way of asking changes.
_METHOD: Final = "tree/2"


class LlamaCppModel:
    """A GGUF model through llama.cpp, loaded at its first use; greedy, so the same question has the same answer.

    `threads` are the CPU threads of generation, `context_tokens` the longest instruction and text together, `answers`
    the file in which answers are remembered for the next process.
    """

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 2,
        context_tokens: int = 4096,
        wait_seconds: float = 60,
        answers: Path | None = None,
    ) -> None:
        self.path = path
        self._file = ModelFile(path)
        self.threads = threads
        self.context_tokens = context_tokens
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._session: Session | None = None
        # Answers are deterministic: a draft written again asks only what its changed facts touch.
        self._answers = AnswerMemory(answers)

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the file's content and of what else decides the answers, which are remembered under it."""
        return hashlib.blake2b(f"{self._file.content}|{self.settings}".encode(), digest_size=16).hexdigest()

    @property
    def settings(self) -> str:
        """What decides the answers beside the file's content."""
        return f"threads={self.threads}|context={self.context_tokens}|{library_versions()}|{_METHOD}"

    @property
    def usage(self) -> Usage:
        """Tokens computed since the model was loaded."""
        return Usage() if self._session is None else replace(self._session.llama.usage)

    def lease(self) -> AbstractContextManager[None]:
        """See `LanguageModel.lease`."""
        return hold(self._lock, self._wait_seconds)

    def load(self) -> None:
        """Loads the model now instead of at its first use. Raises ModelUnavailable."""
        self._loaded()

    def choose(self, prefix: Prefix, options: Sequence[str]) -> int:
        """The option with the highest probability per token: its length neither helps nor harms it."""
        return self._answers.answer(
            f"choose|{self.fingerprint}", prefix, options, lambda: self._choose(prefix, options)
        )

    def complete(self, prefix: Prefix, grammar: Grammar) -> str:
        """Greedy decoding under the grammar; what only one wording allows is not computed."""
        wordings = grammar.alternatives
        return wordings[
            self._answers.answer(
                f"complete|{self.fingerprint}", prefix, wordings, lambda: self._complete(prefix, grammar)
            )
        ]

    def _choose(self, prefix: Prefix, options: Sequence[str]) -> int:
        with self._asking() as session:
            scores = session.scores(prefix, options)
        return scores.index(max(scores))

    def _complete(self, prefix: Prefix, grammar: Grammar) -> int:
        with self._asking() as session:
            text = session.decode(prefix, grammar)
        if text not in grammar.alternatives:
            raise ModelUnavailable("语言模型给出了句式之外的文字")
        return grammar.alternatives.index(text)

    @contextmanager
    def _asking(self) -> Iterator["Session"]:
        session = self._loaded()
        try:
            yield session
        except ModelUnavailable:
            session.forget()
            raise

    def _loaded(self) -> "Session":
        with self._loading:
            if self._session is None:
                self._file.refuse_another()
                session = Session(LlamaContext(self.path, self.threads, self.context_tokens))
                self._file.refuse_another()
                self._session = session
            return self._session


@dataclass(frozen=True, slots=True)
class _Cached:
    """A segment that the context holds: its tokens, and the logits after its last token."""

    tokens: tuple[int, ...]
    logits: Logits


class Session:
    """A loaded model with its prompt cache.

    Each segment is tokenised and computed as a batch of its own, warm or cold, so that reuse changes no bit of an
    answer.
    """

    def __init__(self, llama: LlamaContext) -> None:
        self.llama = llama
        self._chat = len(llama.tokens("<|im_start|>", special=True)) == 1
        self._cache: list[_Cached] = []

    def scores(self, prefix: Prefix, options: Sequence[str]) -> list[float]:
        """Mean log-probability of each option's tokens after the prefix, computed together."""
        found: list[float] = []
        for first in range(0, len(options), MAX_BRANCHES):
            wordings = [self.llama.tokens(text) for text in options[first : first + MAX_BRANCHES]]
            found.extend(self._weighed(prefix, wordings))
        return found

    def _weighed(self, prefix: Prefix, wordings: Sequence[Sequence[int]]) -> list[float]:
        before = self.advance(prefix)
        tree = token_tree(wordings, self.length)
        rows = [_log_probabilities(before, tree.following(0))]
        computed = self.llama.read_branches(tree.batch, self.length, len(wordings))
        rows.extend(_log_probabilities(logits, tree.following(row)) for row, logits in enumerate(computed, start=1))
        self.llama.usage.scored += len(tree.batch)
        return [float(np.mean([rows[node.row][node.token] for node in path])) for path in tree.paths]

    def forget(self) -> None:
        """Empties the prompt cache: what it stands on may have failed."""
        self._cache.clear()

    def decode(self, prefix: Prefix, grammar: Grammar) -> str:
        """The wording that greedy decoding gives."""
        llama = self.llama
        matcher = llguidance.LLMatcher(llama.tokenizer, llguidance.LLMatcher.grammar_from_lark(grammar.lark))
        mask = llguidance.numpy.allocate_token_bitmask(1, llama.words)
        logits = self.advance(prefix)
        chosen: list[int] = []
        computed = 0
        while not matcher.is_stopped():
            forced = matcher.compute_ff_tokens()
            if not forced:
                if computed < len(chosen):
                    logits = llama.read(chosen[computed:], self.length + computed)
                    llama.usage.prefilled += len(chosen) - computed - 1
                    computed = len(chosen)
                forced = [self._best(logits, matcher, mask)]
                llama.usage.generated += 1
            if llama.ends(forced[0]):
                break
            matcher.consume_tokens(forced)
            chosen.extend(forced)
        if matcher.is_error():
            raise ModelUnavailable("语言模型无法按句式生成")
        return llama.text(chosen)

    def _best(self, logits: Logits, matcher: llguidance.LLMatcher, mask: NDArray[np.int32]) -> int:
        llguidance.numpy.fill_next_token_bitmask(matcher, mask)
        allowed = np.unpackbits(mask.view(np.uint8), bitorder="little")[: self.llama.words].astype(bool)
        return int(np.argmax(np.where(allowed, logits, -np.inf)))

    def advance(self, prefix: Prefix) -> Logits:
        """Brings the context to the end of the prefix, reusing what it shares with the last one; the logits there."""
        wanted = [tuple(part) for part in (*self._asked(prefix), *map(self.llama.tokens, prefix.segments)) if part]
        same = 0
        while same < min(len(wanted), len(self._cache)) and self._cache[same].tokens == wanted[same]:
            same += 1
        del self._cache[same:]
        for tokens in wanted[same:]:
            self._cache.append(_Cached(tokens, self.llama.read(tokens, self.length)))
            self.llama.usage.prefilled += len(tokens)
        return self._cache[-1].logits

    def _asked(self, prefix: Prefix) -> tuple[list[int], list[int]]:
        """The instruction and the topic; marks of the chat are tokens, whatever the two say is only text."""
        text = self.llama.tokens
        if not self._chat:
            return [*self.llama.begin(), *text(prefix.instruction)], text(f"{prefix.topic}\n\n")
        opening, closing = (
            text("<|im_start|>user\n", special=True),
            text("<|im_end|>\n<|im_start|>assistant\n", special=True),
        )
        return [*self.llama.begin(), *opening, *text(prefix.instruction)], [*text(prefix.topic), *closing]

    @property
    def length(self) -> int:
        """How many tokens the context holds."""
        return sum(len(part.tokens) for part in self._cache)


def _log_probabilities(logits: Logits, tokens: Iterable[int]) -> dict[int, float]:
    """The log-probability of each of the tokens."""
    top = float(logits.max())
    total = top + float(np.log(np.exp(logits - top).sum()))
    return {token: float(logits[token]) - total for token in tokens}
