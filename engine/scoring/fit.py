"""Fit the scoring parameters: `python -m engine.scoring.fit --data DIR --models DIR [--out FILE] [--report FILE]`.

--data is a mentions folder (see `corpus`), --models a folder of prepared embedders. The same data on the same machine
give the same bytes. dev.jsonl is read for the report alone, after everything is fitted.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.scoring.brands import load_registry
from engine.scoring.corpus import (
    Labelled,
    folds_by_brand,
    folds_by_text,
    read_examples,
    read_labelled,
    read_unlabelled,
)
from engine.scoring.design import Design, design_of, document_frequencies, featurise
from engine.scoring.evaluation import Judged, judged_by, judged_out_of_fold, without_near_copies
from engine.scoring.heads import Half, save_parameters
from engine.scoring.lexicon import load_lexicon
from engine.scoring.report import Section, report
from engine.scoring.scorer import BUNDLED, TextEmbedder, load_scorer
from engine.scoring.training import fit, out_of_fold
from retrieval.embedder import load_embedder

DEFAULT_MODEL = "multilingual-e5-small"
REPORT = Path(__file__).parents[2] / "docs" / "scoring.md"


@dataclass(frozen=True, slots=True)
class Material:
    """What is fitted: the labelled rows, their design, and the document frequencies."""

    rows: list[Labelled]
    design: Design
    idf: Half


def prepare(data: Path, embedder: TextEmbedder) -> Material:
    """Read and embed everything that is fitted. Raises InputError."""
    dev = frozenset(row.id for row in read_labelled(data / "dev.jsonl", "dev"))
    labelled = read_labelled(data / "train.jsonl", "train") + read_labelled(data / "complaints.jsonl", "complaints")
    idf = document_frequencies([*read_unlabelled(data / "raw.jsonl", dev), *labelled])
    rows = [*labelled, *read_examples()]
    return Material(rows, design_of(featurise(rows, embedder, load_lexicon()), idf), idf)


def fit_and_save(material: Material, embedder: TextEmbedder, out: Path) -> None:
    """Fit all heads and write them."""
    folds = folds_by_text(material.rows)
    save_parameters(fit(material.rows, material.design, material.idf, embedder.name, folds), out)


def sections(material: Material, data: Path, embedder: TextEmbedder, parameters: Path) -> list[Section]:
    """The figures of the report: cross-validation first, the check set last."""
    rows = material.rows
    judged = []
    for title, folds in (("按近似文本分折", folds_by_text(rows)), ("按品牌分折（品牌均未见过）", folds_by_brand(rows))):
        result = judged_out_of_fold(rows, out_of_fold(rows, material.design, folds))
        judged += [Section(f"交叉验证，{title}：{name}", _of(rows, origin, result)) for origin, name in _ORIGINS]
    dev = read_labelled(data / "dev.jsonl", "dev")
    checked = judged_by(load_scorer(embedder, load_registry(), parameters), dev)
    fresh = without_near_copies(dev, rows)
    return [Section("dev 全部", checked), Section("dev 去掉与拟合文本近似的", checked.part(fresh)), *judged]


_ORIGINS = (("train", "真实提及"), ("complaints", "投诉"))


def _of(rows: list[Labelled], origin: str, judged: Judged) -> Judged:
    return judged.part(np.array([row.origin == origin for row in rows]))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="拟合评分参数")
    parser.add_argument("--data", type=Path, required=True, help="标注数据目录（train、complaints、raw、dev）")
    parser.add_argument("--models", type=Path, required=True, help="已准备好的模型目录")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="模型目录中的向量模型")
    parser.add_argument("--out", type=Path, default=BUNDLED)
    parser.add_argument("--report", type=Path, default=REPORT)
    chosen = parser.parse_args()
    embedder = load_embedder(chosen.models / chosen.model, direct=True)
    material = prepare(chosen.data, embedder)
    fit_and_save(material, embedder, chosen.out)
    chosen.report.write_text(report(sections(material, chosen.data, embedder, chosen.out)), "utf-8")
    sys.stdout.write(f"已写入 {chosen.out} 和 {chosen.report}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
