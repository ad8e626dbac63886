"""Do attributes predict the score of a publisher that was not seen? Whole publishers are held out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.predictors.frame import ModelFrame
from rdpscore.survey.aligning import same_rows

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

Model = Literal["linear", "boosted"]
MODELS: tuple[Model, ...] = get_args(Model)
Reason = Literal["too_few_clusters", "no_variation", "constant_predictor", "too_few_rows"]

LEAST_PUBLISHERS = 3
LEAST_ROWS = 40
"""Below, boosted trees have nothing to split."""
FOLDS = 20
"""Up to as many publishers each is held out alone; more are held out in as many groups."""
NOT_RECORDED = "not recorded"

MEANING = (
    "R² with whole publishers held out: 1 − Σ(y − prediction)² / Σ(y − training mean)². Below 0 the training mean "
    "would have been the better guess."
)
NULL = (
    "Permutation null: means of publishers change places among publishers, and deviations from them among the journals "
    "of a publisher. Sizes and the clustering of the scores stay as they are; what ties them to the attributes goes."
)


@dataclass(frozen=True)
class Predicted:
    """How well one kind of model predicts publishers that were held out.

    Attributes
    ----------
    model : {"linear", "boosted"}
    r2 : float or None
        At most 1; negative where the training mean is the better guess.
    p : float or None
        Share of permutations with an R² at least as high, the survey's own counted: one-sided.
    null_median, null_high : float or None
        Median and 95 % quantile of R² under the null.
    n_permutations : int
    in_sample : float or None
        R² of the same model on the rows that it was fitted to.
    reason : str or None
        Why there are none: ``too_few_clusters`` (fewer than 3 publishers), ``no_variation`` (all outcomes alike),
        ``constant_predictor`` (no attribute varies), ``too_few_rows``.
    """

    model: Model
    r2: float | None
    p: float | None
    null_median: float | None
    null_high: float | None
    n_permutations: int
    in_sample: float | None
    reason: Reason | None


@dataclass(frozen=True)
class Prediction:
    """What `predict` found.

    Attributes
    ----------
    models : tuple of Predicted
    predictors : tuple of str
    publisher_eta2 : float or None
        What publisher alone explains of the variance in the sample, η²; it cannot be carried to another publisher.
    publishers : DataFrame
        publisher, n, mean, predicted (mean by each model when the publisher was held out).
    n, n_publishers, n_folds : int
    n_left_out : int
        Rows without an outcome or a publisher.
    missing : dict
        Attribute → rows without a value. Numbers take the training median and a mark that they did; categories a
        value of their own, "not recorded".
    seed : int
    """

    models: tuple[Predicted, ...]
    predictors: tuple[str, ...]
    publisher_eta2: float | None
    publishers: pd.DataFrame
    n: int
    n_publishers: int
    n_folds: int
    n_left_out: int
    missing: dict[str, int]
    seed: int

    def to_frame(self) -> pd.DataFrame:
        """One row a model."""
        return pd.DataFrame([asdict(m) for m in self.models]).assign(
            publisher_eta2=self.publisher_eta2, n=self.n, n_publishers=self.n_publishers
        )

    def body(self) -> dict[str, Any]:
        """As plain values."""
        from rdpscore.results import records

        plain = {k: getattr(self, k) for k in self.__dataclass_fields__ if k not in ("models", "publishers")}
        return {
            "meaning": MEANING,
            "null": NULL,
            "models": [asdict(m) for m in self.models],
            **plain,
            "publishers": records(self.publishers),
        }


def predict(
    outcome: npt.ArrayLike,
    predictors: pd.DataFrame,
    publisher: npt.ArrayLike,
    *,
    models: tuple[Model, ...] = MODELS,
    n_permutations: int = 999,
    n_boosted: int = 99,
    seed: int = 1,
    step: Callable[[], None] | None = None,
) -> Prediction:
    """R² for publishers that were held out, against the training mean, with a permutation null.

    Parameters
    ----------
    outcome : array, shape (n,)
        NaN where there is none; such rows are counted and left out.
    predictors : DataFrame, n rows
        Numbers (NaN for missing) and categories (anything else; None for missing, turned into indicators). What is
        learned of them, medians and categories, is learned from the publishers in training alone.
    publisher : array of labels, shape (n,)
        Missing labels leave a row out.
    models : tuple
        ``linear``: least squares. ``boosted``: histogram gradient boosting of small trees.
    n_permutations, n_boosted : int
        Permutations for the linear model and for the trees, which take 2 to 3 hundred times as long.
    seed : int
    step : callable, optional
        Called after each fit of the trees, of which there are folds × (1 + `n_boosted`).

    Returns
    -------
    Prediction
        Figures are None, with a reason, where they are undefined.

    Raises
    ------
    ValueError
        The arguments have different lengths, or frames and columns among them different indexes.

    Notes
    -----
    Up to 20 publishers each is held out in turn (`LeaveOneGroupOut`), more in 20 groups (`GroupKFold`). The outcome is
    permuted and not the attributes, so that attributes keep their relations to each other; see `NULL`. p is
    ``(1 + #{R²* ≥ R²}) / (1 + n_permutations)`` (Phipson and Smyth 2010, Statistical Applications in Genetics and
    Molecular Biology 9:39).

    Checked against: a loop over publishers with scikit-learn's LinearRegression.
    """
    same_rows(outcome=outcome, predictors=predictors, publisher=publisher)
    y = np.asarray(outcome, float)
    groups = pd.Series(np.asarray(publisher, object), dtype=object)
    keep = np.isfinite(y) & groups.notna().to_numpy()
    y, groups = y[keep], groups[keep]
    x = predictors.loc[keep].reset_index(drop=True)
    code, labels = pd.factorize(groups)
    varying = [c for c in x.columns if x[c].nunique(dropna=False) > 1]
    reason = _reason(y, len(labels), varying)
    folds = _folds(code.astype(np.intp)) if reason is None else []
    found: list[Predicted] = []
    held: dict[Model, Floats] = {}
    for model in models:
        small = reason is None and (len(y) <= x.shape[1] + 2 or (model == "boosted" and len(y) < LEAST_ROWS))
        why: Reason | None = "too_few_rows" if small else reason
        if why is not None:
            found.append(Predicted(model, None, None, None, None, 0, None, why))
            continue
        n = n_permutations if model == "linear" else n_boosted
        outcomes = np.vstack([y, shuffled(y, code.astype(np.intp), n, seed)])
        fitted = _held_out(model, x[varying], outcomes, folds, step)
        held[model] = fitted[0]
        found.append(_scored(model, y, x[varying], outcomes, fitted, folds))
    table = pd.DataFrame(
        {
            "publisher": labels,
            "n": np.bincount(code, minlength=len(labels)),
            "mean": _means(y, code, len(labels)),
        }
        | {f"predicted_{m}": _means(v, code, len(labels)) for m, v in held.items()}
    )
    return Prediction(
        models=tuple(found),
        predictors=tuple(map(str, x.columns)),
        publisher_eta2=eta_squared(y, code.astype(np.intp)),
        publishers=table.sort_values("mean", ascending=False, kind="stable", ignore_index=True),
        n=len(y),
        n_publishers=len(labels),
        n_folds=len(folds),
        n_left_out=int((~keep).sum()),
        missing={str(c): int(x[c].isna().sum()) for c in x.columns},
        seed=seed,
    )


def predict_frame(
    frame: ModelFrame,
    *,
    models: tuple[Model, ...] = MODELS,
    n_permutations: int = 999,
    n_boosted: int = 99,
    seed: int = 1,
    step: Callable[[], None] | None = None,
) -> Prediction:
    """`predict` with the outcome, the predictors and the publishers of a model frame.

    Numbers stand as the formula has them (log2 of impact), categories as they are.
    """
    columns = {
        p.name: p.columns[:, 0] if p.kind == "number" else pd.Series(p.values, dtype=object)
        for p in frame.predictors
    }
    labels = np.array(frame.publishers.labels, object)[frame.publishers.code]
    return predict(
        frame.y,
        pd.DataFrame(columns),
        labels,
        models=models,
        n_permutations=n_permutations,
        n_boosted=n_boosted,
        seed=seed,
        step=step,
    )


def _reason(y: Floats, n_publishers: int, varying: list[Any]) -> Reason | None:
    if n_publishers < LEAST_PUBLISHERS:
        return "too_few_clusters"
    if len(y) == 0 or np.ptp(y) <= 1e-12 * max(1.0, float(np.abs(y).max())):
        return "no_variation"
    return None if varying else "constant_predictor"


def _folds(code: Ints) -> list[tuple[Ints, Ints]]:
    from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

    way = LeaveOneGroupOut() if code.max() < FOLDS else GroupKFold(FOLDS)
    return list(way.split(code, groups=code))


def _pipeline(model: Model, x: pd.DataFrame) -> Pipeline:
    """From attributes to predictions; everything in it is fitted to the training rows."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    numbers = [c for c in x.columns if pd.api.types.is_numeric_dtype(x[c])]
    others = [c for c in x.columns if c not in numbers]
    ready = ColumnTransformer(
        [
            (
                "numbers",
                SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
                numbers,
            ),
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), others),
        ]
    )
    if model == "linear":
        return make_pipeline(ready, LinearRegression())
    trees = HistGradientBoostingRegressor(
        max_iter=50, max_leaf_nodes=4, min_samples_leaf=10, early_stopping=False
    )
    return make_pipeline(ready, trees)


def _plain(x: pd.DataFrame) -> pd.DataFrame:
    """Numbers as floats, the rest as text with a value for what is missing."""
    out = {}
    for c in x.columns:
        if pd.api.types.is_numeric_dtype(x[c]):
            out[c] = x[c].astype(float)
        else:
            text = x[c].astype(object)
            out[c] = text.where(text.notna(), NOT_RECORDED).astype(str).astype(object)
    return pd.DataFrame(out)


def _held_out(
    model: Model,
    x: pd.DataFrame,
    outcomes: Floats,
    folds: list[tuple[Ints, Ints]],
    step: Callable[[], None] | None,
) -> Floats:
    """Predictions of each row by a model that did not see its publisher, shape (n_outcomes, n)."""
    x, out = _plain(x), np.empty_like(outcomes)
    for train, test in folds:
        ready, last = _split(model, x)
        known, new = ready.fit_transform(x.iloc[train]), ready.transform(x.iloc[test])
        if model == "linear":  # all outcomes in one decomposition
            out[:, test] = last.fit(known, outcomes[:, train].T).predict(new).T
            continue
        with _one_thread():
            for row, y in zip(out, outcomes, strict=True):
                row[test] = last.fit(known, y[train]).predict(new)
                if step is not None:
                    step()
    return out


@contextmanager
def _one_thread() -> Iterator[None]:
    """On so few rows threads cost more than they save.

    scikit-learn would all the same have joblib count physical cores, unless ``OMP_NUM_THREADS`` says how many to use;
    where they cannot be counted, on a bare system without ``lscpu``, joblib warns and prints a traceback.
    """
    from threadpoolctl import threadpool_limits

    name = "OMP_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        with threadpool_limits(1):
            yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _split(model: Model, x: pd.DataFrame) -> tuple[Any, Any]:
    """What makes the columns, and what predicts from them."""
    made = _pipeline(model, x)
    return made[0], made[-1]


def _scored(
    model: Model, y: Floats, x: pd.DataFrame, outcomes: Floats, fitted: Floats, folds: list[tuple[Ints, Ints]]
) -> Predicted:
    base = np.empty_like(outcomes)
    for train, test in folds:
        base[:, test] = outcomes[:, train].mean(axis=1, keepdims=True)
    r2 = 1 - ((outcomes - fitted) ** 2).sum(axis=1) / ((outcomes - base) ** 2).sum(axis=1)
    null = r2[1:]
    plain = _plain(x)
    made = _pipeline(model, plain)
    with _one_thread():
        sample = float(made.fit(plain, y).score(plain, y))
    if not len(null):
        return Predicted(model, float(r2[0]), None, None, None, 0, sample, None)
    p = (1 + int((null >= r2[0] - 1e-12).sum())) / (1 + len(null))
    median, high = np.quantile(null, (0.5, 0.95))
    return Predicted(model, float(r2[0]), p, float(median), float(high), len(null), sample, None)


def shuffled(y: Floats, code: Ints, n: int, seed: int) -> Floats:
    """Outcomes under the null that attributes tell nothing, of the same sizes and nearly the same clustering.

    Parameters
    ----------
    y : float array, shape (n_rows,)
    code : int array, shape (n_rows,)
        Publisher of each row, 0 and upwards.
    n, seed : int

    Returns
    -------
    float array, shape (n, n_rows)
        In each row publishers have each other's means, journals each other's deviations within their publisher.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(code, kind="stable")
    sorted_code, n_groups = code[order], int(code.max(initial=-1)) + 1
    mean = _means(y, code, n_groups)
    off = (y - mean[code])[order]
    which = np.argsort(sorted_code + rng.random((n, len(y))), axis=1)
    means = rng.permuted(np.broadcast_to(mean, (n, n_groups)), axis=1)
    out = np.empty((n, len(y)))
    out[:, order] = means[:, sorted_code] + off[which]
    return out


def eta_squared(y: Floats, code: Ints) -> float | None:
    """Share of the variance in the sample that lies between groups; None where there is no variance."""
    total = float(((y - y.mean()) ** 2).sum()) if len(y) else 0.0
    if total <= 1e-24 * max(1.0, float(np.abs(y).max(initial=0.0)) ** 2):
        return None
    mean = _means(y, code, int(code.max()) + 1)
    return 1 - float(((y - mean[code]) ** 2).sum()) / total


def _means(values: Floats, code: npt.NDArray[Any], n: int) -> Floats:
    count = np.bincount(code, minlength=n)
    return np.asarray(np.bincount(code, weights=values, minlength=n) / np.maximum(count, 1))
