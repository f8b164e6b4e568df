"""Which heads are fitted on which labels, their cross-validation and their calibration."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from engine.model import Category, Severity
from engine.scoring.corpus import FOLDS, Labelled
from engine.scoring.design import Design, Head, Matrix, Rotation, Weights, fit_head, layers, outputs, rotation_of
from engine.scoring.heads import (
    CATEGORIES,
    KIND,
    NEGATIVE,
    NEGATIVE_PART,
    PRESENT,
    PRIMARY,
    ROWS,
    SEVERITY,
    Half,
    Parameters,
    with_second_opinion,
)

NEGATIVE_WEIGHTS: Final = Weights(embedding=1, ngrams=1, words=0.5, near_words=0.5, shape=0.5, c=5)
PART_WEIGHTS: Final = Weights(embedding=0, ngrams=1, words=1, near_words=0, shape=0, c=10)
CATEGORY_WEIGHTS: Final = Weights(embedding=1, ngrams=1, words=0.5, near_words=0, shape=0.5, c=10)
SEVERITY_WEIGHTS: Final = CATEGORY_WEIGHTS
BALANCE: Final = 0.75
"""Exponent of inverse class frequency among categories: 0 leaves them as they are, 1 makes them equal."""

TOLERATED: Final = 0.005
"""How much F1 may be given for recall when the threshold is set: a missed crisis costs more than a false alarm."""

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Task:
    """Some rows of the heads with one set of labels: fitted on `used` mentions only."""

    rows: slice
    labels: Labels
    used: NDArray[np.bool_]
    weights: Weights
    sample_weights: Matrix


def tasks_of(rows: Sequence[Labelled]) -> list[Task]:
    """Everything that is fitted, in the order of the heads."""
    negative = np.array([row.category is not None for row in rows])
    everything = np.ones(len(rows), dtype=bool)
    alike = np.ones(len(rows))
    primary = np.array([CATEGORIES.index(row.category) if row.category else 0 for row in rows])
    balance = _balance(primary, negative)
    tasks = [
        Task(_row(NEGATIVE), negative.astype(np.int64), everything, NEGATIVE_WEIGHTS, alike),
        Task(_row(NEGATIVE_PART), negative.astype(np.int64), everything, PART_WEIGHTS, alike),
        Task(PRIMARY, primary, negative, CATEGORY_WEIGHTS, balance),
    ]
    for at, category in enumerate(CATEGORIES, start=PRESENT.start):
        present = np.array([category in (row.category, *row.also) for row in rows], dtype=np.int64)
        tasks.append(Task(_row(at), present, negative, CATEGORY_WEIGHTS, alike))
    for at, least in enumerate((Severity.medium, Severity.high), start=SEVERITY.start):
        reached = np.array([row.severity.rank >= least.rank for row in rows], dtype=np.int64)
        tasks.append(Task(_row(at), reached, negative, SEVERITY_WEIGHTS, alike))
    tasks.append(Task(KIND, np.where(negative, primary + 1, 0), everything, NEGATIVE_WEIGHTS, alike))
    return tasks


def fit(rows: Sequence[Labelled], design: Design, idf: Half, embedder: str, folds: Sequence[int]) -> Parameters:
    """The parameters of all rows, calibrated on the out-of-fold outputs of `folds`."""
    tasks = tasks_of(rows)
    rotations = _rotations(design, tasks)
    scale, shift = calibration(tasks, out_of_fold(rows, design, folds, rotations))
    blocks: dict[str, list[Matrix]] = {}
    intercepts = []
    for task in tasks:
        head = _fitted(task, rotations[task.weights], task.used)
        intercepts.append(head.intercepts)
        for name, layer in layers(head, rotations[task.weights], design, task.weights).items():
            blocks.setdefault(name, []).append(layer)
    halves = {name: np.vstack(parts).astype(np.float16) for name, parts in blocks.items()}
    return Parameters(
        embedder=embedder,
        mean=design.mean,
        idf=idf,
        intercept=np.concatenate(intercepts),
        scale=scale,
        shift=shift,
        **halves,
    )


def out_of_fold(
    rows: Sequence[Labelled],
    design: Design,
    folds: Sequence[int],
    rotations: dict[Weights, Rotation] | None = None,
) -> Matrix:
    """Logits float64[n, ROWS] of each mention by heads that did not see its fold; written examples are in every fit."""
    tasks = tasks_of(rows)
    rotations = rotations or _rotations(design, tasks)
    always = np.array([row.origin == "examples" for row in rows])
    fold_of = np.array(folds)
    result = np.zeros((len(rows), ROWS))
    for fold in range(FOLDS):
        left_out = (fold_of == fold) & ~always
        for task in tasks:
            rotation = rotations[task.weights]
            result[left_out, task.rows] = outputs(_fitted(task, rotation, task.used & ~left_out), rotation.z[left_out])
    return np.where(result.any(axis=1, keepdims=True), with_second_opinion(result), result)


def calibration(tasks: Sequence[Task], logits: Matrix) -> tuple[Matrix, Matrix]:
    """Scale and shift of each row (Platt 1999); the primary categories share one scale, a temperature."""
    scale, shift = np.ones(ROWS), np.zeros(ROWS)
    for task in tasks:
        seen = task.used & logits.any(axis=1)
        if task.rows == PRIMARY:
            scale[PRIMARY] = _temperature(logits[seen][:, PRIMARY], task.labels[seen])
        elif task.rows != KIND and task.rows not in _present_rows():
            scale[task.rows], shift[task.rows] = _platt(logits[seen][:, task.rows], task.labels[seen])
    present = [task for task in tasks if task.rows in _present_rows()]
    scale[NEGATIVE], shift[NEGATIVE] = _wary(tasks[0], logits, float(scale[NEGATIVE]))
    seen = present[0].used & logits.any(axis=1)
    pooled = np.concatenate([logits[seen][:, task.rows] for task in present])
    scale[PRESENT], shift[PRESENT] = _platt(pooled, np.concatenate([task.labels[seen] for task in present]))
    return scale, shift


def _fitted(task: Task, rotation: Rotation, used: NDArray[np.bool_]) -> Head:
    head = fit_head(rotation.z[used], task.labels[used], task.sample_weights[used], task.weights.c)
    if len(head.intercepts) != len(range(*task.rows.indices(ROWS))):
        raise ValueError("every category needs examples outside each fold")
    return head


def _rotations(design: Design, tasks: Sequence[Task]) -> dict[Weights, Rotation]:
    return {weights: rotation_of(design, weights) for weights in dict.fromkeys(task.weights for task in tasks)}


def _row(at: int) -> slice:
    return slice(at, at + 1)


def _present_rows() -> list[slice]:
    return [_row(at) for at in range(PRESENT.start, PRESENT.stop)]


def _balance(primary: Labels, negative: NDArray[np.bool_]) -> Matrix:
    counts = np.maximum(np.bincount(primary[negative], minlength=len(Category)), 1)
    return np.asarray((negative.sum() / len(Category) / counts[primary]) ** BALANCE)


def _platt(logits: Matrix, labels: Labels) -> tuple[float, float]:
    model = LogisticRegression(C=1e3).fit(logits.reshape(-1, 1), labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _wary(task: Task, logits: Matrix, scale: float) -> tuple[float, float]:
    """Move the calibrated curve so that 0.5 lies at the lowest threshold whose F1 is within TOLERATED of the best."""
    seen = logits.any(axis=1)
    odds, true = logits[seen, NEGATIVE], task.labels[seen] == 1
    thresholds = np.linspace(-2, 1, 61)
    f1 = np.array([2 * (true & (odds >= one)).sum() / (true.sum() + (odds >= one).sum()) for one in thresholds])
    return scale, float(-scale * thresholds[f1 >= f1.max() - TOLERATED][0])


def _temperature(logits: Matrix, labels: Labels) -> float:
    def loss(scale: float) -> float:
        odds = logits * scale
        odds = odds - odds.max(axis=1, keepdims=True)
        log_probabilities = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        return float(-log_probabilities[np.arange(len(labels)), labels].mean())

    return min((float(scale) for scale in np.linspace(0.2, 3, 57)), key=loss)
