"""A GGUF model run in process by llama.cpp: tokens in, logits out. The only module that imports llama_cpp.

Sequence 0 holds the text so far; the sequences above it hold, for a moment, wordings that may follow it, so that all
of them are computed as one batch over one prefix.
"""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelUnavailable

Logits = NDArray[np.float32]
BATCH: Final = 512
MAX_BRANCHES: Final = 31
"""How many wordings may be computed at once: the sequences of the context, less the text's own."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A token at a place of the context, in the sequences that share it."""

    token: int
    position: int
    sequences: tuple[int, ...] = (0,)


@dataclass
class Usage:
    """Tokens computed so far: `prefilled` to read text, `scored` to weigh wordings, `generated` chosen one by one."""

    prefilled: int = 0
    scored: int = 0
    generated: int = 0

    def since(self, before: "Usage") -> "Usage":
        """What was computed after `before` was taken."""
        return Usage(self.prefilled - before.prefilled, self.scored - before.scored, self.generated - before.generated)


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


@dataclass
class LlamaContext:
    """A loaded model with its context. Raises ModelUnavailable where the file, the package or the memory is missing."""

    path: Path
    threads: int
    limit: int
    usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        if not self.path.is_file():
            raise ModelUnavailable(f"语言模型文件不存在：{self.path.name}，请先运行 make run 或 make test 准备模型")
        try:
            with _waiting_idle():
                import llama_cpp  # noqa: PLC0415 - optional and slow to import
            from llguidance.llamacpp import lltokenizer_from_vocab  # noqa: PLC0415 - imports llama_cpp
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelUnavailable("没有安装 llama-cpp-python，语言模型不可用") from error
        self.library: Any = llama_cpp
        # Kept: llama.cpp calls it for as long as the process lives.
        self._quiet = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(self._quiet, None)
        self._model = llama_cpp.llama_model_load_from_file(
            str(self.path).encode(), llama_cpp.llama_model_default_params()
        )
        if not self._model:
            raise ModelUnavailable(f"语言模型文件已损坏：{self.path.name}")
        self.context = llama_cpp.llama_init_from_model(self._model, self._params())
        if not self.context:
            raise ModelUnavailable("语言模型无法启动（内存不足？）")
        self.vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.words: int = llama_cpp.llama_vocab_n_tokens(self.vocab)
        with warnings.catch_warnings():
            # llguidance 1.9 still calls a name of llama.cpp that newer bindings deprecate.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.tokenizer = lltokenizer_from_vocab(self.vocab)

    def _params(self) -> Any:
        params = self.library.llama_context_default_params()
        params.n_ctx, params.n_batch = self.limit, BATCH
        params.n_seq_max, params.kv_unified = MAX_BRANCHES + 1, True
        params.n_threads = params.n_threads_batch = self.threads
        return params

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        """The tokens of a text; `special` reads marks such as <|im_start|> as what they are."""
        raw = text.encode()
        buffer = (self.library.llama_token * (len(raw) + 8))()
        count = self.library.llama_tokenize(self.vocab, raw, len(raw), buffer, len(buffer), False, special)
        if count < 0:
            raise ModelUnavailable("语言模型无法切分文字")
        return list(buffer[:count])

    def text(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""
        return bytes(self.tokenizer.decode_bytes(list(tokens))).decode(errors="replace")

    def begin(self) -> list[int]:
        """The token that this model wants before every text, if any."""
        if not self.library.llama_vocab_get_add_bos(self.vocab):
            return []
        return [self.library.llama_vocab_bos(self.vocab)]

    def ends(self, token: int) -> bool:
        """Whether a token ends the text."""
        return bool(self.library.llama_vocab_is_eog(self.vocab, token))

    def read(self, tokens: Sequence[int], start: int) -> Logits:
        """Computes text from position `start` on, dropping what was there; the logits after its last token."""
        self._refuse_beyond(start + len(tokens))
        self.drop(0, start)
        for first in range(0, len(tokens), BATCH):
            chunk = tokens[first : first + BATCH]
            self._run([Placed(token, start + first + index) for index, token in enumerate(chunk)], every=False)
            last = len(chunk) - 1
        return np.array(self.logits(last), dtype=np.float32)

    def read_branches(self, branches: Sequence[Placed], start: int, count: int) -> Iterator[Logits]:
        """Computes wordings that all follow the text before `start`, in sequences 1 to `count`, as one batch.

        Gives the logits after each token, valid until the next one is asked for; then the wordings are dropped.
        """
        self._refuse_beyond(start + len(branches))
        self.drop(0, start)
        memory = self.library.llama_get_memory(self.context)
        for sequence in range(1, count + 1):
            self.library.llama_memory_seq_cp(memory, 0, sequence, -1, -1)
        try:
            for first in range(0, len(branches), BATCH):
                chunk = branches[first : first + BATCH]
                self._run(chunk, every=True)
                yield from (self.logits(index) for index in range(len(chunk)))
        finally:
            for sequence in range(1, count + 1):
                self.drop(sequence, 0)

    def drop(self, sequence: int, start: int) -> None:
        """Forgets a sequence from a position on."""
        self.library.llama_memory_seq_rm(self.library.llama_get_memory(self.context), sequence, start, -1)

    def logits(self, index: int) -> Logits:
        """The logits of a row of the last batch: a view that the next batch overwrites."""
        pointer = self.library.llama_get_logits_ith(self.context, index)
        found: Logits = np.ctypeslib.as_array(pointer, shape=(self.words,))
        return found

    def _refuse_beyond(self, end: int) -> None:
        if end >= self.limit:
            raise ModelUnavailable("文稿超过语言模型可处理的长度")

    def _run(self, placed: Sequence[Placed], *, every: bool) -> None:
        batch = self.library.llama_batch_init(len(placed), 0, MAX_BRANCHES + 1)
        try:
            batch.n_tokens = len(placed)
            for index, one in enumerate(placed):
                batch.token[index], batch.pos[index] = one.token, one.position
                batch.n_seq_id[index] = len(one.sequences)
                for number, sequence in enumerate(one.sequences):
                    batch.seq_id[index][number] = sequence
                batch.logits[index] = every or index == len(placed) - 1
            if self.library.llama_decode(self.context, batch) != 0:
                raise ModelUnavailable("语言模型计算失败")
        finally:
            self.library.llama_batch_free(batch)
