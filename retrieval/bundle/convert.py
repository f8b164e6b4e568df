"""The packed embedder as a torch model and a tokenizer with the original's behaviour.

Both are rebuilt from the file alone: BERT layers as in intfloat/multilingual-e5-small, and XLM-R's unigram vocabulary.
Imports torch and transformers (seconds): import this module only when converting.
"""

import unicodedata

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from retrieval.bundle.e5_file import E5File

_FULLWIDTH_TILDE, _PRIVATE = "\uff5e", "\ue000"
_METASPACE = "▁"
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}


def build_tokenizer(source: E5File) -> Tokenizer:
    """XLM-R's unigram tokenizer: `<s> text </s>`, at most `source.positions` tokens."""
    tokenizer = Tokenizer(models.Unigram(list(source.pieces), unk_id=source.unk))
    tokenizer.normalizer = _normalizer(source.character_map)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_METASPACE, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", source.bos), ("</s>", source.eos)]
    )
    tokenizer.enable_truncation(source.positions)
    return tokenizer


def _normalizer(character_map: dict[str, str]) -> normalizers.Sequence:
    """The file's character map: NFKC, but some characters are dropped or become a space, and U+FF5E stays."""
    differing = {char: to for char, to in character_map.items() if unicodedata.normalize("NFKC", char) != to}
    dropped = [char for char, to in differing.items() if to == ""]
    spaces = [char for char, to in differing.items() if to == " "]
    return normalizers.Sequence(
        [
            normalizers.Replace(_any_of(dropped), ""),
            normalizers.Replace(_any_of(spaces), " "),
            normalizers.Replace(_FULLWIDTH_TILDE, _PRIVATE),
            normalizers.NFKC(),
            normalizers.Replace(_PRIVATE, _FULLWIDTH_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )


def _any_of(characters: list[str]) -> Regex:
    return Regex("[" + "".join(f"\\x{{{ord(char):X}}}" for char in characters) + "]")


def build_model(source: E5File) -> BertModel:
    """The encoder in float32, in evaluation mode."""
    config = BertConfig(
        vocab_size=source.vocabulary,
        hidden_size=source.hidden,
        num_hidden_layers=source.layers,
        num_attention_heads=source.heads,
        intermediate_size=source.inner,
        max_position_embeddings=source.positions,
        type_vocab_size=source.types,
        layer_norm_eps=1e-12,
        pad_token_id=source.pad,
        hidden_act="gelu",
    )
    config._attn_implementation = "eager"  # the ONNX exporter follows plain attention
    model = BertModel(config, add_pooling_layer=False)
    missing, unexpected = model.load_state_dict(_weights(source), strict=False)
    if unexpected or any("position_ids" not in name for name in missing):
        raise AssertionError((missing, unexpected))
    model.train(False)
    return model


def _weights(source: E5File) -> dict[str, torch.Tensor]:
    hidden, inner = source.hidden, source.inner
    shapes = {"fi": (inner, hidden), "fo": (hidden, inner)}
    named = {
        "embeddings.word_embeddings.weight": source.tensor("emb.word", source.vocabulary, hidden),
        "embeddings.position_embeddings.weight": source.tensor("emb.pos", source.positions, hidden),
        "embeddings.token_type_embeddings.weight": source.tensor("emb.type", source.types, hidden),
        "embeddings.LayerNorm.weight": source.tensor("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": source.tensor("emb.ln.b", hidden),
    }
    for layer in range(source.layers):
        for short, long in _LAYER_NAMES.items():
            weight_shape = (hidden,) if short.endswith("ln") else shapes.get(short, (hidden, hidden))
            stem = f"encoder.layer.{layer}.{long}"
            named[f"{stem}.weight"] = source.tensor(f"l{layer}.{short}.w", *weight_shape)
            named[f"{stem}.bias"] = source.tensor(f"l{layer}.{short}.b", weight_shape[0])
    return {name: torch.from_numpy(values) for name, values in named.items()}
