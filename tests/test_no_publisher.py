"""A journal without a publisher is no publisher: the same counts everywhere, and no journal's name in its place."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from tables import write_survey

import rdpscore
from rdpscore.heterogeneity.uniform import uniformity
from rdpscore.inference import clusters
from rdpscore.report.agreement import report_agreement
from rdpscore.report.heterogeneity import report_heterogeneity
from rdpscore.report.terminal import show
from rdpscore.survey import Survey, load

NAMES = [f"j{k}" for k in range(8)]
PUBLISHERS = ["North", "North", "North", "South", "South", "South", "", ""]


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    journals = ["| journal_id | title | publisher |", "|-|-|-|"]
    journals += [f"| {n} | Journal of {n} | {p} |" for n, p in zip(NAMES, PUBLISHERS, strict=True)]
    codings = ["| journal_id | coder | item | answer |", "|-|-|-|-|"]
    for k, name in enumerate(NAMES):
        for coder in ("c1", "c2"):
            answers = {
                "policy": "yes",
                "data": str((k + (coder == "c2" and k % 3 == 0)) % 3),
                "code": str(k % 2),
            }
            codings += [f"| {name} | {coder} | {item} | {a} |" for item, a in answers.items()]
    return load(write_survey(tmp_path / "s", journals="\n".join(journals), codings="\n".join(codings)))


def test_clusters_tell_publishers_from_journals_alone(survey: Survey) -> None:
    found = clusters(survey)
    assert (found.n, found.n_named, found.n_alone) == (4, 2, 2)
    assert found.labels[:2] == ("North", "South")
    assert not {"j6", "j7"} & set(found.labels)
    assert found.recorded == [p or None for p in PUBLISHERS]


def test_counts_are_the_same_everywhere(survey: Survey) -> None:
    score = rdpscore.score(survey)
    agreement = rdpscore.measure_agreement(survey, resamples=0)
    apart = rdpscore.measure_heterogeneity(survey)
    assert int(score.publishers["publisher"].notna().sum()) == 2
    assert (agreement.ledger.n_publishers, agreement.ledger.n_without_publisher) == (2, 2)
    assert (apart.n_groups, apart.n_alone) == (2, 2)
    assert uniformity(survey)["publisher"].tolist() in (["North", "South"], ["South", "North"])


def test_reports_name_no_journal_as_a_publisher(survey: Survey) -> None:
    for blocks in (
        report_agreement(rdpscore.measure_agreement(survey, resamples=0)),
        report_heterogeneity(survey, rdpscore.measure_heterogeneity(survey)),
    ):
        stream = io.StringIO()
        show(blocks, Console(file=stream, width=100))
        said = " ".join(stream.getvalue().split())
        assert "2; 2 journals without one" in said or "2 publishers and 2 journals without one" in said
        assert "4 publishers" not in said
