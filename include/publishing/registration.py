"""The door into the ledger: a run's conf and the export's files become a release, a job and its publications.

Everything is looked at before anything is written, and then written in one transaction. What is refused leaves a job
with its problems and a failure receipt for each wanted platform, and nothing else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from psycopg.types.json import Jsonb

from include import settings
from include.accounts import accounts, master_key, second
from include.accounts.accounts import Account
from include.database import engine, queries
from include.platforms import NAMES, get
from include.publishing import dry_run, duplicates, ledger, receipts
from include.publishing.chosen import usual_accounts
from include.publishing.postings import THUMBNAIL_MAX_BYTES
from include.releases.conf import ConfError, PublishConf, Target, read_conf
from include.releases.export import ExportedFiles, ExportError, FileChanged, find_release, sha256
from include.releases.local_time import too_far
from include.releases.picture import Picture, PictureError
from include.releases.publication import Placement
from include.releases.release import Metadata, MetadataError
from include.releases.video_facts import NotAVideo, VideoFacts

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("releases")
Read = TypeVar("Read")
ADDRESS_KEYS = ("segment", "age_bucket", "title_id", "owner", "platforms", "dry_run")
"""Where a release lies and whom it is for."""


class Refused(ValueError):
    """The run cannot be done as asked; `problems` holds one sentence per problem, all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One publication a run has to bring out."""

    publication_id: str
    account_id: str


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a run has to do; without publications it was a dry run."""

    owner: str
    publications: list[Registered]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One account to publish to, with what differs there."""

    account: Account
    placement: Placement
    target: dict[str, Any]
    due_at: datetime | None
    local: datetime | None
    timezone: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """The release as read and checked."""

    files: ExportedFiles
    metadata: Metadata
    facts: VideoFacts
    thumbnail: Picture
    sha256: str


def register(params: Mapping[str, Any], job_id: str) -> Registration:
    """Write a run's publications down and return them; raise `Refused` with every problem at once.

    The same release on the same account in the same placement is one publication, however often it is registered.
    """
    master_key.check()
    distribution = settings.distribution()
    owner = owner_of(params)
    chosen: list[tuple[Account, Target | None]] = []
    conf: PublishConf | None = None
    try:
        conf = read_conf(params, segments=distribution.segments, age_buckets=distribution.age_buckets, platforms=NAMES)
        chosen = choose_accounts(conf, owner)
        content = read_content(conf)
        wanted = _all_wanted(conf, chosen, content.facts)
        if conf.dry_run:
            _try_dry(conf, wanted, content)
            return Registration(owner=owner, publications=[])
        publications = _write(conf, owner, job_id, wanted, content)
    except (ConfError, ExportError, Refused) as error:
        problems = error.problems
    except (FileChanged, accounts.UnknownAccount) as error:
        problems = [str(error)]
    else:
        return Registration(owner=owner, publications=publications)
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["keep_job"], _job(owner, job_id, None, conf, problems))
    log.warning("refused %s: %s", params.get("title_id"), " ".join(problems))
    _write_receipts(*((conf, chosen) if conf and chosen else wanted_all_the_same(params)), problems)
    raise Refused(problems)


def consider(params: Mapping[str, Any]) -> tuple[dry_run.Finding, ...]:
    """Return what would become of a release on each account; nothing is written or sent.

    Raises `Refused` with every problem when it is not clear what would be published, or where.
    """
    distribution = settings.distribution()
    try:
        conf = read_conf(params, segments=distribution.segments, age_buckets=distribution.age_buckets, platforms=NAMES)
    except ConfError as error:
        raise Refused(error.problems) from None
    wanted, content = rehearse(conf, owner_of(params))
    return dry_run.look(conf.age_bucket, wanted, content)


def rehearse(conf: PublishConf, owner: str) -> tuple[list[Wanted], Content]:
    """Do all that `register` does but writing; raise `Refused` with every problem."""
    try:
        chosen = choose_accounts(conf, owner)
        content = read_content(conf)
        wanted = _all_wanted(conf, chosen, content.facts)
    except (ConfError, ExportError) as error:
        raise Refused(error.problems) from None
    except (FileChanged, accounts.UnknownAccount) as error:
        raise Refused([str(error)]) from None
    with engine.transaction(owner) as connection:
        _refuse_duplicates(connection, conf, owner, wanted, content)
    return wanted, content


def owner_of(params: Mapping[str, Any]) -> str:
    """Return whose run it is, also when the rest of its conf is refused; the owner of exports when it says nobody."""
    asked = params.get("owner")
    named = isinstance(asked, str) and bool(asked.strip()) and asked.isprintable()
    return str(asked).strip() if named else settings.distribution().exports.owner


def choose_accounts(conf: PublishConf, owner: str) -> list[tuple[Account, Target | None]]:
    """Return the accounts a conf means: its targets, and the default accounts of platforms no target covers."""
    chosen: list[tuple[Account, Target | None]] = [
        (accounts.read(owner, target.account), target) for target in conf.targets
    ]
    covered = {account.platform for account, _ in chosen}
    if conf.platforms or not conf.targets:
        open_platforms = [name for name in conf.platforms if name not in covered]
        if open_platforms or not conf.platforms:
            chosen += [(account, None) for account in usual_accounts(conf, owner, open_platforms or None)]
        reached = {account.platform for account, _ in chosen}
        missing = [name for name in conf.platforms if name not in reached]
        if missing or not chosen:
            where = f" on {', '.join(missing)}" if missing else ""
            raise Refused([f"'{owner}' has no connected account{where}; `desk accounts add` connects one."])
    gone = [account.account_id for account, _ in chosen if account.state == "disconnected"]
    if gone:
        raise Refused([f"The account '{name}' is disconnected; connect it again." for name in gone])
    behind = second.firsts(owner)
    if doubled := [account.account_id for account, _ in chosen if account.account_id in behind]:
        raise Refused(
            [
                f"'{each}' is the second route of '{behind[each]}' and publishes only for it. Name that."
                for each in doubled
            ]
        )
    if dumb := [account for account, _ in chosen if account.platform not in NAMES]:
        raise Refused([f"'{each.account_id}' is at {each.platform}, which publishes nothing." for each in dumb])
    return chosen


def read_content(conf: PublishConf) -> Content:
    """Read and check the export's three files; the video is streamed once for its hash."""
    files, metadata, facts, thumbnail = read_files(conf)
    return Content(files=files, metadata=metadata, facts=facts, thumbnail=thumbnail, sha256=sha256(files.video))


def read_files(conf: PublishConf) -> tuple[ExportedFiles, Metadata, VideoFacts, Picture]:
    """Read and check the export's three files without streaming the video; raise `Refused` or `ExportError`."""
    root = conf.export_root or settings.export_root()
    files = find_release(root, conf.segment, conf.age_bucket, conf.title_id)
    problems: list[str] = []
    metadata = _or_problems(files.metadata, problems)
    thumbnail = _or_problems(lambda: files.thumbnail(max_bytes=THUMBNAIL_MAX_BYTES), problems)
    facts = _or_problems(files.video.facts, problems)
    if metadata is None or facts is None or thumbnail is None:
        raise Refused(problems)
    return files, metadata, facts, thumbnail


def _or_problems(read: Callable[[], Read], problems: list[str]) -> Read | None:
    """Return what `read` reads; what it refuses is added to `problems`, so that all are told at once."""
    try:
        return read()
    except MetadataError as error:
        problems += error.problems
    except (NotAVideo, PictureError) as error:
        problems.append(str(error))
    return None


def _all_wanted(conf: PublishConf, chosen: list[tuple[Account, Target | None]], facts: VideoFacts) -> list[Wanted]:
    wanted = [_wanted(conf, account, target, facts) for account, target in chosen]
    now = datetime.now(UTC)
    if far := {found for each in wanted if each.due_at and (found := too_far(each.due_at, now))}:
        raise Refused(sorted(far))
    return wanted


def _wanted(conf: PublishConf, account: Account, target: Target | None, facts: VideoFacts) -> Wanted:
    asked = target.model_dump(mode="json", exclude_none=True) if target else {}
    local, timezone = conf.local_time(target)
    return Wanted(
        account=account,
        placement=(target.placement if target else None) or _placement(account.platform, facts),
        target={key: value for key, value in asked.items() if key not in {"account", "placement", "scheduled_for"}},
        due_at=conf.due_at(target),
        local=local,
        timezone=timezone,
    )


def _placement(platform: str, facts: VideoFacts) -> Placement:
    placement: Placement = get(platform).placement_for(facts, settings.distribution().platforms.get(platform, {}))
    return placement


def _try_dry(conf: PublishConf, wanted: list[Wanted], content: Content) -> None:
    findings = dry_run.look(conf.age_bucket, wanted, content)
    dry_run.tell(findings)
    if problems := [f"{each.account_id}: {problem}" for each in findings for problem in each.problems]:
        raise Refused(problems)
    names = ", ".join(f"{each.account.account_id} ({each.account.platform} {each.placement})" for each in wanted)
    log.info("Dry run: nothing was published. It would go to %s.", names)


def _write(conf: PublishConf, owner: str, job_id: str, wanted: list[Wanted], content: Content) -> list[Registered]:
    registered = []
    with engine.transaction(owner) as connection:
        _refuse_duplicates(connection, conf, owner, wanted, content)
        release_id = connection.exec_driver_sql(
            SQL["keep_release"],
            {
                "owner": owner,
                "segment": conf.segment,
                "age_bucket": conf.age_bucket,
                "title_id": conf.title_id,
                "export_root": conf.export_root or settings.export_root(),
                "video_sha256": content.sha256,
                "video_bytes": content.files.video.size,
                "video_fingerprint": content.files.video.fingerprint,
                "metadata": Jsonb(json.loads(content.metadata.model_dump_json())),
                "facts": Jsonb(asdict(content.facts)),
            },
        ).scalar_one()
        connection.exec_driver_sql(SQL["keep_job"], _job(owner, job_id, release_id, conf, []))
        for each in wanted:
            publication_id = connection.exec_driver_sql(
                SQL["keep_publication"],
                {
                    "owner": owner,
                    "release_id": release_id,
                    "account_id": each.account.account_id,
                    "platform": each.account.platform,
                    "placement": each.placement.value,
                    "route": each.account.route,
                    "target": Jsonb(each.target),
                    "scheduled_for": each.due_at,
                    "scheduled_local": each.local,
                    "asks": conf.require_approval,
                    "timezone": each.timezone,
                    "priority": conf.priority,
                    "max_retries": conf.max_retries,
                    "bytes_total": content.files.video.size,
                },
            ).scalar_one()
            connection.exec_driver_sql(
                SQL["join_job"], {"owner": owner, "job_id": job_id, "publication_id": publication_id}
            )
            if conf.require_approval:
                ledger.ask_first(connection, str(publication_id))
            registered.append(Registered(publication_id=str(publication_id), account_id=each.account.account_id))
    return registered


def _refuse_duplicates(connection: Any, conf: PublishConf, owner: str, wanted: list[Wanted], content: Content) -> None:
    if conf.force:
        return
    triple = (conf.segment, conf.age_bucket, conf.title_id)
    places = [(each.account.account_id, each.placement) for each in wanted]
    if problems := duplicates.problems(connection, owner, content.sha256, triple, places):
        raise Refused(problems)


def _job(owner: str, job_id: str, release_id: Any, conf: PublishConf | None, problems: list[str]) -> dict[str, Any]:
    return {
        "owner": owner,
        "job_id": job_id,
        "release_id": release_id,
        "conf": Jsonb(conf.model_dump(mode="json") if conf else {}),
        "problems": Jsonb(problems),
    }


def wanted_all_the_same(params: Mapping[str, Any]) -> tuple[PublishConf | None, list[tuple[Account, Target | None]]]:
    """Return whom a refused conf meant, as far as it can be read; they are the ones who wait for a receipt."""
    distribution = settings.distribution()
    readable = {key: params[key] for key in ADDRESS_KEYS if key in params}
    targets = params.get("targets")
    if isinstance(targets, list | tuple):
        readable["targets"] = [{"account": each.get("account")} for each in targets if isinstance(each, Mapping)]
    try:
        conf = read_conf(
            readable, segments=distribution.segments, age_buckets=distribution.age_buckets, platforms=NAMES
        )
        return conf, choose_accounts(conf, owner_of(params))
    except (ConfError, Refused, accounts.UnknownAccount):
        return None, []


def _write_receipts(conf: PublishConf | None, chosen: list[tuple[Account, Target | None]], problems: list[str]) -> None:
    if conf is None or conf.dry_run:
        return
    seen: set[str] = set()
    for account, _ in chosen:
        receipts.write_refusal(conf, account, " ".join(problems), first=account.platform not in seen)
        seen.add(account.platform)
