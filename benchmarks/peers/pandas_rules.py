"""rdpscore's rules as a plain pandas script: what somebody fluent in pandas would write for one survey.

It takes the tables as rdpscore loads them (text of few values as categoricals, the index is the row of the
file), uses the idioms of pandas (`isin`, `map`, `duplicated`, `merge`, `groupby`, `unstack`, masks), looks at
each distinct address and date once, and returns for each kind of problem a frame of its findings. It writes
no sentences and suggests no names.
"""

# ruff: noqa: PD010, PD013
# (unstack and stack move what is there; pivot_table and melt would aggregate or copy)

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from urllib.parse import urlsplit

import pandas as pd
from rapidfuzz.distance import OSA

from rdpscore.codebook import Codebook

STATES = ["answered", "unclear", "to_discuss", "not_reachable"]
MODES = ["consensus", "third_coder", "lead", "rule", "unrecorded"]
ACCESS = ["open_access", "hybrid", "subscription"]
KEYS = {
    "journals": ["journal_id"],
    "codings": ["journal_id", "coder", "round", "item"],
    "adjudications": ["journal_id", "item"],
    "policies": ["policy_id"],
    "assignments": ["journal_id", "coder", "round"],
}
RECORD = ["journal_id", "coder", "round"]
INVALID = -2

Findings = dict[str, pd.DataFrame]


def check(tables: Mapping[str, pd.DataFrame], codebook: Codebook) -> Findings:
    """All findings: kind of problem → rows."""
    journals, codings, adjudications = (tables[n] for n in ("journals", "codings", "adjudications"))
    found: dict[str, list[pd.DataFrame]] = {}

    def report(code: str, rows: pd.DataFrame) -> None:
        found.setdefault(code, []).append(rows)

    keys(tables, codebook, report)
    codings = codings.assign(option=options(codings, codebook, report))
    adjudications = adjudications.assign(option=options(adjudications, codebook, report))
    vocabularies(codings, adjudications, codebook, report)
    attributes(tables, report)
    report("similar_titles", similar_titles(journals))

    records = codings.dropna(subset=KEYS["codings"]).drop_duplicates(KEYS["codings"], keep="last")
    records = records[
        records["item"].isin(codebook.item_ids) & records["journal_id"].isin(journals["journal_id"])
    ]
    records = records.assign(row=records.index).set_index(KEYS["codings"])[["option", "row"]].unstack("item")
    answers = records["option"].reindex(columns=list(codebook.item_ids))
    rows = records["row"].reindex(columns=list(codebook.item_ids))
    completeness(tables, codings, answers, rows, codebook, report)
    consistency(journals, codings, adjudications, answers, rows, codebook, report)
    return {code: pd.concat(frames) for code, frames in found.items()}


def keys(tables, codebook, report) -> None:
    for name, key in KEYS.items():
        if name not in tables:
            continue
        table = tables[name]
        for column in key:
            report("blank_key", table[table[column].isna()])
        twice = table[table.duplicated(key, keep=False) & table[key].notna().all(axis=1)]
        first = twice.drop_duplicates(key)
        first = first[key].astype(object).assign(first=first.index)
        again = twice[twice.duplicated(key)].astype(dict.fromkeys(key, object)).merge(first, on=key)
        report("duplicate_key", again)
    journal_ids = tables["journals"]["journal_id"].dropna()
    for name in ("codings", "adjudications", "assignments"):
        if name in tables:
            table = tables[name]
            unknown = table["journal_id"].notna() & ~table["journal_id"].isin(journal_ids)
            report("unknown_journal", table[unknown])
    for name in ("codings", "adjudications"):
        table = tables[name]
        report("unknown_item", table[table["item"].notna() & ~table["item"].isin(codebook.item_ids)])


def options(table, codebook, report) -> pd.Series:
    """Position of each answer among its item's options; missing where blank, INVALID where it is none."""
    option = pd.Series(float("nan"), table.index)
    around = {i.id: [] for i in codebook.items}
    for one, other in pairwise(codebook.items):
        around[one.id].append(other)
        around[other.id].append(one)
    for item in codebook.items:
        answer = table.loc[table["item"] == item.id, "answer"]
        if item.closed:
            place = answer.astype(object).map({code: k for k, code in enumerate(item.codes)})
        elif item.kind == "multiple":
            place = answer.astype(object).str.split(";").map(set(item.codes).issuperset, na_action="ignore")
            place = place.map({True: 0, False: INVALID})
        else:
            place = answer.astype(object).where(answer.isna(), 0)
        place = place.astype(float).mask(place.isna() & answer.notna(), INVALID)
        option.loc[answer.index] = place
        wrong = table.loc[place.index[place == INVALID]]
        texts = {t.casefold() for o in item.options for t in (o.code, o.label)}
        near = {t.casefold() for i in around[item.id] for o in i.options for t in (o.code, o.label)}
        wanted = wrong["answer"].astype(object).str.strip().str.casefold()
        shifted = wanted.isin(near) & ~wanted.isin(texts)
        report("shifted_answer", wrong[shifted])
        report("unknown_option", wrong[~shifted])
    return option


def vocabularies(codings, adjudications, codebook, report) -> None:
    state = codings["state"]
    report("unknown_state", codings[state.notna() & ~state.isin(STATES)])
    reason, mode = adjudications["reason"], adjudications["mode"]
    report("unknown_reason", adjudications[reason.notna() & ~reason.isin([r.id for r in codebook.reasons])])
    report("unknown_mode", adjudications[mode.notna() & ~mode.isin(MODES)])


def attributes(tables, report) -> None:
    journals, codings, adjudications = (tables[n] for n in ("journals", "codings", "adjudications"))
    issn = journals["issn_l"].astype("str")
    right = issn.str.fullmatch(r"\d{4}-\d{3}[\dX]").fillna(False).astype(bool)
    digits = issn[right].str.replace("-", "", regex=False)
    last = digits.str[7].map({**{str(d): d for d in range(10)}, "X": 10})
    total = sum(digits.str[k].astype(int) * (8 - k) for k in range(7))
    right[digits.index] = (total + last) % 11 == 0
    report("impossible_attribute", journals[journals["issn_l"].notna() & ~right])
    impact = pd.to_numeric(journals["impact"].astype("str"), errors="coerce")
    report("impossible_attribute", journals[journals["impact"].notna() & ~impact.between(0, 1e300)])
    access, society = journals["access_model"], journals["society_publisher"]
    report("impossible_attribute", journals[access.notna() & ~access.isin(ACCESS)])
    report("impossible_attribute", journals[society.notna() & ~society.str.lower().isin(["true", "false"])])
    report("missing_publisher", journals[journals["publisher"].isna()])
    if "policies" in tables and "policy_id" in journals:
        policy = journals["policy_id"]
        report("unknown_policy", journals[policy.notna() & ~policy.isin(tables["policies"]["policy_id"])])
    report("bad_url", failing(codings, "source_url", is_url))
    report("bad_date", failing(codings, "coded_on", is_date))
    report("bad_date", failing(adjudications, "adjudicated_on", is_date))
    if "policies" in tables:
        report("bad_url", failing(tables["policies"], "url", is_url))
        report("bad_url", failing(tables["policies"], "archive_url", is_url))
        report("bad_date", failing(tables["policies"], "retrieved_on", is_date))


def failing(table, column, valid) -> pd.DataFrame:
    bad = [v for v in table[column].dropna().unique() if not valid(v)]
    return table[table[column].isin(bad)]


def is_url(text: str) -> bool:
    if re.search(r"\s", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return False


def is_date(text: str) -> bool:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return False
    latest = datetime.date.today() + datetime.timedelta(days=1)
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and datetime.date(1990, 1, 1) <= day <= latest


def similar_titles(journals) -> pd.DataFrame:
    """Titles equal once normalised, or one slip apart in a word of six letters and more."""
    words = [title_words(t) for t in journals["title"].astype(object).fillna("")]
    key = pd.Series(["".join(w) for w in words], journals.index, dtype=object)
    firsts = key[key != ""].drop_duplicates()
    again = key[(key != "") & ~key.index.isin(firsts.index)]
    same = pd.DataFrame({"first": again.map(pd.Series(firsts.index, firsts.to_numpy())), "row": again.index})

    shortened, owner = list(firsts), list(firsts.index)
    place = dict(zip(journals.index, range(len(journals)), strict=True))
    for row, whole in firsts.items():
        start = 0
        for word in words[place[row]]:
            if len(word) >= 6:
                places = [i for i in range(start, start + len(word)) if not "0" <= whole[i] <= "9"]
                shortened += [whole[:i] + whole[i + 1 :] for i in places]
                owner += [row] * len(places)
            start += len(word)
    short = pd.DataFrame({"short": pd.Series(shortened, dtype=object), "row": owner})
    short = short[short["short"].duplicated(keep=False)].drop_duplicates()
    pairs = short.merge(short.rename(columns={"row": "first"}), on="short")
    pairs = pairs.loc[pairs["first"] < pairs["row"], ["first", "row"]].drop_duplicates()
    one_slip = [
        OSA.distance(firsts[a], firsts[b]) == 1 for a, b in zip(pairs["first"], pairs["row"], strict=True)
    ]
    pairs = pairs[one_slip]
    return pd.concat([same, pairs])


def title_words(title: str) -> list[str]:
    title = title.replace("&", " and ")
    if not title.isascii():
        title = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", title.casefold())
    return words[1:] if len(words) > 1 and words[0] == "the" else words


def applies(answers, codebook) -> pd.DataFrame:
    """Which items apply, by the other answers of the row."""
    out = pd.DataFrame(True, answers.index, answers.columns)
    for item in codebook.items:
        for other, allowed in item.applies_if.items():
            permitted = [codebook.item(other).codes.index(code) for code in allowed]
            given = answers[other]
            out[item.id] &= given.isin(permitted).where(given >= 0, out[other])
    return out


def completeness(tables, codings, answers, rows, codebook, report) -> None:
    closed = [i.id for i in codebook.closed_items]
    blank = (answers.isna() & applies(answers, codebook))[closed]
    missing = blank.stack()
    missing = missing[missing].index.to_frame(index=False)
    first = rows.min(axis=1).rename("first").reset_index()
    row = rows[closed].stack().rename("row").reset_index()
    text = dict.fromkeys(KEYS["codings"], object)
    first, row = (f.astype({k: v for k, v in text.items() if k in f}) for f in (first, row))
    missing = missing.astype(text).merge(first, on=RECORD)
    missing = missing.merge(
        row[row["journal_id"].isin(missing["journal_id"])], on=KEYS["codings"], how="left"
    )
    missing["row"] = missing["row"].fillna(missing["first"])
    report("missing_answer", missing)

    begun = codings[RECORD].drop_duplicates().astype(object)
    if "assignments" in tables:
        assigned = tables["assignments"].astype(dict.fromkeys(RECORD, object))
        merged = assigned.merge(begun, on=RECORD, how="left", indicator=True)
        known = merged["journal_id"].isin(tables["journals"]["journal_id"])
        report("missing_record", merged[(merged["_merge"] == "left_only") & known])

    least = {
        i.id: {"required": 0, "if_found": 1 if i.closed else 0}.get(i.evidence, 10_000)
        for i in codebook.items
    }
    lowest = codings["item"].map(least).astype(float)
    report("missing_evidence", codings[(codings["option"] >= lowest) & codings["evidence"].isna()])


def consistency(journals, codings, adjudications, answers, rows, codebook, report) -> None:
    closed = [i.id for i in codebook.closed_items]
    lowest = pd.Series({i.id: 0 if i.closed else -1 for i in codebook.items})
    against = answers.gt(lowest) & ~applies(answers, codebook)
    report("against_applies_if", rows.where(against).min(axis=1)[against.any(axis=1)].to_frame("row"))

    ids = pd.Index(journals["journal_id"].dropna().unique().astype(object), name="journal_id")
    main = answers.xs("main", level="round")
    valid = main.where(main >= 0)
    by_journal = valid.groupby(level="journal_id", observed=True)
    low, high, n = (
        f.astype(float).rename(index=str).reindex(ids)
        for f in (by_journal.min(), by_journal.max(), by_journal.count())
    )
    n = n.fillna(0)
    coders = (
        main.groupby(level="journal_id", observed=True).size().rename(index=str).reindex(ids, fill_value=0)
    )

    known = adjudications["journal_id"].isin(ids) & adjudications["item"].isin(codebook.item_ids)
    last = adjudications[known].astype({"journal_id": object, "item": object})
    last = last.drop_duplicates(KEYS["adjudications"], keep="last")
    last = last.assign(row=last.index).set_index(KEYS["adjudications"])
    adopted = last["option"].unstack("item").reindex(index=ids, columns=answers.columns)
    there = last["row"].unstack("item").reindex(index=ids, columns=answers.columns).notna()
    report("missing_journal", ids[(coders == 0) & adopted.isna().all(axis=1)].to_frame())
    report("single_coded", ids[coders == 1].to_frame())

    differ = low.notna() & (low != high)
    open_cases = (differ & ~there).stack()
    open_cases = open_cases[open_cases].index.to_frame(index=False)
    report("unresolved_disagreement", open_cases)
    resolved = adopted.where(adopted >= 0, low.where(low == high))
    contrary = resolved.gt(lowest) & ~applies(resolved, codebook)
    report("adopted_against_applies_if", resolved[contrary.any(axis=1)])

    blank = adjudications["answer"].isna() & adjudications[["journal_id", "item"]].notna().all(axis=1)
    report("blank_adjudication", adjudications[blank])
    cases = last[(last["option"] >= 0) & last.index.isin(closed, level="item")]
    cases = (
        cases.join(low.stack().rename("low")).join(high.stack().rename("high")).join(n.stack().rename("n"))
    )
    coded = (n > 0).any(axis=1)
    coded = coded[cases.index.get_level_values("journal_id")].to_numpy()
    agreed = (cases["n"] >= 2) & (cases["low"] == cases["high"])
    wording = agreed & (cases["reason"] == "wording") & (cases["option"] == cases["low"])
    report("adjudication_without_codings", cases[(cases["n"] == 0) & coded])
    report("wording_adjudication", cases[wording])
    report("stale_adjudication", cases[agreed & ~wording])
    unlike = cases[(cases["n"] > 0) & ~agreed]
    given = valid.droplevel("coder").stack().rename("given").reset_index()
    given = given.astype({"journal_id": object, "item": object})
    given = given[given["journal_id"].isin(unlike.index.get_level_values("journal_id"))]
    same = unlike.reset_index().merge(given, on=KEYS["adjudications"])
    same = same[same["option"] == same["given"]].set_index(KEYS["adjudications"]).index
    report("novel_adjudication", unlike[~unlike.index.isin(same)])

    report("possibly_one_reading", one_reading(journals, codings, answers))


def one_reading(journals, codings, answers) -> pd.DataFrame:
    """Journals of one publisher with the same answers by as many coders, unless a reading_id explains it."""
    main = answers.xs("main", level="round")
    records = pd.DataFrame({"pattern": pd.util.hash_pandas_object(main, index=False)}, main.index)
    reading = codings.loc[codings["round"] == "main"].drop_duplicates(["journal_id", "coder"])
    reading = reading.set_index(["journal_id", "coder"])["reading_id"].astype(object).reindex(records.index)
    own = pd.Series([f"#{k}" for k in range(len(records))], records.index)
    records["reading"] = pd.util.hash_pandas_object(reading.fillna(own), index=False)
    sets = records.groupby(level="journal_id", observed=True).agg(
        pattern=("pattern", "sum"), reading=("reading", "sum"), coders=("pattern", "size")
    )
    publisher = (
        journals.dropna(subset=["journal_id"])
        .drop_duplicates("journal_id")
        .set_index("journal_id")["publisher"]
    )
    sets["publisher"] = publisher.rename(index=str).astype(object).reindex(sets.index.astype(str)).to_numpy()
    sets = sets[(sets["coders"] >= 2) & sets["publisher"].notna()].rename(index=str)
    alike = ["publisher", "pattern", "coders"]
    sets = sets[sets.duplicated(alike, keep=False)].reset_index()
    groups = sets.groupby(alike, sort=False)
    found = groups.agg(journals=("journal_id", list), readings=("reading", "nunique"))
    return found[found["readings"] > 1].reset_index()
