"""The bundled language model: a GGUF file run in process by llama.cpp, its decoding held to a grammar by llguidance.

The only module that imports llama_cpp. What drafting asks of a model is in `engine.draft_language`.
"""

import hashlib
import os
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import llguidance
import llguidance.numpy
import numpy as np
from numpy.typing import NDArray

from engine.draft_language import Grammar, LanguageModel, Prefix, ScriptedModel, hold
from engine.errors import ModelUnavailable

__all__ = ["Grammar", "LanguageModel", "LlamaCppModel", "Prefix", "ScriptedModel"]

Logits = NDArray[np.float32]
_BATCH: Final = 512
_REMEMBERED: Final = 512
# Part of a model's fingerprint: raise it when the way of asking changes.
_METHOD: Final = "greedy/1"


class LlamaCppModel:
    """A GGUF model through llama.cpp, loaded at its first use; greedy, so the same question has the same answer.

    `threads` are the CPU threads of generation, `context_tokens` the longest instruction and text together.
    """

    def __init__(self, path: Path, *, threads: int = 2, context_tokens: int = 4096, wait_seconds: float = 60) -> None:
        self.path = path
        self.threads = threads
        self.context_tokens = context_tokens
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._session: _Session | None = None
        # Answers are deterministic: a draft written again computes only from the first slot whose facts changed.
        self._remembered_choice = lru_cache(maxsize=_REMEMBERED)(self._choose)
        self._remembered_wording = lru_cache(maxsize=_REMEMBERED)(self._complete)

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the file's content and of what else decides the answers."""
        try:
            with self.path.open("rb") as file:
                content = hashlib.file_digest(file, "blake2b").hexdigest()
        except OSError as error:
            raise ModelUnavailable(f"语言模型文件无法读取：{self.path.name}") from error
        settings = f"{content}|threads={self.threads}|context={self.context_tokens}|{_METHOD}"
        return hashlib.blake2b(settings.encode(), digest_size=16).hexdigest()

    def lease(self) -> AbstractContextManager[None]:
        """See `LanguageModel.lease`."""
        return hold(self._lock, self._wait_seconds)

    def choose(self, prefix: Prefix, options: Sequence[str]) -> int:
        """The option with the highest probability per token: its length neither helps nor harms it."""
        return self._remembered_choice(prefix, tuple(options))

    def complete(self, prefix: Prefix, grammar: Grammar) -> str:
        """Greedy decoding under the grammar; what only one wording allows is not computed."""
        return self._remembered_wording(prefix, grammar)

    def _choose(self, prefix: Prefix, options: tuple[str, ...]) -> int:
        session = self._loaded()
        scores = [session.score(prefix, option) for option in options]
        return scores.index(max(scores))

    def _complete(self, prefix: Prefix, grammar: Grammar) -> str:
        text = self._loaded().decode(prefix, grammar)
        if text not in grammar.alternatives:
            raise ModelUnavailable("语言模型给出了句式之外的文字")
        return text

    def _loaded(self) -> "_Session":
        with self._loading:
            if self._session is None:
                self._session = _Session(self.path, self.threads, self.context_tokens)
            return self._session


@contextmanager
def _waiting_idle() -> Iterator[None]:
    """While llama.cpp's OpenMP library loads: its threads shall sleep while they wait, not spin.

    Spinning made a draft take 23 s instead of 3 s where other work shared the cores (docs/adr/0002-llm-default.md).
    The library reads this variable once, as it loads, and offers no other way.
    """
    before = os.environ.get("OMP_WAIT_POLICY")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_WAIT_POLICY"]


@dataclass(frozen=True, slots=True)
class _Cached:
    """A segment that the context holds: its tokens, and the logits after its last token."""

    tokens: tuple[int, ...]
    logits: Logits


class _Session:
    """A loaded model with its context and prompt cache.

    Each segment is tokenised and computed as a batch of its own, warm or cold, so that reuse changes no bit of an
    answer.
    """

    def __init__(self, path: Path, threads: int, context_tokens: int) -> None:
        if not path.is_file():
            raise ModelUnavailable(f"语言模型文件不存在：{path.name}，请先运行 make run 或 make test 准备模型")
        try:
            with _waiting_idle():
                import llama_cpp  # noqa: PLC0415 - optional and slow to import
            from llguidance.llamacpp import lltokenizer_from_vocab  # noqa: PLC0415 - imports llama_cpp
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelUnavailable("没有安装 llama-cpp-python，语言模型不可用") from error
        self._c = llama_cpp
        # Kept: llama.cpp calls it for as long as the process lives.
        self._quiet = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(self._quiet, None)
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
        if not self._model:
            raise ModelUnavailable(f"语言模型文件已损坏：{path.name}")
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_batch = context_tokens, _BATCH
        params.n_threads = params.n_threads_batch = threads
        self._context = llama_cpp.llama_init_from_model(self._model, params)
        if not self._context:
            raise ModelUnavailable("语言模型无法启动（内存不足？）")
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self._words = llama_cpp.llama_vocab_n_tokens(self._vocab)
        self._limit = context_tokens
        with warnings.catch_warnings():
            # llguidance 1.9 still calls a name of llama.cpp that newer bindings deprecate.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._tokenizer = lltokenizer_from_vocab(self._vocab)
        self._chat = len(self._tokens("<|im_start|>", special=True)) == 1
        self._cache: list[_Cached] = []

    def score(self, prefix: Prefix, option: str) -> float:
        """Mean log-probability of the option's tokens after the prefix."""
        rows = [self._advance(prefix)]
        tokens = self._tokens(option)
        if len(tokens) > 1:
            rows.extend(self._compute(tokens[:-1], self._used(), every=True))
        return float(np.mean([row[token] - np.logaddexp.reduce(row) for row, token in zip(rows, tokens, strict=True)]))

    def decode(self, prefix: Prefix, grammar: Grammar) -> str:
        """The wording that greedy decoding gives."""
        matcher = llguidance.LLMatcher(self._tokenizer, llguidance.LLMatcher.grammar_from_lark(grammar.lark))
        mask = llguidance.numpy.allocate_token_bitmask(1, self._words)
        logits = self._advance(prefix)
        chosen: list[int] = []
        computed = 0
        while not matcher.is_stopped():
            forced = matcher.compute_ff_tokens()
            if not forced:
                if computed < len(chosen):
                    logits = self._compute(chosen[computed:], self._used() + computed)[-1]
                    computed = len(chosen)
                forced = [self._best(logits, matcher, mask)]
            if self._c.llama_vocab_is_eog(self._vocab, forced[0]):
                break
            matcher.consume_tokens(forced)
            chosen.extend(forced)
        if matcher.is_error():
            raise ModelUnavailable("语言模型无法按句式生成")
        return bytes(self._tokenizer.decode_bytes(chosen)).decode(errors="replace")

    def _best(self, logits: Logits, matcher: llguidance.LLMatcher, mask: NDArray[np.int32]) -> int:
        llguidance.numpy.fill_next_token_bitmask(matcher, mask)
        allowed = np.unpackbits(mask.view(np.uint8), bitorder="little")[: self._words].astype(bool)
        return int(np.argmax(np.where(allowed, logits, -np.inf)))

    def _advance(self, prefix: Prefix) -> Logits:
        """Brings the context to the end of the prefix, reusing what it shares with the last one; the logits there."""
        wanted = [tuple(self._tokens(self._wrapped(prefix.instruction), special=True))]
        wanted.extend(tuple(self._tokens(text)) for text in prefix.segments if text)
        same = 0
        while same < min(len(wanted), len(self._cache)) and self._cache[same].tokens == wanted[same]:
            same += 1
        del self._cache[same:]
        for tokens in wanted[same:]:
            self._cache.append(_Cached(tokens, self._compute(tokens, self._used())[-1]))
        return self._cache[-1].logits

    def _wrapped(self, instruction: str) -> str:
        if not self._chat:
            return f"{instruction}\n\n"
        return f"<|im_start|>user\n{instruction}<|im_end|>\n<|im_start|>assistant\n"

    def _used(self) -> int:
        return sum(len(part.tokens) for part in self._cache)

    def _tokens(self, text: str, *, special: bool = False) -> list[int]:
        raw = text.encode()
        buffer = (self._c.llama_token * (len(raw) + 8))()
        count = self._c.llama_tokenize(self._vocab, raw, len(raw), buffer, len(buffer), False, special)
        if count < 0:
            raise ModelUnavailable("语言模型无法切分文字")
        return list(buffer[:count])

    def _compute(self, tokens: Sequence[int], start: int, *, every: bool = False) -> list[Logits]:
        """Computes tokens from position `start` on (dropping what was there); logits after the last or after each."""
        if start + len(tokens) >= self._limit:
            raise ModelUnavailable("文稿超过语言模型可处理的长度")
        self._c.llama_memory_seq_rm(self._c.llama_get_memory(self._context), 0, start, -1)
        rows: list[Logits] = []
        for first in range(0, len(tokens), _BATCH):
            chunk = tokens[first : first + _BATCH]
            self._run(chunk, start + first, every=every)
            wanted = range(len(chunk)) if every else (len(chunk) - 1,)
            rows.extend(self._logits(index) for index in wanted)
        return rows

    def _run(self, tokens: Sequence[int], start: int, *, every: bool) -> None:
        batch = self._c.llama_batch_init(len(tokens), 0, 1)
        try:
            batch.n_tokens = len(tokens)
            for index, token in enumerate(tokens):
                batch.token[index], batch.pos[index] = token, start + index
                batch.n_seq_id[index], batch.seq_id[index][0] = 1, 0
                batch.logits[index] = every or index == len(tokens) - 1
            if self._c.llama_decode(self._context, batch) != 0:
                self._cache.clear()
                raise ModelUnavailable("语言模型计算失败")
        finally:
            self._c.llama_batch_free(batch)

    def _logits(self, index: int) -> Logits:
        pointer = self._c.llama_get_logits_ith(self._context, index)
        return np.array(np.ctypeslib.as_array(pointer, shape=(self._words,)), dtype=np.float32)
