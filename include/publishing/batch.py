"""Many releases at once: every row is checked before anything is written, and each good one becomes a job.

Checked are the values, the accounts and, unless asked otherwise, the three files of every row. A batch that is too long
to be registered while somebody waits is kept as rows; `publish_due` registers those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from include import settings
from include.accounts import accounts
from include.publishing import orders, registration
from include.publishing.batch_rows import REQUIRED, TARGET, BatchError, Cell, Row, read
from include.publishing.registration import Refused
from include.releases.conf import ConfError, PublishConf
from include.releases.export import ExportedFiles, ExportError, find_release
from include.releases.release import MetadataError

KEY = re.compile(r"([a-z_]+)(?:\[\d+\])?(?:\.([a-z_]+))? ")
Depth = Literal["there", "read", "rehearse"]
"""How closely a row's files are looked at: they are there and the metadata is good; all three are good; and the video
is on none of the accounts already, for which all of it is read."""
Told = Callable[[int], None]
"""Called with the number of rows that were checked so far."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one row; `column` is its name in the file, None when it is about the whole row."""

    row: int
    column: str | None
    message: str


@dataclass(frozen=True, kw_only=True)
class Good:
    """One row that can be published, as the conf of its run."""

    row: int
    conf: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A batch as it was found: `rows` in all, what is good, and every problem, by row."""

    rows: int
    good: tuple[Good, ...]
    problems: tuple[Problem, ...]

    @property
    def summary(self) -> str:
        """Return the one sentence about it."""
        bad = self.rows - len(self.good)
        found = f"{len(self.problems)} problem{'s' * (len(self.problems) != 1)}"
        return f"{len(self.good)} of {self.rows} rows can be published" + (f"; {bad} cannot ({found})." if bad else ".")


@dataclass(kw_only=True)
class _Look:
    """What the rows of one check have in common, so that it is asked once."""

    owner: str
    depth: Depth
    chosen: dict[Any, list[tuple[str, str]] | list[str]] = field(default_factory=dict)
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)


def check(
    owner: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    columns: Mapping[str, str] | None = None,
    defaults: Mapping[str, Any] | None = None,
    depth: Depth = "read",
    told: Told = lambda done: None,
) -> Checked:
    """Check every row for `owner`; raise `BatchError` when the file as a whole cannot be used.

    `columns` maps their names to ours (`batch_rows.COLUMNS`), `defaults` is what a row leaves out. What only a platform
    knows (titles that are too long there) is found when the row is published.
    """
    if not rows:
        raise BatchError("There are no rows.")
    if len(rows) > (most := settings.distribution().rest.batch_rows):
        raise BatchError(f"A batch has {most:,} rows at most; this one has {len(rows):,}.")
    look = _Look(owner=owner, depth=depth)
    good, problems, count = [], [], 0
    for row in read(rows, columns or {}, defaults or {}):
        found = _check(look, row)
        if isinstance(found, Good):
            good.append(found)
        else:
            problems += [Problem(row=row.number, column=each.column, message=each.message) for each in found]
        count = row.number
        told(count)
    return Checked(rows=count, good=tuple(good), problems=tuple(problems))


def _check(look: _Look, row: Row) -> Good | list[Cell]:
    missing = [name for name in REQUIRED if name not in row.wishes and not _is_broken(row, name)]
    problems = [*row.problems, *(Cell(column=row.columns.get(name, name), message="is missing.") for name in missing)]
    if problems:
        return problems
    try:
        wishes = _with_targets(look, row)
        checked = orders.read(look.owner, wishes)
        accounts_of = _chosen(look, checked)
        _look_for_a_double(look, row, checked, accounts_of)
        _look_at_files(look, row, checked)
    except Refused as refused:
        return [_cell(row, sentence) for sentence in refused.problems]
    return Good(row=row.number, conf=orders.conf_of(checked))


def _is_broken(row: Row, name: str) -> bool:
    return any(cell.column == row.columns.get(name, name) for cell in row.problems)


def _with_targets(look: _Look, row: Row) -> dict[str, Any]:
    """Return a row's wishes with its targets: the accounts it names, or the usual ones when its texts need some."""
    wishes, each = dict(row.wishes), dict(row.each)
    if row.accounts:
        wishes["targets"] = [{"account": name, **each} for name in row.accounts]
    elif each:
        usual = _chosen(look, orders.read(look.owner, wishes))
        wishes["targets"] = [{"account": name, **each} for name, _ in usual]
    return wishes


def _chosen(look: _Look, checked: PublishConf) -> list[tuple[str, str]]:
    """Return the accounts and placements of a row, asking for each combination once; raise `Refused`."""
    asked = tuple((target.account, target.placement) for target in checked.targets)
    key = (asked, checked.platforms, checked.segment, checked.age_bucket)
    if key not in look.chosen:
        try:
            found = registration.choose_accounts(checked, look.owner)
            look.chosen[key] = [
                (account.account_id, str(target.placement if target else "")) for account, target in found
            ]
        except (Refused, ConfError) as refused:
            look.chosen[key] = list(refused.problems)
        except accounts.UnknownAccount as unknown:
            look.chosen[key] = [f"accounts {str(unknown)[0].lower()}{str(unknown)[1:]}"]
    known = look.chosen[key]
    if problems := [each for each in known if isinstance(each, str)]:
        raise Refused(problems)
    return [each for each in known if not isinstance(each, str)]


def _look_for_a_double(
    look: _Look, row: Row, checked: PublishConf, accounts_of: Iterable[tuple[str, str]]
) -> None:  # fmt: skip
    where = (checked.export_root or "", checked.segment, checked.age_bucket, checked.title_id)
    for account, placement in accounts_of:
        first = look.seen.setdefault((*where, account, placement), row.number)
        if first != row.number:
            raise Refused([f"title_id is the same release to '{account}' as in row {first}."])


def _look_at_files(look: _Look, row: Row, checked: PublishConf) -> None:
    try:
        if look.depth == "rehearse":
            _rehearse(look, row, checked)
        elif look.depth == "read":
            registration.read_files(checked)
        else:
            root = checked.export_root or settings.export_root()
            _read_metadata(find_release(root, checked.segment, checked.age_bucket, checked.title_id))
    except ExportError as error:
        raise Refused(error.problems) from None
    except OSError as error:
        raise Refused([f"title_id has a file that cannot be read: {error.strerror or error}."]) from None


def _rehearse(look: _Look, row: Row, checked: PublishConf) -> None:
    wanted, content = registration.rehearse(checked, look.owner)
    for each in () if checked.force else wanted:
        name, placement = each.account.account_id, each.placement.value
        first = look.seen.setdefault((content.sha256, name, placement), row.number)
        if first != row.number:
            raise Refused([f"title_id is the same video to '{name}' as in row {first}."])


def _read_metadata(files: ExportedFiles) -> None:
    try:
        files.metadata()
    except MetadataError as error:
        raise Refused(error.problems) from None


def _cell(row: Row, sentence: str) -> Cell:
    """Return a sentence of the conf's as one about a column of the file, when it begins with a key."""
    found = KEY.match(sentence)
    if found is None:
        return Cell(column=None, message=sentence)
    outer, inner = found.groups()
    name = inner if outer == "targets" and inner in TARGET else "accounts" if inner == "account" else outer
    if name not in row.columns and name not in row.wishes and name != "accounts":
        return Cell(column=None, message=sentence)
    rest = sentence[found.end() :]
    return Cell(column=row.columns.get(name, name), message=rest)
