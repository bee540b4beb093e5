"""The door into the ledger: a run's conf and the export's files become a release, a job and its publications.

Everything is looked at before anything is written, and then written in one transaction. What is refused leaves a job
with its problems and a failure receipt for each wanted platform, and nothing else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from psycopg.types.json import Jsonb

from include import settings
from include.accounts import accounts, master_key
from include.accounts.accounts import Account
from include.database import engine, queries
from include.media.convert import describe
from include.platforms import NAMES, get
from include.platforms.errors import PlatformError
from include.platforms.file_rules import Fit
from include.publishing import receipts
from include.publishing.chosen import usual_accounts
from include.publishing.clients import open_publisher
from include.publishing.fitting import fit_for, recipe_for
from include.publishing.postings import THUMBNAIL_MAX_BYTES, compose, wishes
from include.releases.conf import ConfError, PublishConf, Target, read_conf
from include.releases.export import ExportedFiles, ExportError, FileChanged, find_release, sha256
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
        wanted = [_wanted(conf, account, target, content.facts) for account, target in chosen]
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
    keyed = [account for account, _ in chosen if account.route != "direct"]
    if keyed:
        raise Refused([f"'{each.account_id}' goes through {each.route}, which cannot publish yet." for each in keyed])
    return chosen


def read_content(conf: PublishConf) -> Content:
    """Read and check the export's three files; the video is streamed once for its hash."""
    root = conf.export_root or settings.export_root()
    files = find_release(root, conf.segment, conf.age_bucket, conf.title_id)
    problems: list[str] = []
    metadata = _or_problems(files.metadata, problems)
    thumbnail = _or_problems(lambda: files.thumbnail(max_bytes=THUMBNAIL_MAX_BYTES), problems)
    facts = _or_problems(files.video.facts, problems)
    if metadata is None or facts is None or thumbnail is None:
        raise Refused(problems)
    return Content(files=files, metadata=metadata, facts=facts, thumbnail=thumbnail, sha256=sha256(files.video))


def _or_problems(read: Callable[[], Read], problems: list[str]) -> Read | None:
    """Return what `read` reads; what it refuses is added to `problems`, so that all are told at once."""
    try:
        return read()
    except MetadataError as error:
        problems += error.problems
    except (NotAVideo, PictureError) as error:
        problems.append(str(error))
    return None


def _wanted(conf: PublishConf, account: Account, target: Target | None, facts: VideoFacts) -> Wanted:
    asked = target.model_dump(mode="json", exclude_none=True) if target else {}
    return Wanted(
        account=account,
        placement=(target.placement if target else None) or _placement(account.platform, facts),
        target={key: value for key, value in asked.items() if key not in {"account", "placement", "scheduled_for"}},
        due_at=conf.due_at(target),
        timezone=(target.timezone if target else None) or conf.timezone,
    )


def _placement(platform: str, facts: VideoFacts) -> Placement:
    placement: Placement = get(platform).placement_for(facts, settings.distribution().platforms.get(platform, {}))
    return placement


def _fit(wanted: Wanted, metadata: Metadata) -> Fit:
    return fit_for(wanted.account.platform, wishes(metadata, wanted.account.platform, wanted.target))


def _try_dry(conf: PublishConf, wanted: list[Wanted], content: Content) -> None:
    problems = []
    for each in wanted:
        posting = compose(
            publication_id="dry-run",
            platform=each.account.platform,
            placement=each.placement,
            age_bucket=conf.age_bucket,
            target=each.target,
            scheduled_for=each.due_at,
            metadata=content.metadata,
            video=content.files.video,
            facts=content.facts,
            thumbnail=content.thumbnail,
        )
        try:
            recipe = recipe_for(each.account.platform, each.placement, content.facts, _fit(each, content.metadata))
            with open_publisher(each.account) as publisher:
                found = publisher.validate(posting)
        except PlatformError as error:
            problems.append(f"{each.account.account_id}: {error.message}")
            continue
        for problem in found:
            log.info("%s: %s (%s)", each.account.account_id, problem.message, problem.fix)
        if recipe is not None:
            log.info("%s: what would be done: %s.", each.account.account_id, describe(recipe))
        blocking = {"refused"} if recipe is not None else {"refused", "convertible"}
        problems += [f"{each.account.account_id}: {each_.message}" for each_ in found if each_.fix in blocking]
    if problems:
        raise Refused(problems)
    names = ", ".join(f"{each.account.account_id} ({each.account.platform} {each.placement})" for each in wanted)
    log.info("Dry run: nothing was published. It would go to %s.", names)


def _write(conf: PublishConf, owner: str, job_id: str, wanted: list[Wanted], content: Content) -> list[Registered]:
    registered = []
    with engine.transaction(owner) as connection:
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
                    "timezone": each.timezone,
                    "priority": conf.priority,
                    "max_retries": conf.max_retries,
                    "bytes_total": content.files.video.size,
                },
            ).scalar_one()
            connection.exec_driver_sql(
                SQL["join_job"], {"owner": owner, "job_id": job_id, "publication_id": publication_id}
            )
            registered.append(Registered(publication_id=str(publication_id), account_id=each.account.account_id))
    return registered


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
