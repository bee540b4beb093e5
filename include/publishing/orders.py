"""An order: what somebody asks to be published. REST, batches and scripts all place theirs here.

Placing one checks everything and writes the publications down. Who asked for it then starts its run, or leaves it to
the queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include import settings
from include.platforms import NAMES
from include.publishing import landing, registration
from include.publishing.registration import Refused
from include.releases.conf import ConfError, PublishConf, read_conf
from include.releases.export import ExportError, FileChanged


@dataclass(frozen=True, kw_only=True)
class Order:
    """A job that is written down; `conf` is that of its run, and the same wishes always have the same job."""

    job_id: str
    conf: Mapping[str, Any]
    publications: tuple[str, ...]


def read(owner: str, wishes: Mapping[str, Any]) -> PublishConf:
    """Return checked wishes as the conf of a run for `owner`; raise `Refused` with every problem."""
    distribution = settings.distribution()
    try:
        return read_conf(
            {**wishes, "owner": owner},
            segments=distribution.segments, age_buckets=distribution.age_buckets, platforms=NAMES,
        )  # fmt: skip
    except ConfError as error:
        raise Refused(error.problems) from None


def conf_of(checked: PublishConf) -> dict[str, Any]:
    """Return the conf of a run: what was asked for and no more, so that naming a default makes no other job."""
    asked = checked.model_dump(mode="json", exclude_defaults=True)
    return asked | {"owner": checked.owner, "export_root": checked.export_root or settings.export_root()}


def place(owner: str, wishes: Mapping[str, Any]) -> Order:
    """Write down what is asked for; raise `Refused` with every problem.

    The same order twice is one job with the same publications.
    """
    conf = conf_of(read(owner, wishes))
    try:
        job_id = landing.job_id_for(conf)
    except ExportError as error:
        raise Refused(error.problems) from None
    except FileChanged as error:
        raise Refused([str(error)]) from None
    registered = registration.register(conf, job_id)
    return Order(
        job_id=job_id, conf=conf, publications=tuple(each.publication_id for each in registered.publications)
    )  # fmt: skip
