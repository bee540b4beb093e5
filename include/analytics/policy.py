"""What the platforms forbid and allow, as config/policy.yaml says: asked before something is made, enforced by upkeep.

Later parts ask `derived_metrics` before they score, judge or mix a platform's rows, and `may_profile_fans` before they
keep anything about a viewer; the verdict has the sentence that people are shown. What goes with a disconnected account
(`all.delete_on_disconnect`) goes in the transaction that disconnects it: include/accounts/disconnect.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from include import settings
from include.database import engine, queries
from include.measurement import Policy, Rule

SQL = queries.load("policy")
COLLECTING = queries.load("collecting")
NOBODY = "-"
"""Asks across owners; owns nothing."""
LABEL = "Calculated by Release Desk, not a number of {platform}'s."
"""What stands beside derived numbers where the platform wants them told apart."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a rule allows something; `why` names the rule and what would lift it, `label` is what to show."""

    allowed: bool
    rule: str
    why: str = ""
    label: str | None = None


def rules() -> Policy:
    """Return config/policy.yaml; raise `SettingsError` naming every wrong line."""
    found: Policy = settings.configured(Policy, "policy.yaml")
    return found


def rule(platform: str, name: str) -> Rule:
    """Return one rule; raise `SettingsError` when the file has none of that name."""
    found = rules().rules.get(platform, {}).get(name)
    if found is None:
        raise settings.SettingsError(f"config/policy.yaml has no rule {platform}.{name}.")
    return found


def derived_metrics(platform: str) -> Verdict:
    """Say whether scores, sentiment, categories, projections and mixing may be made of a platform's rows.

    Platforms without such a rule allow it.
    """
    found = rules().rules.get(platform, {}).get("derived_metrics")
    if found is None or found.value == "accepted":
        label = LABEL.format(platform=platform.capitalize()) if found is not None else None
        return Verdict(allowed=True, rule=f"{platform}.derived_metrics", label=label)
    return _refused(f"{platform}.derived_metrics", found)


def may_profile_fans(platform: str) -> Verdict:
    """Say whether anything may be kept about people who comment, beyond their comments."""
    found = rules().rules.get(platform, {}).get("fans")
    if found is None or found.value == "consented":
        return Verdict(allowed=True, rule=f"{platform}.fans")
    return _refused(f"{platform}.fans", found)


def _refused(name: str, found: Rule) -> Verdict:
    return Verdict(allowed=False, rule=name, why=f"Not allowed by {name}: {found.means} {found.lifted_by}".strip())


def enforce(now: datetime | None = None) -> dict[str, int]:
    """Delete what was kept longer than a platform allows, for every owner; return how many rows by platform.

    A row that was read again is as old as its last reading that changed it. Run once a day.
    """
    now = now or datetime.now(UTC)
    done: dict[str, int] = {}
    for platform, of_platform in rules().rules.items():
        days = of_platform["keep_statistics_days"].value if "keep_statistics_days" in of_platform else None
        if isinstance(days, int) and not isinstance(days, bool):
            done[platform] = _forget_older(platform, now - timedelta(days=days))
    return done


def _forget_older(platform: str, before: datetime) -> int:
    """Delete a platform's rows of every owner who has an account there; one transaction an owner."""
    with engine.transaction(NOBODY) as connection:
        owners = list(connection.exec_driver_sql(SQL["owners_on"], {"platform": platform}).scalars())
    rows = 0
    for owner in owners:
        with engine.transaction(owner) as connection:
            gone = connection.exec_driver_sql(SQL["forget_older"], {"schemas": [platform], "before": before}).one()
            if gone.days:
                known = {"owner": owner, "platform": platform, "days": gone.days}
                connection.exec_driver_sql(COLLECTING["touch_days"], known)
            rows += gone.rows_gone
    return rows
