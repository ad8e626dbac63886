"""A survey of any size with faults of every kind, for the benchmarks.

Journals bear titles of several words and belong to publishers of very different sizes; a publisher's
policies govern many journals, so answers repeat. Two coders read each journal, err now and then, and each
disagreement is adjudicated. All is drawn from one seed. The faults are sprinkled: about one row in five
hundred of what they concern, fewer of the rare ones, and some of each kind however small the survey is.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook, load_codebook
from rdpscore.files import shipped

CODEBOOK = "materials-science"
CODERS = 40


def _list(text: str) -> list[str]:
    return text.split(", ")


HEADS = _list(
    "Journal of, International Journal of, European Journal of, Asian Journal of, Annals of, Advances "
    "in, Frontiers in, Archives of, Reviews in, Studies in, Progress in, Trends in, Bulletin of, "
    "Proceedings in, African Journal of, Nordic Journal of, Transactions on, Notes on"
)
KINDS = _list(
    "Applied, Clinical, Computational, Experimental, Theoretical, Molecular, Environmental, Industrial, "
    "Comparative, Mathematical, Quantitative, Medical, Historical, Social, Marine, Tropical, "
    "Veterinary, Agricultural, Structural, Physical, Organic, Inorganic, Analytical, Behavioural, "
    "Cognitive, Developmental, Evolutionary, Forensic, Paediatric, Nuclear, Optical, Synthetic, "
    "Translational, Urban, Rural, Digital, Statistical, Sustainable, Regional, Modern"
)
SUBJECTS = _list(
    "Chemistry, Physics, Biology, Geology, Medicine, Surgery, Economics, Law, Education, Psychology, "
    "Sociology, Linguistics, Philosophy, Archaeology, Astronomy, Oceanography, Meteorology, Ecology, "
    "Genetics, Immunology, Neuroscience, Cardiology, Dermatology, Oncology, Nursing, Pharmacy, "
    "Toxicology, Nutrition, Forestry, Horticulture, Hydrology, Mineralogy, Metallurgy, Ceramics, "
    "Polymers, Catalysis, Spectroscopy, Crystallography, Electronics, Photonics, Robotics, Acoustics, "
    "Mechanics, Thermodynamics, Algebra, Geometry, Topology, Statistics, Computing, Cryptography, "
    "Logistics, Accounting, Finance, Marketing, Management, Anthropology, Demography, Geography, "
    "History, Musicology, Theology, Literature, Journalism, Architecture, Design, Tourism, Energy, "
    "Transport, Water Research, Soil Science, Plant Science, Animal Science, Food Technology, Public "
    "Health, Materials Science, Political Theory"
)
TAILS = [
    "",
    *(" Letters", " and Technology", " and Society", " & Practice", " Today", " Research", " Quarterly"),
    *(": Methods and Applications", " Education and Training"),
]
NAMES = _list(
    "Nord, Alpine, Meridian, Harbour, Cedar, Quarry, Summit, Lantern, Willow, Granite, Orchard, Beacon, "
    "Juniper, Compass, Falcon, Heather, Ivory, Kestrel, Laurel, Marble, Nectar, Olive, Prairie, Quartz, "
    "Raven, Saffron, Thistle, Umber, Verdant, Wren"
)
PLACES = _list(
    "Press, Academic, Publishing, University Press, Society, Verlag, Editions, House, Journals, "
    "Scholarly, Open, Institute, Academy, Group, Science, Media, Works, Union, Foundation, Library, "
    "Learned, Proceedings, Letters, Association, Company, International, Partners, Network, Series, "
    "Trust, Guild, College, Centre, Council, Office, Bureau, League, Chamber, Studio, Forum, Alliance, "
    "Circle, Consortium, Federation, Fellowship, Conservatory, Observatory, Laboratory, Museum, "
    "Archive, Atelier, Cooperative, Collective, Commons, Exchange, Fund, Gallery, Hall, Lodge, "
    "Ministry, Order, Parliament, Province, Register, School, Seminar, Senate"
)
REPOSITORIES = _list(
    "Zenodo, Dryad, figshare, OSF, PANGAEA, GenBank, Dataverse, ICPSR, NOMAD, Materials Cloud, CCDC, "
    "PDB, 4TU.ResearchData, Mendeley Data, re3data list"
)

Ints = npt.NDArray[np.int64]


def write_survey(folder: Path, n_journals: int, seed: int = 1) -> None:
    """Write a survey with faults to a new folder, as Parquet.

    Parameters
    ----------
    folder : Path
        Created.
    n_journals : int
        Each is coded by two coders on the shipped codebook's 19 items: 38 codings a journal.
    seed : int
        Of all random numbers.
    """
    folder.mkdir(parents=True)
    shutil.copy(shipped("codebook", f"{CODEBOOK}.yaml"), folder / "codebook.yaml")
    codebook = load_codebook(CODEBOOK)
    (folder / "survey.yaml").write_text(
        f"format: 1\nid: generated\ntitle: A generated survey of {n_journals:,} journals\n"
        f'codebook: {{id: {codebook.id}, version: "{codebook.version}"}}\n',
        encoding="utf-8",
    )
    for name, frame in make_tables(n_journals, codebook, seed).items():
        frame.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")


def make_tables(n_journals: int, codebook: Codebook, seed: int = 1) -> dict[str, pd.DataFrame]:
    """The tables of a survey with faults; see `write_survey`."""
    rng = np.random.default_rng(seed)
    journals, policies, policy = _journals(rng, n_journals)
    first, second, read_with, coders = _answers(rng, codebook, policy)
    _unclear_conditions(rng, first, second)
    tables = {
        "journals": journals,
        "policies": policies,
        "assignments": _assignments(journals, coders),
        "adjudications": _adjudications(rng, codebook, journals, first, second),
        "codings": _codings(rng, codebook, journals, policies, policy, first, second, read_with, coders),
    }
    return _sprinkle(rng, codebook, tables)


# What a survey without faults holds ---------------------------------------------------------------------


def _journals(rng: np.random.Generator, n: int) -> tuple[pd.DataFrame, pd.DataFrame, Ints]:
    sizes = (len(HEADS), len(KINDS), len(SUBJECTS), len(TAILS))
    if n > np.prod(sizes):
        raise ValueError(f"there are titles for {np.prod(sizes):,} journals, not for {n:,}")
    parts = np.unravel_index(rng.permutation(int(np.prod(sizes)))[:n], sizes)
    titles = [
        f"{HEADS[a]} {KINDS[b]} {SUBJECTS[c]}{TAILS[d]}"
        for a, b, c, d in zip(*(p.tolist() for p in parts), strict=True)
    ]
    n_publishers = min(max(10, n // 50), len(NAMES) * len(PLACES))
    names = [f"{name} {place}" for place in PLACES for name in NAMES][:n_publishers]
    weight = 1 / np.arange(1, n_publishers + 1) ** 0.8
    publisher = np.sort(rng.choice(n_publishers, n, p=weight / weight.sum()))
    own_policy = rng.integers(0, 1 + np.bincount(publisher, minlength=n_publishers)[publisher] // 40)
    policy_names, policy = np.unique(publisher * n + own_policy, return_inverse=True)
    frame = pd.DataFrame(
        {
            "journal_id": ["-".join(t.lower().replace(":", "").split()) for t in titles],
            "title": titles,
            "publisher": np.array(names, object)[publisher],
            "issn_l": [_issn(k) for k in rng.permutation(9_000_000)[:n].tolist()],
            "policy_id": np.char.add("policy-", policy.astype(str)).astype(object),
            "access_model": np.array(["open_access", "hybrid", "subscription"], object)[
                rng.choice(3, n, p=[0.4, 0.5, 0.1])
            ],
            "society_publisher": np.array(["true", "false"], object)[(publisher % 3 > 0).astype(int)],
            "impact": [f"{x:.3f}" for x in rng.lognormal(1, 0.8, n)],
        }
    )
    count = len(policy_names)
    hosts = [names[p].lower().replace(" ", "-") for p in (policy_names // n).tolist()]
    policies = pd.DataFrame(
        {
            "policy_id": [f"policy-{k}" for k in range(count)],
            "url": [f"https://www.{host}.org/authors/data-policy/{k}" for k, host in enumerate(hosts)],
            "retrieved_on": _dates(rng, count),
        }
    )
    return frame, policies, policy.reshape(-1)


def _issn(number: int) -> str:
    digits = f"{number + 1_000_000:07d}"
    total = sum(int(d) * w for d, w in zip(digits, range(8, 1, -1), strict=True))
    return f"{digits[:4]}-{digits[4:]}{'0123456789X'[-total % 11]}"


def _dates(rng: np.random.Generator, n: int) -> npt.NDArray[np.object_]:
    days = np.datetime64("2025-01-01") + rng.integers(0, 500, n)
    return days.astype(str).astype(object)


def _answers(rng: np.random.Generator, codebook: Codebook, policy: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Positions of both coders' answers (−1 blank), the journal each was read with, the two coders."""
    n, items = len(policy), codebook.items
    n_policies = int(policy.max()) + 1
    options = np.array([len(i.options) if i.closed else 20_000 for i in items])
    closed = np.array([i.closed for i in items])

    def draw(rows: int) -> Ints:
        return np.minimum(rng.random((rows, len(items))) ** 1.6 * options, options - 1).astype(np.int64)

    template = draw(n_policies)
    none = rng.random(n_policies) < 0.1
    template[:, 0] = np.where(none, 0, 1)
    alike = rng.random(n) < 0.5
    truth = np.where(
        alike[:, None] | (rng.random((n, len(items))) > 0.3) | ~closed, template[policy], draw(n)
    )

    def read() -> Ints:
        wrong = (rng.random((n, len(items))) < 0.16) & closed
        return np.where(wrong, draw(n), truth)

    first, second = read(), read()
    # two thirds of the journals that share all of a policy were read once, together with the first of them
    together = np.flatnonzero(alike & (rng.random(n) < 0.67))
    lead = np.full(n_policies, -1)
    lead[policy[together][::-1]] = together[::-1]
    read_with = np.arange(n)
    read_with[together] = lead[policy[together]]
    first, second = first[read_with], second[read_with]
    for answers in (first, second):
        answers[:, 0] = truth[:, 0]
        answers[truth[:, 0] == 0, 1:] = -1  # nothing else applies
    one = rng.integers(0, CODERS, n)[read_with]
    other = (one + 1 + rng.integers(0, CODERS - 1, n)[read_with]) % CODERS
    return first, second, read_with, np.stack([one, other], axis=1)


def _unclear_conditions(rng: np.random.Generator, first: Ints, second: Ints) -> None:
    """Some coders answer, although by their first answer nothing applies."""
    found = np.flatnonzero(first[:, 0] == 1)
    some = rng.choice(found, max(2, len(found) // 500), replace=False)
    first[some[::2], 0] = 0
    second[some, 0] = 0


def _codes(codebook: Codebook, answers: Ints) -> npt.NDArray[np.object_]:
    """The answers' codes or texts, None where blank."""
    out = np.full(answers.shape, None, object)
    for k, item in enumerate(codebook.items):
        if item.closed:
            words = np.array([*item.codes, None], object)
        else:
            n = len(REPOSITORIES)
            words = np.array([*(_named(k, v, n) for v in range(20_000)), None], object)
        out[:, k] = words[answers[:, k]]
    return out


def _named(item: int, number: int, n: int) -> str:
    chosen = {
        REPOSITORIES[(number + item) % n],
        REPOSITORIES[number // n % n],
        REPOSITORIES[number // n**2 % n],
    }
    return f"{', '.join(sorted(chosen))}; see section {number // n**3 + 1} of the policy"


def _codings(
    rng: np.random.Generator,
    codebook: Codebook,
    journals: pd.DataFrame,
    policies: pd.DataFrame,
    policy: Ints,
    first: Ints,
    second: Ints,
    read_with: Ints,
    coders: Ints,
) -> pd.DataFrame:
    n, n_items = first.shape
    ids = journals["journal_id"].to_numpy(object)
    journal = np.repeat(np.arange(n), 2 * n_items)
    answers = np.stack([first, second], axis=1).reshape(2 * n, n_items)
    item = np.tile(np.arange(n_items), 2 * n)
    lowest = np.array([0 if i.closed else -1 for i in codebook.items])
    found = (answers > lowest).reshape(-1)
    passages = np.array([f"Authors {w} of section {k}." for k in range(25_000) for w in _SAYINGS], object)
    passage = (policy[journal] * 53 + item * 7) % len(passages)
    coder = coders.reshape(-1).repeat(n_items)
    group = np.bincount(read_with, minlength=n)[read_with] > 1
    readings = np.where(group, ids[read_with], None)[journal]
    day = np.repeat(_dates(rng, 2 * n)[np.repeat(read_with, 2) * 2 + np.tile([0, 1], n)], n_items)
    # one in ten of the groups bears no mark of having been read together
    marked = (rng.random(n) > 0.1)[read_with][journal] & (readings != None)  # noqa: E711
    return pd.DataFrame(
        {
            "journal_id": ids[journal],
            "coder": np.array([f"coder-{k:02d}" for k in range(CODERS)], object)[coder],
            "round": "main",
            "item": np.array(codebook.item_ids, object)[item],
            "answer": _codes(codebook, answers).reshape(-1),
            "state": np.array(["answered", "unclear"], object)[(rng.random(len(journal)) < 0.01).astype(int)],
            "evidence": np.where(found, passages[passage], None),
            "source_url": policies["url"].to_numpy(object)[policy][journal],
            "coded_on": day,
            "reading_id": np.where(
                marked, np.char.add("r", read_with[journal].astype(str)).astype(object), None
            ),
        }
    )


_SAYINGS = ("must deposit all data", "are encouraged to share", "should state where data lie, in the words")


def _adjudications(
    rng: np.random.Generator, codebook: Codebook, journals: pd.DataFrame, first: Ints, second: Ints
) -> pd.DataFrame:
    closed = np.array([i.closed for i in codebook.items])
    journal, item = np.nonzero((first != second) & closed)
    adopted = np.where(rng.random(first.shape) < 0.5, first, second)
    words = np.where(rng.random(len(journal)) < 0.7, "interpretation", "evidence_missed").astype(object)
    return pd.DataFrame(
        {
            "journal_id": journals["journal_id"].to_numpy(object)[journal],
            "item": np.array(codebook.item_ids, object)[item],
            "answer": _codes(codebook, adopted)[journal, item],
            "reason": words,
            "mode": "consensus",
            "adjudicated_by": "lead",
            "adjudicated_on": _dates(rng, len(journal)),
        }
    )


def _assignments(journals: pd.DataFrame, coders: Ints) -> pd.DataFrame:
    names = np.array([f"coder-{k:02d}" for k in range(CODERS)], object)
    return pd.DataFrame(
        {
            "journal_id": journals["journal_id"].to_numpy(object).repeat(2),
            "coder": names[coders.reshape(-1)],
            "round": "main",
        }
    )


# Faults -------------------------------------------------------------------------------------------------


def _sprinkle(
    rng: np.random.Generator, codebook: Codebook, tables: dict[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The tables with faults; the numbers are those of 100,000 journals."""
    journals, codings = tables["journals"], tables["codings"]
    adjudications, policies = tables["adjudications"], tables["policies"]
    scale = len(journals) / 100_000

    def some(frame: pd.DataFrame, number: int, where: Any = None) -> Ints:
        among = np.arange(len(frame)) if where is None else np.flatnonzero(where)
        n = min(len(among), max(2, round(number * scale)))
        return rng.choice(among, n, replace=False)

    def put(frame: pd.DataFrame, column: str, number: int, value: Any, where: Any = None) -> None:
        frame.iloc[some(frame, number, where), frame.columns.get_loc(column)] = value  # type: ignore[index]

    answered = codings["answer"].notna()
    closed = codings["item"].isin([i.id for i in codebook.closed_items])
    put(codings, "answer", 70, "7", answered & closed)
    put(codings, "answer", 30, "4", answered & (codings["item"] == "data_fair"))  # an option of a neighbour
    put(codings, "answer", 1_000, None, answered & closed & (codings["item"] != "rdp_exist"))
    put(codings, "evidence", 1_000, None, codings["evidence"].notna())
    put(codings, "item", 20, "data_fairness")
    put(codings, "state", 50, "finished")
    put(codings, "source_url", 100, "see the publisher's pages")
    put(codings, "coded_on", 60, "31.12.2025")
    put(codings, "coded_on", 40, "2099-01-01")
    put(codings, "coder", 10, None)
    put(adjudications, "answer", 20, None)
    put(adjudications, "answer", 20, "9")
    put(adjudications, "reason", 20, "misunderstanding")
    put(adjudications, "mode", 20, "vote")
    put(adjudications, "adjudicated_on", 50, "2026-02-30")
    put(policies, "retrieved_on", 10, "yesterday")
    put(journals, "issn_l", 50, "1234-5678")
    put(journals, "impact", 50, "high")
    put(journals, "publisher", 30, None)
    put(journals, "policy_id", 30, "policy-unknown")
    some_titles = some(journals, 300)
    column = journals.columns.get_loc("title")
    old = journals["title"].to_numpy(object)
    for k, row in enumerate(some_titles.tolist()):
        other = str(old[row - 1])  # the title of the row before, spelled otherwise, or with a slip
        journals.iloc[row, column] = other.upper().replace("AND", "&") if k % 3 == 0 else _slip(other, k)
    for frame, number in ((codings, 50), (adjudications, 10)):
        rows = some(frame, number)
        ids = frame["journal_id"].to_numpy(object)
        ids[rows] = [f"{i}s" for i in ids[rows]]
        frame["journal_id"] = ids
    tables["codings"] = _without_some_records(rng, journals, codings, some)
    tables["adjudications"] = _wrong_adjudications(codebook, tables["codings"], adjudications, some)
    for name, number in (("codings", 200), ("adjudications", 20), ("journals", 5)):
        frame = tables[name]
        tables[name] = pd.concat([frame, frame.iloc[some(frame, number)]], ignore_index=True)
    return tables


def _slip(title: str, k: int) -> str:
    """The title with a letter of its longest word left out."""
    word = max(title.split(), key=len)
    place = 1 + k % (len(word) - 2)
    return title.replace(word, word[:place] + word[place + 1 :], 1)


def _without_some_records(
    rng: np.random.Generator, journals: pd.DataFrame, codings: pd.DataFrame, some: Any
) -> pd.DataFrame:
    ids = journals["journal_id"].to_numpy(object)
    nobody = set(ids[some(journals, 50)])
    one_coder = dict.fromkeys(ids[some(journals, 500)])
    first_coder = codings.drop_duplicates("journal_id").set_index("journal_id")["coder"]
    lone = codings["journal_id"].map({j: first_coder.get(j) for j in one_coder})
    drop = codings["journal_id"].isin(nobody) | (lone.notna() & (lone != codings["coder"]))
    return codings[~drop].reset_index(drop=True)


def _wrong_adjudications(
    codebook: Codebook, codings: pd.DataFrame, adjudications: pd.DataFrame, some: Any
) -> pd.DataFrame:
    """Some are lacking, some settle nothing, some adopt an answer of no coder."""
    kept = adjudications.drop(index=some(adjudications, 500))
    wanted = codings["item"].isin([i.id for i in codebook.closed_items[:9]])
    extra = codings.iloc[some(codings, 400, wanted & codings["answer"].notna())]
    blank = codings.iloc[some(codings, 100, wanted & codings["answer"].isna())]
    more = pd.concat([extra, blank])[["journal_id", "item", "answer"]].drop_duplicates(["journal_id", "item"])
    more["answer"] = more["answer"].fillna("0")
    third = np.arange(len(more)) % 3
    more.loc[third == 2, "answer"] = "1"
    more["reason"] = np.where(third == 0, "wording", "interpretation")
    more = more.assign(mode="lead", adjudicated_by="lead", adjudicated_on="2026-03-16")
    known = set(zip(kept["journal_id"], kept["item"], strict=True))
    fresh = [k not in known for k in zip(more["journal_id"], more["item"], strict=True)]
    return pd.concat([kept, more[fresh]], ignore_index=True)
