"""Do attributes of journals go with their scores? Three questions, their estimates, and what these rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Scheme
from rdpscore.heterogeneity.variance import VarianceShares, variance_shares
from rdpscore.inference import By
from rdpscore.inference.wild import usual_draws
from rdpscore.predictors.attributes import default_model
from rdpscore.predictors.classics import Classic, naive
from rdpscore.predictors.finding import Finding, findings
from rdpscore.predictors.formula import SCORE, Formula, parse
from rdpscore.predictors.frame import ModelFrame, model_frame
from rdpscore.predictors.items import ItemRow, check_items, item_rows
from rdpscore.predictors.mixed import RandomEffects, random_effects
from rdpscore.predictors.predictor import Predictor, Zeros
from rdpscore.predictors.questions import estimate
from rdpscore.predictors.rows import QUESTIONS, Row
from rdpscore.results import Result, records
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where

READ = (
    "One row of each question is the one to read: least squares with CR2, of a number's two scales the wider. Its "
    "verdict asks the wild cluster bootstrap, too. The other rows check it; they are no further tests. The question "
    "within publishers is the one that a journal can act on; pooled is a description."
)


@dataclass(frozen=True)
class RegressResult(Result):
    """Attributes of journals against an outcome; see `regress`.

    Attributes
    ----------
    frame : ModelFrame
        What was used, and what was left out.
    note : str or None
        Why the model is not the usual one, where none was named.
    rows : tuple of Row
        All estimates, question by question, term by term.
    findings : tuple of Finding
        What they say, in sentences.
    shares : VarianceShares
        How much of the outcome lies between publishers.
    n_patterns : int
        Distinct rows of answers among the journals.
    slopes : mapping
        Term → how its slope varies from publisher to publisher, a description, where it was asked for.
    items : tuple of ItemRow
        Single items, where they were asked for.
    classics : tuple of (str, Classic)
        Predictor and a test that takes journals as independent, where they were asked for.
    """

    frame: ModelFrame
    note: str | None
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    shares: VarianceShares
    n_patterns: int
    slopes: Mapping[str, RandomEffects] = field(default_factory=dict)
    items: tuple[ItemRow, ...] = ()
    classics: tuple[tuple[str, Classic], ...] = ()

    def tables(self) -> dict[str, pd.DataFrame]:
        out = {"estimates": pd.DataFrame([asdict(r) for r in self.rows])}
        if self.slopes:
            out["slopes"] = pd.DataFrame([{"term": t, **asdict(r)} for t, r in self.slopes.items()])
        if self.items:
            out["items"] = pd.DataFrame([asdict(r) for r in self.items])
        if self.classics:
            out["naive"] = pd.DataFrame([_classic(name, c) for name, c in self.classics])
        return out | {
            "predictors": pd.DataFrame([describe(p, self.frame) for p in self.frame.predictors]),
            "left_out": self.frame.left_out_frame(),
            "journals": self.frame.to_frame(),
        }

    def body(self) -> Any:
        frame = self.frame
        return {
            "read": READ,
            "note": self.note,
            "outcome": asdict(frame.outcome),
            "n_journals": len(frame),
            "n_publishers": frame.publishers.n_named,
            "n_without_publisher": frame.publishers.n_alone,
            "n_patterns": self.n_patterns,
            "variance": asdict(self.shares),
            "findings": [asdict(f) for f in self.findings],
            "estimates": [asdict(r) for r in self.rows],
            "slopes": {t: asdict(r) for t, r in self.slopes.items()},
            "items": [asdict(r) for r in self.items],
            "naive": [_classic(name, c) for name, c in self.classics],
            "predictors": [describe(p, frame) for p in frame.predictors],
            "left_out": records(frame.left_out_frame()),
        }


@checked
def regress(
    survey: Survey,
    model: str | Formula | None = None,
    scheme: Scheme | str | None = None,
    *,
    where: Where | None = None,
    cluster: By = "publisher",
    zeros: Zeros = "leave_out",
    items: Sequence[str] = (),
    naive: bool = False,
    slopes: bool = False,
    n_draws: int | None = None,
    seed: int = 0,
) -> RegressResult:
    """Ask whether attributes of journals go with an outcome: between publishers, within them, and over all journals.

    Parameters
    ----------
    survey : Survey
    model : str or Formula, optional
        ``"score ~ log2(impact) + access_model"``; the outcome may be an item's id. `default_model` without.
    scheme, where, cluster, zeros
        As in `model_frame`.
    items : sequence of str
        Items to set against the same predictors, by ordered logit; the outcome is among them if it is one.
    naive : bool
        Add the tests that take journals as independent, to be laid beside a study that did.
    slopes : bool
        Add how slopes vary from publisher to publisher; with many publishers this takes minutes.
    n_draws : int, optional
        Of the wild bootstrap, where not all vectors of weights are enumerated, and of permutations; `usual_draws`
        without.
    seed : int
        Of both.

    Raises
    ------
    ModelError
        As in `model_frame`, or an item that is none.
    InvalidInput
        The survey has errors.

    Examples
    --------
    >>> import rdpscore
    >>> result = rdpscore.regress(rdpscore.load(), "score ~ access_model")
    >>> print(result.findings[0].headline)
    a difference between publishers, not between journals of one publisher
    """
    formula, note = default_model(survey) if model is None else (model, None)
    formula = parse(formula) if isinstance(formula, str) else formula
    frame = model_frame(survey, formula, scheme, where, cluster, zeros=zeros)
    wanted = check_items(survey, [*([formula.outcome] if formula.outcome != SCORE else []), *items])
    n_draws = usual_draws(frame.clusters.n) if n_draws is None else n_draws
    held = ("alone",) if len(frame.predictors) == 1 else ("alone", "together")
    rows = [
        row
        for question in QUESTIONS
        for term in frame.terms
        for how in held
        for row in estimate(frame, question, term.name, held=how, n_draws=n_draws, seed=seed)  # type: ignore[arg-type]
    ]
    place = {j: i for i, j in enumerate(survey.journal_ids)}
    own = np.array([place[j] for j in frame.journals], np.intp)
    return RegressResult(
        settings={**frame.settings, "n_draws": n_draws, "seed": seed},
        problems=frame.problems,
        frame=frame,
        note=note,
        rows=tuple(rows),
        findings=findings(rows),
        shares=variance_shares(frame.y, frame.publishers.code),
        n_patterns=len(np.unique(survey.resolved.option[own], axis=0)),
        slopes=_slopes(frame) if slopes else {},
        items=item_rows(survey, frame, wanted) if wanted else (),
        classics=tuple(_naive(frame)) if naive else (),
    )


def _slopes(frame: ModelFrame) -> dict[str, RandomEffects]:
    """Random slopes of every term alone."""
    columns, terms = frame.columns()
    return {
        t.name: random_effects(frame.y, columns[:, k], frame.publishers.code) for k, t in enumerate(terms)
    }


def _naive(frame: ModelFrame) -> list[tuple[str, Classic]]:
    """The classics of each predictor."""
    publisher = np.array(frame.publishers.labels, object)[frame.publishers.code]
    out = []
    for p in frame.predictors:
        values = p.values if p.kind != "number" else p.columns[:, 0]
        out += [(p.name, test) for test in naive(frame.y, values, publisher)]
    return out


def _classic(name: str, test: Classic) -> dict[str, Any]:
    known = asdict(test)
    freedom = ", ".join(f"{v:.3g}" for v in test.freedom) or None
    return {"predictor": name} | known | {"freedom": freedom}


def describe(predictor: Predictor, frame: ModelFrame) -> dict[str, Any]:
    """What a predictor is and where it comes from."""
    quartiles = predictor.quartiles
    low, high = quartiles or (None, None)
    return {
        "predictor": predictor.name,
        "attribute": predictor.attribute,
        "kind": predictor.kind,
        "title": predictor.title,
        "unit": predictor.unit,
        "source": predictor.source,
        "reference": predictor.levels[0] if predictor.levels else None,
        "levels": ", ".join(predictor.levels) or None,
        "added_before_log2": predictor.shift or None,
        "quartile_low": low,
        "quartile_high": high,
        "n": int((~predictor.missing).sum()),
        "n_missing": int(predictor.missing.sum()),
        "n_doubtful": int((predictor.doubtful & ~predictor.missing).sum()),
        "bound": frame.bound(predictor.attribute),
        "bound_in_items": frame.bounds[predictor.attribute],
    }
