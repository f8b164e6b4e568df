"""The encoder as ONNX graphs - encoder, mean pooling, L2 norm - in int8. Imports torch: only when converting.

There are two graphs of the same size, for passages and for questions (`adapter`). What both look words up in, four
fifths of each, is one file beside them.
"""

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertModel

from retrieval.bundle.adapter import Adapter
from retrieval.bundle.files import write_atomically


class SentenceEncoder(torch.nn.Module):
    """Token ids and mask (batch x length) to unit vectors (batch x hidden), as E5 pools: masked mean."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=-1)


def adapt(model: BertModel, adapter: Adapter) -> None:
    """Add what the adapter was taught to the model's weights."""
    for name in adapter.up:
        weight = model.get_parameter(f"{name}.weight")
        weight.data += torch.from_numpy(adapter.change(name))


def share_words(graphs: Sequence[Path], words: Path) -> None:
    """Keep the largest tensor of all graphs, which is the same in each, once, in a file beside them."""
    loaded = [onnx.load(str(graph)) for graph in graphs]
    largest = [max(one.graph.initializer, key=lambda tensor: len(tensor.raw_data)) for one in loaded]
    content = largest[0].raw_data
    if any(tensor.raw_data != content for tensor in largest):
        raise AssertionError("graphs of different words")
    write_atomically(words, [content])
    for graph, model, tensor in zip(graphs, loaded, largest, strict=True):
        set_external_data(tensor, location=words.name, offset=0, length=len(content))
        tensor.ClearField("raw_data")
        write_atomically(graph, [model.SerializeToString()])


def export_int8(model: BertModel, target: Path) -> None:
    """Write `target` (dynamic int8 per channel); the float graph beside it is removed again.

    Weights use seven bits (`reduce_range`): with eight, processors without VNNI saturate in their 16-bit sums and give
    other vectors than those with it. Quality and speed are the same.
    """
    float_graph = target.with_name("model_float.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecation and tracer notes
        _export(model, float_graph)
    root_level = logging.getLogger().level
    logging.getLogger().setLevel(logging.ERROR)  # the quantizer advises through the root logger
    try:
        quantize_dynamic(
            float_graph,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            op_types_to_quantize=["MatMul", "Gather"],
        )
    finally:
        logging.getLogger().setLevel(root_level)
        float_graph.unlink()


def _export(model: BertModel, path: Path) -> None:
    sample = torch.full((2, 7), 9, dtype=torch.long)
    shape = {0: "batch", 1: "length"}
    torch.onnx.export(
        SentenceEncoder(model),
        (sample, torch.ones_like(sample)),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["embedding"],
        dynamic_axes={"input_ids": shape, "attention_mask": shape, "embedding": {0: "batch"}},
        dynamo=False,
        opset_version=18,
    )
