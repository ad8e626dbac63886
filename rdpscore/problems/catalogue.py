"""The catalogue of problems: each kind's severity, meaning, sentence and remedy, said once."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """How bad a problem is, worst first."""

    ERROR = "error"
    """Nothing is computed or written; exit status 1."""
    WARNING = "warning"
    """Reported with counts; exit status 0, or 1 with ``--strict``."""
    NOTE = "note"
    """Worth knowing; never changes the exit status."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem.

    ``what`` and ``remedy`` are format strings; their fields are filled from the batch that reports it.
    """

    code: str
    severity: Severity
    meaning: str
    what: str
    remedy: str


CATALOGUE: dict[str, Kind] = {}


def _kind(code: str, severity: Severity, meaning: str, what: str, remedy: str) -> None:
    CATALOGUE[code] = Kind(code, severity, meaning, what, remedy)


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

# Files ------------------------------------------------------------------------------------------------
_kind(
    "not_a_survey",
    _E,
    "The folder is no survey: it has no `survey.yaml`.",
    "there is no survey.yaml in {value}{nearest}",
    "name a folder that holds survey.yaml, codebook.yaml, journals.csv and codings.csv",
)
_kind(
    "missing_file",
    _E,
    "A file that every survey has is absent.",
    "the file is missing",
    "restore {value}; every survey has it",
)
_kind(
    "nothing_published",
    _E,
    "`rdpscore reproduce` needs the figures that a study printed.",
    "the survey has no published.yaml, so there is nothing to reproduce",
    "write one; docs/reproduce.md describes it",
)
_kind(
    "two_files",
    _E,
    "A table is there as CSV and as Parquet; one of them must be stale.",
    "the table is there twice: {value}",
    "keep one of the two files",
)
_kind(
    "no_journals",
    _E,
    "`journals.csv` has a header and no journals, so there is nothing to assign.",
    "the survey has no journals",
    "fill in journals.csv, one row a journal",
)
_kind(
    "unreadable_file",
    _E,
    "The operating system refuses to give the file.",
    "the file cannot be read: {value}",
    "check that it is a file and that you may read it",
)
_kind(
    "empty_file",
    _E,
    "The file has no header, or nothing in it at all.",
    "the file is empty",
    "restore it; a table with no rows still has its header line",
)
_kind(
    "not_utf8",
    _E,
    "The bytes are not UTF-8, so letters beyond A–Z would be guessed.",
    "byte {byte} at position {position} is not UTF-8 (the file looks like {looks_like})",
    "convert it: rdpscore convert {path} --force",
)
_kind(
    "wrong_delimiter",
    _E,
    "The columns are separated by something else than a comma.",
    "the columns are separated by {value}, not by a comma",
    "convert it: rdpscore convert {path} --force",
)
_kind(
    "broken_quoting",
    _E,
    "A quotation mark opens or ends where RFC 4180 allows none.",
    "the quotation marks do not pair up: {value}",
    "put the whole cell in quotation marks and double those inside it",
)
_kind(
    "binary_content",
    _E,
    "The file holds NUL bytes: it is no text file.",
    "the file holds a NUL byte, so it is not a text file",
    "save it again as CSV (UTF-8); a workbook has to be imported, not renamed",
)
_kind(
    "cell_too_long",
    _E,
    "One cell or line is longer than any policy passage can be.",
    "a cell is longer than {value} characters",
    "shorten it, or look for a quotation mark that is never closed",
)
_kind(
    "ragged_row",
    _E,
    "The row has more or fewer cells than the header: cells may have shifted.",
    "the row has {value} cells, the header has {expected}",
    "look for a missing or an unquoted comma in this row",
)
_kind(
    "missing_column",
    _E,
    "A column that the table must have is absent.",
    "the column '{value}' is missing{nearest}",
    "add the column, or correct its name in the header",
)
_kind(
    "duplicate_column",
    _E,
    "Two columns have one name, so a cell's meaning is not defined.",
    "the column '{value}' is there twice",
    "rename or delete one of the two",
)
_kind(
    "too_many_columns",
    _E,
    "A table has more columns than a spreadsheet.",
    "the table has {value} columns; at most {most} are read",
    "look whether it is the right file, or lies on its side",
)
_kind(
    "bad_parquet",
    _E,
    "The Parquet file cannot be read.",
    "the file is not readable as Parquet: {value}",
    "write it again, for example with pandas' to_parquet",
)
_kind(
    "not_a_plain_file",
    _E,
    "Where a file should be stands a link that leads out of the survey's folder, a device, a pipe or a socket.",
    "this is no file that is read, but {value}",
    "put the file itself there; nothing outside of a survey's folder is read for it, and no device or pipe",
)
_kind(
    "file_too_large",
    _E,
    "The file is longer than any of its kind, or has holes, so that it says little in much: refused unread.",
    "the file is {value}",
    "look where it comes from; split it, or leave out what the survey does not need",
)
_kind(
    "foreign_save",
    _E,
    "A save waits in the folder that rdpscore did not write: it names other files than a save, or has another form.",
    "a save that waits in this folder is none of rdpscore's: {value}",
    "ask where the folder comes from; delete .rdpscore-pending to use the survey without that save",
)
_kind(
    "odd_lock",
    _E,
    "The lock file is a link, a device or a second name of another file, which would be emptied.",
    "the lock file is {value}",
    "delete it; it is made anew",
)
_kind(
    "locked",
    _E,
    "Another process is writing this survey.",
    "another process is writing this survey",
    "wait until it has finished and try again",
)

_kind(
    "bad_archive",
    _E,
    "A zip archive is not read: it is none, or holds what a survey does not, or would be too much to unpack.",
    "the archive {value}",
    "pack the folder of one survey (survey.yaml, codebook.yaml and its tables as CSV) as .zip; nothing was read",
)

# YAML -------------------------------------------------------------------------------------------------
_kind(
    "bad_yaml",
    _E,
    "The YAML cannot be parsed.",
    "the YAML cannot be parsed: {value}",
    "correct the line; check indentation, colons and quotation marks",
)
_kind(
    "yaml_too_large",
    _E,
    "The YAML expands, or nests, beyond any codebook: refused unread.",
    "the YAML {value}",
    "write the entries out; use few anchors and no nested ones",
)
_kind(
    "yaml_duplicate_key",
    _E,
    "A key stands twice in one mapping; YAML readers would silently keep the last.",
    "the key '{value}' stands twice in one mapping",
    "delete or rename one of the two",
)
_kind(
    "bad_field",
    _E,
    "A field of a YAML file has the wrong type, is unknown, missing or out of range.",
    "{what}",
    "{remedy}",
)

# Codebook ---------------------------------------------------------------------------------------------
_kind(
    "duplicate_id",
    _E,
    "Two things of a codebook have one id.",
    "the {thing} id '{value}' is used twice",
    "give each {thing} an id of its own",
)
_kind(
    "codes_alike",
    _W,
    "Two codes of an item differ by letter case only, or are one number to a spreadsheet program (01 and 1, 1E2 and "
    "100): one is easily entered for the other.",
    "the codes '{other}' and '{value}' differ by {why}",
    "give one of them another code before anybody codes; each is still read to the letter",
)
_kind(
    "issn_of_another",
    _W,
    "Journals of two surveys are taken for one by their ISSN though their titles have nothing in common.",
    "'{value}' of {survey} and '{other}' of {other_survey} share an ISSN and are taken for one journal",
    "correct the ISSN that is wrong, or say that they differ in the file of near matches (same: no)",
)
_kind(
    "unknown_reference",
    _E,
    "A codebook or survey.yaml names something that is not defined: an item, option, scheme, term, column.",
    "there is no {thing} '{value}'{nearest}",
    "use a name that is defined, or define it",
)
_kind("bad_codebook", _E, "The parts of a codebook contradict each other.", "{what}", "{remedy}")
_kind(
    "wrong_codebook",
    _E,
    "A scheme file was written for another codebook.",
    "the scheme is for codebook '{value}', the survey uses '{expected}'",
    "use a scheme file whose `codebook` is '{expected}'",
)
_kind(
    "codebook_changed",
    _W,
    "Items, codes, labels or rules differ from those the survey was made under.",
    "the coding hash is {value}, survey.yaml says {expected}",
    "restore the codebook, or, if the change is meant, set codebook.hashes in survey.yaml "
    "to what `rdpscore codebook check` prints",
)
_kind(
    "other_version",
    _W,
    "survey.yaml names another codebook, or another version of it, than lies in the folder.",
    "codebook.yaml is {value}, survey.yaml says {expected}",
    "restore the codebook, or correct codebook in survey.yaml",
)
_kind(
    "codebook_edited",
    _N,
    "Scores, schemes or texts differ from those the survey was made under.",
    "the {thing} hash is {value}, survey.yaml says {expected}",
    "nothing, if the change is meant; to silence this, set codebook.hashes in survey.yaml "
    "to what `rdpscore codebook check` prints",
)
_kind(
    "scheme_without_items",
    _W,
    "A journal has answers, and none of them counts under the scheme that was asked for: no score.",
    "no answer of '{value}' counts under the scheme '{scheme}', so it has no score",
    "weight an item that applies to every journal, or write not_applicable: gate, which counts what does not "
    "apply as the lowest option",
)

# Keys and answers -------------------------------------------------------------------------------------
_kind(
    "blank_key",
    _E,
    "A cell of the table's key is blank.",
    "the column '{value}' is blank, and it is part of the key",
    "fill it in, or delete the row",
)
_kind(
    "unknown_journal",
    _E,
    "A row names a journal that `journals.csv` does not have.",
    "journal '{value}' is not in journals.csv{nearest}",
    "correct the journal_id, or add the journal",
)
_kind(
    "unknown_item",
    _E,
    "A row names an item that the codebook does not have.",
    "item '{value}' is not in the codebook{nearest}",
    "correct the item, or add it to the codebook",
)
_kind(
    "unknown_option",
    _E,
    "The answer is none of the item's options.",
    "'{value}' is not an option of {item}{nearest}",
    "use one of {allowed}",
)
_kind(
    "shifted_answer",
    _E,
    "The answer is none of the item's options, but one of a neighbouring item's: the sign of a shifted row.",
    "'{value}' is not an option of {item}, but of its neighbour {neighbour}",
    "check whether this record's answers slipped by a row; {item} takes {allowed}",
)
_kind(
    "unknown_policy",
    _E,
    "A journal names a policy that `policies.csv` does not have.",
    "policy '{value}' is not in policies.csv{nearest}",
    "correct the policy_id, or add the policy",
)
_kind(
    "unknown_state",
    _E,
    "The state of a coding is none of the permitted ones.",
    "'{value}' is not a state{nearest}",
    "use one of {allowed}",
)
_kind(
    "unknown_reason",
    _E,
    "An adjudication gives a reason that the codebook does not list.",
    "'{value}' is not a reason of the codebook{nearest}",
    "use one of {allowed}",
)
_kind(
    "unknown_mode",
    _E,
    "An adjudication gives a mode that does not exist.",
    "'{value}' is not a mode of adjudication{nearest}",
    "use one of {allowed}",
)
_kind(
    "duplicate_key",
    _E,
    "Two rows have one key, so one answer would silently win.",
    "the same {thing} stands in row {first}: {value}",
    "delete one of the two rows, or correct its key",
)
_kind(
    "impossible_attribute",
    _E,
    "An attribute of a journal cannot have this value.",
    "{column} is '{value}', which is not {expected}",
    "correct it, or leave the cell blank if it is not known{hint}",
)
_kind(
    "blank_adjudication",
    _E,
    "An adjudication without an answer decides nothing.",
    "{journal} / {item} has no adopted answer",
    "fill in the answer, or delete the row",
)

# Completeness -----------------------------------------------------------------------------------------
_kind(
    "missing_answer",
    _W,
    "A coder began a record and left an applicable closed item blank.",
    "coder {coder} left {item} of {journal} blank ({round} round)",
    "fill in the answer; until then it is missing in the score and bounded by what is possible",
)
_kind(
    "missing_record",
    _W,
    "`assignments.csv` asks for a record that is not there.",
    "coder {coder} has not coded {journal} ({round} round)",
    "code it, or correct assignments.csv",
)
_kind(
    "missing_evidence",
    _W,
    "The item asks for a passage and the coding has none.",
    "{item} of {journal} by {coder} has no passage",
    "copy the passage that supports the answer",
)
_kind(
    "bad_url",
    _W,
    "A web address is none.",
    "'{value}' is not a web address",
    "write it in full, beginning with https://",
)
_kind(
    "bad_date",
    _W,
    "A date is no ISO date, or lies in the future.",
    "'{value}' is not a day that has been, written YYYY-MM-DD",
    "write it as YYYY-MM-DD, for example 2026-03-16",
)
_kind(
    "missing_publisher",
    _W,
    "Without a publisher a journal cannot be clustered with its siblings.",
    "{journal} has no publisher",
    "fill in the publisher; a journal of its own publisher is fine too",
)
_kind(
    "missing_journal",
    _N,
    "A journal of the list that nobody coded and nobody adjudicated.",
    "{journal} has no codings",
    "code it, or take it out of journals.csv",
)
_kind(
    "placeholder_issn",
    _W,
    "What is written where there is no ISSN (0000-0000, 1234-5678) would make one journal of many.",
    "{column} is '{value}', which stands for no ISSN; it identifies no journal",
    "write the ISSN, or leave the cell blank",
)
_kind(
    "repeated_issn",
    _W,
    "Two journals have one ISSN: one journal twice, or an ISSN that was copied to the wrong row.",
    "'{title}' has the ISSN {value} of '{other}' (row {first})",
    "correct the ISSN of one of them; if they are one journal, keep one row",
)
_kind(
    "same_name",
    _W,
    "Two spellings of one coder, publisher or title, equal but for letter case, blanks, invisible characters, "
    'apostrophes, dashes, accents or "&" for "and": they would count as two.',
    "{thing} '{value}' and '{other}' (row {first}) are one name: {why}",
    "spell them alike, or run rdpscore names and decide; titles of one journal: keep one row",
)
_kind(
    "similar_name",
    _W,
    'Two names of six letters and more that a letter, a leading "The" or an addition in brackets tells apart: '
    "one name misspelt?",
    "{thing} '{value}' and '{other}' (row {first}) are told apart by {why}",
    "if they are one, spell them alike, or run rdpscore names and decide",
)
_kind(
    "names_joined",
    _N,
    "`names.yaml` says that spellings are one name; clusters and intervals count them as one.",
    "spellings of {thing} that are read as another name: {value}",
    "nothing has to be done; rdpscore names tells what it changes",
)

# Consistency ------------------------------------------------------------------------------------------
_kind(
    "against_applies_if",
    _W,
    "A record answers items above the lowest option that, by its other answers, "
    "do not apply. The answers count as given.",
    "{coder} coded {journal} with {because}, yet answered {value}",
    "check the record: either {because} or these answers are wrong",
)
_kind(
    "adopted_against_applies_if",
    _W,
    "The resolved answers of a journal contradict `applies_if`. They count as given.",
    "{journal} is resolved with {because}, yet with {value}",
    "adjudicate one of these items anew",
)
_kind(
    "unresolved_disagreement",
    _W,
    "Coders differ and nobody adjudicated: the item is missing in the score, bounded by the coders' answers.",
    "the coders of {journal} differ on {item} ({value}) and nobody adjudicated",
    "adjudicate it",
)
_kind(
    "stale_adjudication",
    _W,
    "An adjudication settles a disagreement that the codings no longer show, or answers were replaced after it.",
    "{journal} / {item} is adjudicated to '{value}', but the codings are no longer those that it settled ({answers})",
    "check the adjudication and delete it if it is out of date",
)
_kind(
    "adjudication_without_codings",
    _W,
    "An adjudication of an item that no coder answered, of a journal that has codings.",
    "{journal} / {item} is adjudicated, but no coder answered it",
    "check journal and item; the adopted answer counts",
)
_kind(
    "single_coded",
    _N,
    "Only one coder coded the journal: it carries no information on agreement.",
    "{journal} has one coder",
    "nothing, if meant; its answers enter the score unchecked",
)
_kind(
    "novel_adjudication",
    _N,
    "The adopted answer is one that no coder gave.",
    "{journal} / {item}: the adopted answer '{value}' was given by no coder ({answers})",
    "nothing, if the adjudicators meant it",
)
_kind(
    "wording_adjudication",
    _N,
    "An adjudication of wording only: all coders chose the option that was adopted.",
    "{journal} / {item}: the coders agree on '{value}', the adjudication is about wording",
    "nothing; agreement coefficients count it as agreement",
)
_kind(
    "possibly_one_reading",
    _N,
    "Journals of one publisher have identical answers from two or more coders and no "
    "common reading_id: they may be one reading entered several times, never merged silently.",
    "{n} journals of {publisher} have identical codings by {coders} coders ({value})",
    "if they were read once, give them one reading_id per coder",
)
_kind(
    "not_recorded",
    _N,
    "The survey says that it did not record this; its absence is not reported row by row.",
    "{value} is not recorded in this survey",
    "nothing; survey.yaml says so",
)

# Workbooks --------------------------------------------------------------------------------------------
_kind(
    "bad_workbook",
    _E,
    "The file is no workbook that can be read safely.",
    "the file {value}",
    "send an .xlsx file as rdpscore template made it; nothing was read",
)
_kind(
    "unwritable_text",
    _E,
    "A text of the survey fits into no cell of a workbook.",
    "the text {what}",
    "shorten or correct the text in the survey's files",
)
_kind(
    "missing_sheet",
    _E,
    "A sheet that the workbook needs is missing, or can no longer be recognised.",
    "there is no sheet '{value}'",
    "restore the sheet from the file that was sent out, or copy the answers into a new one",
)
_kind(
    "renamed_sheet",
    _N,
    "A sheet was renamed; it was recognised by its columns.",
    "the sheet '{expected}' is now called '{value}'",
    "nothing; it was read",
)
_kind(
    "second_sheet",
    _W,
    "Two sheets have the columns of one; a copy that was filled in would go unread.",
    "the sheet '{value}' looks like '{expected}' too, and is not read",
    "delete it, or move its answers to '{expected}'",
)
_kind(
    "missing_heading",
    _E,
    "A column that tells which answer belongs where is missing.",
    "the column '{value}' is missing{nearest}",
    "restore the column from the file that was sent out",
)
_kind(
    "duplicate_heading",
    _E,
    "Two columns have one heading, so an answer would be read twice.",
    "the heading '{value}' is there twice",
    "rename or delete one of the two columns",
)
_kind(
    "extra_column",
    _N,
    "A column that rdpscore does not know; it stays in the file that is kept, and is not read.",
    "the column '{value}' is not read",
    "nothing, or move its content to the column Note",
)
_kind(
    "merged_cells",
    _E,
    "Merged cells hide all answers but the first.",
    "the cells {value} are merged",
    "unmerge them and enter every answer in its own cell",
)
_kind(
    "formula_in_cell",
    _E,
    "A formula, or its error, stands where an answer or a text belongs; it is never computed.",
    "there is a formula: {value}",
    "type the answer or the text itself; begin a text that starts with = with an apostrophe",
)
_kind(
    "blank_row_key",
    _E,
    "A row holds answers, and its journal or item was deleted.",
    "the row holds '{value}', but its key '{column}' is blank",
    "restore the key from the file that was sent out",
)
_kind(
    "unknown_form",
    _E,
    "A row is for a journal that this workbook was not made for.",
    "'{value}' is no journal of this workbook{nearest}",
    "correct the journal_id, or code the journal in the workbook that was made for it",
)
_kind(
    "unknown_confidence",
    _E,
    "The confidence is none of the permitted ones.",
    "'{value}' is not a confidence",
    "use low, medium or high",
)
_kind(
    "answered_twice",
    _E,
    "The same journal and item is answered in two rows.",
    "{journal} / {item} is answered already in {first}: '{value}'",
    "delete one of the two rows",
)
_kind(
    "forbidden_character",
    _E,
    "A character that no XML file, and so no workbook, can hold.",
    "the text holds the character {value}",
    "delete the character",
)
_kind(
    "spilled_passage",
    _W,
    "Passages stand beside nothing, right below another passage: one text that was pasted over several rows.",
    "the passages in {value} stand beside no answer, right below that in {first}",
    "join them in {first} ({joined}) and clear {value}; to paste a text of several paragraphs, open the cell first "
    "(F2, or a double click)",
)
_kind(
    "passage_without_answer",
    _W,
    "A passage is there, and neither an answer nor a state.",
    "there is a passage ({value}) and no answer",
    "choose the answer that the passage decides, or clear the passage",
)
_kind(
    "markup_in_cell",
    _W,
    "The source of a web page was pasted instead of its text.",
    "the text holds the markup {value}",
    "copy the passage from the page as it is shown, not from its source",
)
_kind(
    "changed_cell",
    _W,
    "Words that came with the workbook are others now.",
    "'{value}' stands where the workbook had '{expected}'",
    "look whether the answer in this row is to the question that was sent out; answers count by their item's id",
)
_kind(
    "outside_table",
    _W,
    "Text in a row that is none of the table.",
    "'{value}' stands outside the table and is not read",
    "move it into the row that it belongs to, or clear it",
)
_kind(
    "other_codebook",
    _E,
    "The workbook was made under other items, codes, labels or rules than the survey's.",
    "the workbook's coding hash is {value}, the survey's is {expected}",
    "make a new workbook with rdpscore template; rdpscore codebook diff shows what changed",
)
_kind(
    "other_survey",
    _E,
    "The workbook was made for another survey.",
    "the workbook is of survey '{value}', not of '{expected}'",
    "import it into its own survey",
)
_kind(
    "contradicting_answer",
    _E,
    "The survey, or another file of this import, holds something else for the same coder, journal and item.",
    "{item} of {journal} by {coder}: {column} is '{value}' here and '{expected}' in {where}",
    "find out which one holds; --replace takes the new one and keeps the old one under sources/",
)
_kind(
    "incomplete_adjudication",
    _W,
    "A row of an adjudication workbook is begun and not finished.",
    "{item} of {journal} has no {value}",
    "complete the row; until then the disagreement stays open",
)
_kind(
    "not_adjudicated",
    _N,
    "A disagreement of an adjudication workbook that nobody has decided yet.",
    "{item} of {journal} is still open",
    "decide it, and import the workbook again",
)
_kind(
    "missing_search",
    _W,
    'The search sheet was deleted: nothing shows where a coder looked before answering "not mentioned".',
    "there is no sheet '{value}'",
    "send the list of pages that were opened along with the file",
)
_kind(
    "csv_without_survey",
    _E,
    "A CSV carries no codebook, so its answers cannot be checked alone.",
    "a CSV file carries no codebook",
    "name the survey: rdpscore check FILE --survey SURVEY",
)

# Migration to another codebook ------------------------------------------------------------------------
_kind("bad_recode", _E, "A recode file does not fit the two codebooks.", "{what}", "{remedy}")
_kind(
    "recode_gap",
    _E,
    "What becomes of some answers under the new codebook is said nowhere, and no machine may decide it.",
    "{what}",
    "{remedy}",
)

# Crosswalks and comparison ----------------------------------------------------------------------------
_kind(
    "bad_crosswalk",
    _E,
    "A crosswalk does not fit its two codebooks, or leaves something open.",
    "{what}",
    "{remedy}",
)
_kind(
    "crosswalk_version",
    _N,
    "A crosswalk was written for another version of a codebook; all that it names is there.",
    "the crosswalk is written {direction} {value}, the codebook is {expected}",
    "read what changed between the two (rdpscore codebook diff), and whether its judgements still hold",
)
_kind(
    "no_crosswalk",
    _E,
    "Two surveys under different codebooks can only be compared through a crosswalk.",
    "there is no crosswalk between {value} and {expected}",
    "write one (docs/comparing.md) and name it with --crosswalk; shipped are {shipped}",
)
_kind(
    "bad_match",
    _E,
    "A near match is marked with something else than yes or no.",
    "'{value}' is neither yes nor no",
    "write yes where the two are one journal, no where they are not, and leave it blank where that is open",
)
_kind(
    "nothing_shared",
    _E,
    "Two codebooks of one id have no item that reads the same in both.",
    "no item reads the same in {value} and {expected}",
    "compare surveys under versions of one codebook that share items, or write a crosswalk (docs/comparing.md)",
)
_kind(
    "other_instrument",
    _E,
    "Surveys that are to be merged were coded under different items, codes, labels or rules.",
    "the survey is coded under {value}, {survey} under {expected}; they differ in {changes}",
    "move one of them with rdpscore migrate, or lay them side by side with rdpscore compare; "
    "rdpscore codebook diff shows all that differs",
)
_kind(
    "first_codebook",
    _N,
    "Surveys that are merged differ in scores, schemes or texts of their codebook; the first one's is taken.",
    "the {value} of the codebook differ from those of {survey}, which are taken",
    "nothing, if meant; else name the survey first whose codebook is to hold",
)
_kind(
    "same_survey_id",
    _E,
    "Two surveys that are to be merged have one id, so their coders could not be told apart.",
    "{n} of the surveys have the id '{value}'",
    "give each an id of its own in its survey.yaml",
)
_kind(
    "mixed_coders",
    _N,
    "Of the surveys that are merged some have persons as coders and some slots; the merged one has slots.",
    "the coders of {value} are persons, those of the others slots; in the merged survey all are slots",
    "nothing; coefficients that need persons are not given",
)
_kind(
    "journal_clash",
    _E,
    "A journal_id means different journals in two surveys.",
    "'{journal}' is '{value}' in {other_survey} and '{expected}' in {survey}",
    "give one of them another journal_id; or, if they are one journal, the same title or the same ISSN",
)
_kind(
    "policy_clash",
    _E,
    "A policy_id governs journals of different publishers in two surveys.",
    "policy '{value}' is of {publisher} in {other_survey} and of {other} in {survey}",
    "give one of the policies another policy_id, or correct the publisher",
)
_kind(
    "attribute_conflict",
    _E,
    "Two surveys say different things of one journal or policy.",
    "{column} of {key} is '{value}' in {other_survey} and '{expected}' in {survey}",
    "find out which one holds and correct the other, or empty it",
)
_kind(
    "adjudication_conflict",
    _E,
    "Two surveys adopted different answers to one item of one journal.",
    "{journal} / {item} is adjudicated to '{value}' in {other_survey} and to '{expected}' in {survey}",
    "decide it together, and write the same answer into both",
)

# Import by a mapping file ------------------------------------------------------------------------------
_kind("bad_mapping", _E, "The mapping file contradicts itself.", "{what}", "{remedy}")
_kind(
    "pattern_unfinished",
    _E,
    "A regular expression of the mapping could not be compared with a cell within the limits of an import.",
    "the regular expression '{value}' ({mapping}, {place}) was not compared with this cell: {why}",
    "write a shorter expression with fewer repetitions, or list the cells under values",
)
_kind(
    "undecided",
    _E,
    "The draft of a mapping lists what only a person can decide; nothing is imported while a line is left.",
    "not decided yet: {value}",
    "look it up, correct the file, and take the line out",
)
_kind(
    "mapping_column",
    _E,
    "The mapping names a column that the source has not, or that several columns fit.",
    "the source '{source}' has no single column '{value}'{nearest}",
    "correct the name; @ and its letters, such as @AB, name a column by its place",
)
_kind(
    "mapping_item",
    _E,
    "The mapping names an item that the codebook has not.",
    "the codebook has no item '{value}'{nearest}",
    "correct the name, or add the item to the codebook",
)
_kind(
    "mapping_option",
    _E,
    "The mapping sends a value to a code that the item has not.",
    "'{value}' is no option of {where}{nearest}",
    "correct the code, or add the option to the codebook",
)
_kind(
    "mapping_twice",
    _E,
    "The mapping says two things of one value.",
    "'{value}' is mapped twice: to {first} and to {second}",
    "keep one of the two; letter case and blanks do not tell values apart",
)
_kind(
    "mapping_nothing",
    _E,
    "Something that the mapping names is nowhere in the source.",
    "{thing} '{value}' matches nothing in {where}{nearest}",
    "correct it, or take it out of the mapping",
)
_kind(
    "mapping_gap",
    _E,
    "An item of the codebook is answered by no column of the source.",
    "no column answers the item '{value}'{nearest}",
    "map it under items, or name it under not_asked",
)
_kind(
    "mapping_unused",
    _N,
    "The mapping has entries for values that do not occur in the source.",
    "{n} of the values mapped for {where} do not occur: {value}",
    "nothing, where a coder might have used them",
)
_kind(
    "source_missing",
    _E,
    "No file that was named is the one that the mapping speaks of.",
    "no file fits '{value}' of the source '{source}'{nearest}",
    "name the file, or its folder, on the command line, or correct the pattern",
)
_kind(
    "source_unused",
    _E,
    "A file was named that no source of the mapping takes.",
    "no source of the mapping takes the file '{value}'{nearest}",
    "correct the pattern of a source, or do not name the file",
)
_kind(
    "source_sheet",
    _E,
    "The workbook has no sheet of that name.",
    "there is no sheet '{value}'{nearest}",
    "correct `sheet` of the source; * stands for any text",
)
_kind(
    "source_records",
    _E,
    "The path to the records leads nowhere in the file.",
    "there is nothing at '{value}'{nearest}",
    "correct `records` of the source; its steps are separated by points",
)
_kind(
    "bad_encoding",
    _E,
    "The bytes of the file are not of the encoding that was named or detected.",
    "the file is no {value} text: {what}",
    "name its encoding in the source, for example cp1252, mac_roman or utf-16",
)
_kind(
    "mixed_encodings",
    _E,
    "Some lines of the file are UTF-8 and others are not; read in one encoding, one of the two would be destroyed.",
    "the file is of two encodings: {lines} cannot be read as UTF-8, while {n} with other letters than A to Z can",
    "name both, encoding: [utf-8, cp1252] in the source; or rdpscore convert --encoding utf-8,cp1252",
)
_kind(
    "torn_line",
    _E,
    "A line holds letters in UTF-8 and others that are not, so that no encoding reads it as it was meant.",
    "there are letters in two encodings at once in {lines}",
    "correct it in an editor, or take it from where it was copied from",
)
_kind(
    "second_encoding",
    _W,
    "Lines of the file were read in the second of the encodings that were named.",
    "{n} of the file, which the first encoding cannot read: read as {value} ({lines})",
    "compare it with the original",
)
_kind(
    "title_rows",
    _N,
    "Rows above the header hold a title; the mapping does not say how many there are.",
    "{n} above the header passed over as a title: '{value}'",
    "nothing, or say skip in the source: how many rows stand above the header, 0 for none",
)
_kind(
    "foreign_format",
    _E,
    "The file is of a format that is not read.",
    "the file is {value}",
    "{what}",
)
_kind(
    "values_only",
    _N,
    "A format, or the program that reads it, does not show everything that stands in a file.",
    "{what}",
    "install LibreOffice, or save the file as .xlsx, where that matters",
)
_kind(
    "never_computed",
    _E,
    "A formula has no value: the program that wrote the file never computed it.",
    "the formula {value} was never computed, so that its cell holds nothing",
    "open the file in a spreadsheet program and save it",
)
_kind(
    "struck_out",
    _W,
    "Text that is struck out is read as any other.",
    "'{value}', or a part of it, is struck out and was read all the same",
    "delete what is not meant",
)
_kind(
    "bad_json",
    _E,
    "The file cannot be read as JSON.",
    "the file is no JSON: {value}",
    "correct the file",
)
_kind(
    "value_not_covered",
    _E,
    "A cell holds a text that the mapping does not say how to read.",
    "'{value}' is no answer to {item} that the mapping covers{nearest} ({count})",
    "add it to values or missing of the item, or correct the cell by a rule under rows",
)
_kind(
    "several_answers",
    _E,
    "A cell holds several answers to an item that takes one.",
    "'{value}' holds several answers to {item} ({count})",
    "say with take which one counts: highest, lowest or first",
)
_kind(
    "unnamed_journal",
    _E,
    "A row holds answers and names no journal.",
    "the row names no journal",
    "leave it out by a rule under rows, or correct its cell by one",
)
_kind(
    "unnamed_coder",
    _E,
    "A row holds answers and names no coder.",
    "the row names no coder",
    "say number: true under coders, or leave the row out or correct it by a rule under rows",
)
_kind(
    "answered_differently",
    _E,
    "Two rows hold different answers of one coder to one item for one journal.",
    "{coder} answers {item} of {journal} with '{value}' here and with '{expected}' in {first}",
    "leave one out, or correct the coder of one, by a rule under rows",
)
_kind(
    "row_left_out",
    _W,
    "Answers of the row stand under the wrong questions, so none of it was imported.",
    "the row was left out: {what}",
    "enter it again from the source, or correct its cells by a rule under rows",
)
_kind(
    "row_rejoined",
    _W,
    "A text had been split into several cells; joined again, every answer fits its question.",
    "the row was read with {what}",
    "nothing, or compare it with the source",
)
_kind(
    "several_indicators",
    _W,
    "Several indicators of one graded item are ticked; the first of the mapping's order counts.",
    "{item} is ticked as {value}; {adopted} counts",
    "nothing, or correct the row by a rule under rows",
)
_kind(
    "no_indicator",
    _W,
    "No indicator of a graded item is ticked, so it has no answer.",
    "{item} is ticked nowhere",
    "nothing, or say with none what it means",
)
_kind(
    "chosen_answer",
    _W,
    "A cell holds several answers; the mapping says which one counts.",
    "'{value}' holds several answers to {item}; {adopted} counts ({count})",
    "nothing",
)
_kind(
    "attribute_differs",
    _W,
    "Rows of one journal say different things of it; the first one is used.",
    "{attribute} of {journal} is '{value}' here and '{expected}' in {first}, which is used",
    "nothing, or correct a row by a rule under rows",
)
_kind(
    "not_joined",
    _W,
    "A side table has no row for some journals.",
    "the side table '{source}' has no row for {n} of {of} journals, such as '{value}'{nearest}",
    "nothing, or name the spelling under journals: same",
)
_kind(
    "side_rows_unused",
    _N,
    "Rows of a side table belong to no journal of the survey.",
    "{n} of {of} rows of the side table '{source}' belong to no journal, such as '{value}'",
    "nothing, or say add: true",
)
_kind(
    "side_row_twice",
    _W,
    "A side table has two rows for one journal; the first one is used.",
    "there is a second row for '{value}'; the first one is used",
    "nothing, or leave one out by a rule under rows",
)
_kind(
    "spelled_differently",
    _N,
    "Titles that differ in letter case, accents or punctuation only are one journal.",
    "'{value}' is read as '{expected}'",
    "nothing",
)
_kind(
    "repeated_answers",
    _N,
    "A row repeats answers of the same coder for the same journal.",
    "the row repeats {n} answers of {coder} for {journal}, which were imported once",
    "nothing",
)
_kind(
    "consensus_repeats",
    _N,
    "A consensus on which all coders had agreed already decides nothing, so it is no adjudication.",
    "{n} consensus answers repeat what all coders had answered",
    "nothing",
)
_kind(
    "sheet_not_read",
    _N,
    "A workbook has a sheet with something in it that no source of the mapping reads.",
    "nothing reads the sheet '{value}' ({n})",
    "nothing, or name it under sources: sheet",
)
_kind(
    "columns_not_read",
    _N,
    "Columns of a source that the mapping does not name.",
    "columns of the source '{source}' that nothing reads ({n}): {value}",
    "nothing, or map them",
)
_kind(
    "consensus_blank",
    _N,
    "A consensus has no answer to adopt: its row holds a remark alone, or its coder was left out.",
    "{n} consensus cells have no answer that could be adopted",
    "nothing",
)
