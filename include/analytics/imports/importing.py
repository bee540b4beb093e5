"""Imports a file a person brings: read it, recognise its columns, match its videos, and keep it or say what is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from include import settings
from include.accounts import accounts
from include.analytics.imports import files, header, keeping
from include.analytics.imports.amounts import Sign
from include.analytics.imports.days import Order, readings
from include.analytics.imports.files import ImportRefused, Opened
from include.analytics.imports.matching import Releases, Videos
from include.analytics.imports.table import Parsed, Question, Record, Skipped, parse, period
from include.measurement import ImportKind, Imports

PREVIEW_ROWS = 5
META = ("instagram", "facebook")
IN_NAME = re.compile(r"(20\d\d-\d\d-\d\d)_(20\d\d-\d\d-\d\d)")
"""YouTube Studio names what it exports after the period: Content 2026-10-01_2026-10-31 My channel."""
KEYWORD_COLUMNS = ("keyword", "country", "language", "search_volume", "competition", "overall_score",
                   "unweighted_score", "optimization", "monthly_searches", "video_count", "rank",
                   "video_id")  # fmt: skip
SCORE_COLUMNS = (
    "title",
    "published_on",
    "seo_score",
    "overall_score",
    "views_per_hour",
    "best_practices",
    "tags",
    "rank",
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a person asked for."""

    owner: str
    kind: str
    path: Path
    account_id: str | None = None
    order: Order | None = None
    sign: Sign | None = None
    dry_run: bool = False
    today: date = field(default_factory=lambda: datetime.now(UTC).date())


@dataclass(kw_only=True)
class Imported:
    """What became of a file; with `questions` nothing was kept."""

    kind: str
    file: str
    account_id: str | None = None
    dry_run: bool = False
    rows_read: int = 0
    rows_imported: int = 0
    rows_skipped: list[Skipped] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    columns_kept_aside: tuple[str, ...] = ()
    questions: list[Question] = field(default_factory=list)
    matched: dict[str, int] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    rows_replaced: int = 0
    import_id: int | None = None
    preview: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return what `./desk import --json` prints."""
        return asdict(self)


def known() -> Imports:
    """Return config/imports.yaml."""
    found: Imports = settings.configured(Imports, "imports.yaml")
    return found


def run(wanted: Wanted) -> Imported:
    """Import a file, or with `dry_run` say what would become of it.

    Raises `ImportRefused` for a file that cannot be used and `UnknownAccount` for a name that is none of the owner's.
    """
    kinds = known()
    if wanted.kind not in kinds.kinds:
        raise ImportRefused(f"There is no kind of import called '{wanted.kind}'; known: {', '.join(kinds.kinds)}.")
    kind = kinds.kinds[wanted.kind]
    opened = files.read(wanted.path)
    table = header.find(opened, kind)
    parsed = parse(table, kind, kinds.totals, order=wanted.order, sign=wanted.sign)
    told = Imported(
        kind=wanted.kind, file=opened.name, dry_run=wanted.dry_run, rows_read=parsed.rows_read,
        rows_skipped=list(parsed.skipped), columns=table.columns, columns_kept_aside=table.unknown,
        questions=list(parsed.questions),
    )  # fmt: skip
    account_id, platforms = _account(wanted, kind, told)
    told.account_id = account_id or None
    if told.questions:
        return told
    ready = _ready(wanted, kind, opened, parsed, told, account_id, platforms)
    told.rows_skipped = sorted(ready.skipped, key=lambda each: each.row)
    told.rows_imported = ready.rows
    told.preview = [row for rows in ready.tables.values() for row in rows][:PREVIEW_ROWS]
    if ready.period is not None:
        told.first_day, told.last_day = ready.period
    if not wanted.dry_run and ready.rows:
        kept = keeping.keep(ready)
        told.import_id, told.rows_replaced = kept.import_id, kept.rows_replaced
    return told


# --- whose ------------------------------------------------------------------------------------------------------------


def _account(wanted: Wanted, kind: ImportKind, told: Imported) -> tuple[str, tuple[str, ...]]:
    """Return the account the file is about ('' for none) and its platforms; several to choose from are asked about."""
    if wanted.kind == "costs":
        return "", ()
    platforms = (kind.platform,) if kind.platform else META
    if wanted.account_id is not None:
        account = accounts.read(wanted.owner, wanted.account_id)
        if account.platform not in platforms:
            raise ImportRefused(
                f"'{account.account_id}' is an account on {account.platform}; this file is about "
                f"{' or '.join(platforms)}."
            )
        return account.account_id, (account.platform,)
    mine = [one for one in accounts.list_all(wanted.owner) if one.platform in platforms and one.state != "disconnected"]
    if len(mine) > 1 and (chosen := [one for one in mine if one.is_default]) and len(chosen) == 1:
        mine = chosen
    if len(mine) > 1 and wanted.kind not in ("tubebuddy", "vidiq"):
        told.questions.append(
            Question(
                about="account", column=None, example=None, question="Which of your accounts is this file about?",
                answer_with=tuple(f"--account {one.account_id}" for one in mine),
            )
        )  # fmt: skip
    return (mine[0].account_id, (mine[0].platform,)) if len(mine) == 1 else ("", platforms)


# --- rows as they are kept --------------------------------------------------------------------------------------------


def _ready(
    wanted: Wanted,
    kind: ImportKind,
    opened: Opened,
    parsed: Parsed,
    told: Imported,
    account_id: str,
    platforms: tuple[str, ...],
) -> keeping.Ready:
    skipped = list(parsed.skipped)
    tables: dict[str, list[dict[str, Any]]] = {}
    if wanted.kind == "costs":
        tables[kind.table] = _costs(wanted.owner, parsed, told)
    elif wanted.kind in ("tubebuddy", "vidiq"):
        videos = Videos.of(wanted.owner, platforms)
        tables["market.keyword"] = _once(_keywords(wanted, parsed), skipped, ("day", "keyword", "country"))
        tables["market.video_score"] = _once(_scores(wanted, parsed, videos, told), skipped, ("day", "video_id"))
    else:
        rows = _money(wanted, kind, parsed, Videos.of(wanted.owner, platforms), platforms, told)
        keys = ("video_id", "first_day", "day", "country", "program")
        tables[kind.table] = _once(rows, skipped, keys)
    kept = [row for rows in tables.values() for row in rows]
    with_days = [row for row in kept if row.get("period_known", True)]
    return keeping.Ready(
        owner=wanted.owner, kind=wanted.kind, account_id=account_id, opened=opened, tables=tables,
        platforms=_touched(wanted.kind, kept, platforms), rows_read=parsed.rows_read, skipped=skipped,
        columns=told.columns, period=period(with_days),
    )  # fmt: skip


def _touched(kind: str, rows: list[dict[str, Any]], platforms: tuple[str, ...]) -> tuple[str, ...]:
    if kind in ("costs", "tubebuddy", "vidiq"):
        return ()
    return tuple(sorted({row["platform"] for row in rows})) if kind == "meta_bonus" else platforms


def _once(
    rows: list[tuple[Record, dict[str, Any]]], skipped: list[Skipped], keys: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Keep the first of rows that are about the same thing; the others are said to be there."""
    first: dict[tuple[Any, ...], tuple[Record, dict[str, Any]]] = {}
    for record, row in rows:
        key = tuple(row.get(name) for name in keys)
        if key not in first:
            first[key] = (record, row)
            continue
        before, other = first[key]
        same = "the same" if other == row else "the same video and days, with other numbers,"
        skipped.append(Skipped(row=record.row, line=record.line, reason=f"row {before.row} tells {same} already"))
    return [row for _, row in first.values()]


def _money(
    wanted: Wanted,
    kind: ImportKind,
    parsed: Parsed,
    videos: Videos,
    platforms: tuple[str, ...],
    told: Imported,
) -> list[tuple[Record, dict[str, Any]]]:
    of_name = _period_of_name(wanted.path)
    found = []
    for record in parsed.records:
        values = {name: record.values.get(name) for name in kind.columns if name != "last_day"}
        days = _days(record.values, of_name)
        video, how = videos.find(values["video_id"], values["title"], values["published_on"])
        told.matched[how] = told.matched.get(how, 0) + 1
        first, last = days or (wanted.today, wanted.today)
        row = values | {
            "video_id": video, "matched": how, "first_day": first, "day": last, "period_known": days is not None,
            "extra": dict(record.extra),
        }  # fmt: skip
        for name in ("country", "program"):
            if name in kind.columns:
                row[name] = row[name] or ""
        if wanted.kind == "meta_bonus":
            row["platform"] = _meta_platform(row["platform"], platforms)
        found.append((record, row))
    return found


def _days(values: Mapping[str, Any], of_name: tuple[date, date] | None) -> tuple[date, date] | None:
    """Return the first and last day a row is about; None when neither it nor the file's name tells one."""
    last = values.get("last_day") or values.get("day") or values.get("first_day")
    if last is None:
        return of_name
    first = values.get("first_day") or last
    return min(first, last), max(first, last)


def _period_of_name(path: Path) -> tuple[date, date] | None:
    found = IN_NAME.search(path.name) or IN_NAME.search(path.absolute().parent.name)
    days = [readings(text).get("ymd") for text in found.groups()] if found else []
    return (days[0], days[1]) if len(days) == 2 and days[0] and days[1] else None


def _meta_platform(told: Any, platforms: tuple[str, ...]) -> str:
    word = str(told or "").casefold()
    return next((name for name in META if name in word), platforms[0])


def _keywords(wanted: Wanted, parsed: Parsed) -> list[tuple[Record, dict[str, Any]]]:
    return [
        (
            record,
            {name: record.values.get(name) for name in KEYWORD_COLUMNS}
            | {
                "source": wanted.kind, "day": record.values.get("day") or wanted.today,
                "country": record.values.get("country") or "", "extra": dict(record.extra),
            },
        )
        for record in parsed.records
        if record.values.get("keyword")
    ]  # fmt: skip


def _scores(wanted: Wanted, parsed: Parsed, videos: Videos, told: Imported) -> list[tuple[Record, dict[str, Any]]]:
    found = []
    for record in parsed.records:
        if record.values.get("keyword"):
            continue
        values = record.values
        video, how = videos.find(values.get("video_id"), values.get("title"), values.get("published_on"))
        told.matched[how] = told.matched.get(how, 0) + 1
        row = {name: values.get(name) for name in SCORE_COLUMNS} | {
            "source": wanted.kind, "day": values.get("day") or wanted.today, "video_id": video, "matched": how,
            "extra": dict(record.extra),
        }  # fmt: skip
        found.append((record, row))
    return found


def _costs(owner: str, parsed: Parsed, told: Imported) -> list[dict[str, Any]]:
    releases, found = Releases.of(owner), []
    names = ("title_id", "title", "segment", "age_bucket", "day", "category", "amount", "currency", "note")
    for record in parsed.records:
        release_id = releases.find(record.values)
        how = "release" if release_id else "none"
        told.matched[how] = told.matched.get(how, 0) + 1
        row = {name: record.values.get(name) for name in names}
        found.append(row | {"owner": owner, "row_number": record.row, "release_id": release_id})
    return found
