"""Fit when the best hit counts as a precedent: `python -m retrieval.calibrate --models DIR --queries FILE.yaml`.

Writes `retrieval/calibration.json` and prints how well search finds, and how well it says that there is nothing.
Figures of that decision come from ten-fold cross-validation, never from the queries that were fitted on.
"""

import argparse
import sys
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from knowledge.loader import load_knowledge
from knowledge.schema import AnyEntry
from retrieval.bundle import embedder_folder
from retrieval.calibration import FILE, Calibration, Features
from retrieval.embedder import load_embedder
from retrieval.search import SearchEngine

FOLDS = 10
NAMES = tuple(field.name for field in fields(Features))
NOT_FITTED = Calibration(
    embedder="", knowledge="", queries="", intercept=0, weights=dict.fromkeys(NAMES, 0.0), threshold=0.5, measured={}
)


class WithPrecedent(BaseModel):
    """A query and the incidents of which any one answers it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str
    expects: tuple[str, ...]


class Queries(BaseModel):
    """The file of queries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    with_precedent: tuple[WithPrecedent, ...]
    without_precedent: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "Queries":
        """Parse the YAML file."""
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Sample:
    """Features of every query (queries x features) and whether it has a precedent."""

    values: NDArray[np.float64]
    precedent: NDArray[np.bool_]


def sample(engine: SearchEngine, queries: Queries) -> Sample:
    """Measure how the best hit of each query stands out."""
    texts = [one.query for one in queries.with_precedent] + list(queries.without_precedent)
    rows = [list(engine.features(text).named().values()) for text in texts]
    return Sample(np.array(rows), np.arange(len(texts)) < len(queries.with_precedent))


def recall(engine: SearchEngine, queries: Queries, k: int) -> float:
    """Share of queries with a precedent that find it among the first k incidents."""
    found = 0
    for one in queries.with_precedent:
        hits = engine.search(one.query, k=k, kinds=frozenset({"incident"})).hits
        found += any(hit.id in one.expects for hit in hits)
    return found / len(queries.with_precedent)


def fit(data: Sample) -> tuple[float, dict[str, float]]:
    """Intercept and weights for raw features."""
    scaler = StandardScaler().fit(data.values)
    model = LogisticRegression(C=1.0).fit(scaler.transform(data.values), data.precedent)
    weights = model.coef_[0] / scaler.scale_
    intercept = float(model.intercept_[0] - weights @ scaler.mean_)
    return round(intercept, 6), {name: round(float(weight), 6) for name, weight in zip(NAMES, weights, strict=True)}


def held_out(data: Sample) -> NDArray[np.float64]:
    """Each query's chance of a precedent from a model that has not seen it."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0))
    return np.asarray(cross_val_predict(model, data.values, data.precedent, cv=folds, method="predict_proba")[:, 1])


def decision_figures(chances: NDArray[np.float64], precedent: NDArray[np.bool_], threshold: float) -> dict[str, float]:
    """Precision and recall of the verdict "no precedent", and accuracy."""
    said = chances < threshold
    right = int((said & ~precedent).sum())
    return {
        "no_precedent_precision": right / max(int(said.sum()), 1),
        "no_precedent_recall": right / int((~precedent).sum()),
        "accuracy": float((said != precedent).mean()),
    }


def best_threshold(chances: NDArray[np.float64], precedent: NDArray[np.bool_]) -> float:
    """The limit with the best balanced accuracy; of equally good ones the middle."""
    tried = np.arange(0.2, 0.81, 0.01)
    balanced = [(chances[precedent] >= t).mean() + (chances[~precedent] < t).mean() for t in tried]
    return round(float(np.median(tried[np.isclose(balanced, max(balanced))])), 2)


def calibrate(models: Path, queries_path: Path) -> Calibration:
    """Fit on the committed knowledge base with the bundled embedder."""
    knowledge, queries = load_knowledge(), Queries.read(queries_path)
    embedder = load_embedder(embedder_folder(models), direct=True)
    entries: list[AnyEntry] = [
        *knowledge.incidents.values(),
        *knowledge.playbooks.values(),
        *knowledge.templates.values(),
    ]
    engine = SearchEngine.build(entries, embedder, cache=models.parent / "search", calibration=NOT_FITTED)
    data = sample(engine, queries)
    chances = held_out(data)
    threshold = best_threshold(chances, data.precedent)
    intercept, weights = fit(data)
    found = {f"recall_at_{k}": recall(engine, queries, k) for k in (1, 5)}
    measured = found | decision_figures(chances, data.precedent, threshold)
    return Calibration(
        embedder=embedder.fingerprint,
        knowledge=knowledge.hash,
        queries=sha256(queries_path.read_bytes()).hexdigest(),
        intercept=intercept,
        weights=weights,
        threshold=threshold,
        measured={name: round(value, 4) for name, value in measured.items()},
    )


def main(arguments: list[str] | None = None) -> int:
    """Fit, write, print."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.calibrate", description="拟合“没有相近先例”的判断参数。")
    parser.add_argument("--models", type=Path, required=True, help="模型存放的文件夹")
    parser.add_argument("--queries", type=Path, required=True, help="检索问句文件（YAML）")
    options = parser.parse_args(arguments)
    text = calibrate(options.models, options.queries).model_dump_json(indent=2) + "\n"
    Path(__file__).with_name(FILE).write_text(text, encoding="utf-8")
    Console().print_json(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
