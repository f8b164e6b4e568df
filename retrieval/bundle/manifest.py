"""The manifest of model data: what is fetched from where, and the hashes it must have."""

import tomllib
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from retrieval.errors import BundleError

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Part(BaseModel):
    """One data file inside one package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    version: str
    member: str
    size: Annotated[int, Field(gt=0)]
    sha256: Sha256


class ModelData(BaseModel):
    """A model file and the parts it is joined from, in order. Sizes are bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    kind: Literal["embedder", "llm"]
    file: str
    size: Annotated[int, Field(gt=0)]
    sha256: Sha256
    licence: str
    source: str
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


class _Manifest(BaseModel):
    model: tuple[ModelData, ...]


def load_manifest() -> tuple[ModelData, ...]:
    """Every model of `retrieval/models.toml`."""
    text = files("retrieval").joinpath("models.toml").read_text(encoding="utf-8")
    return _Manifest.model_validate(tomllib.loads(text)).model


def find_model(name: str, kind: Literal["embedder", "llm"]) -> ModelData:
    """The model of that name and kind; raises BundleError naming the known ones."""
    known = [model for model in load_manifest() if model.kind == kind]
    for model in known:
        if model.name == name:
            return model
    raise BundleError(f"没有名为“{name}”的内置模型，可选：{'、'.join(model.name for model in known)}。")


def bundled_embedder() -> ModelData:
    """The default embedder's data."""
    return next(model for model in load_manifest() if model.kind == "embedder")
