"""Rules that make the sandbox misbehave: which request, what happens to it, and how often."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

ACTIONS: dict[str, set[str]] = {
    "drop_before": set(),
    "drop_after": set(),
    "status": {"status", "headers", "body", "act"},
    "delay": {"seconds"},
    "hang": {"seconds", "act"},
    "cut_after_bytes": {"bytes"},
    "forget_session": set(),
    "expire_token": set(),
    "fail_processing": {"reason"},
}
"""Every action with its own parameters. `act`: carry the request out first, then keep the answer back."""
MATCHERS = {"platform", "method", "path", "endpoint", "nth", "account"}
REQUIRED = {"status": "status", "delay": "seconds", "hang": "seconds", "cut_after_bytes": "bytes",
            "fail_processing": "reason"}  # fmt: skip


class BadRule(ValueError):
    """A rule that cannot be understood, with the reason."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a rule can look at. `accounts` are the account's id and name, empty when nobody is signed in."""

    platform: str | None
    method: str
    path: str
    endpoint: str
    accounts: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Rule:
    """One rule. It acts on the `nth` matching request (default: the first) and on the following, `times` in all.

    `times` None is without end. `seen` counts matching requests, `hits` those it acted on.
    """

    id: int
    match: dict[str, Any]
    action: str
    times: int | None = 1
    parameters: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    hits: int = 0

    def fits(self, asked: Asked) -> bool:
        """Tell whether the request is one this rule is about."""
        for name in ("platform", "method", "endpoint"):
            if name in self.match and self.match[name] != getattr(asked, name):
                return False
        if "path" in self.match and not re.search(self.match["path"], asked.path):
            return False
        return "account" not in self.match or self.match["account"] in asked.accounts

    def is_due(self) -> bool:
        """Tell whether the request just counted in `seen` is one to act on."""
        return self.seen >= self.match.get("nth", 1) and (self.times is None or self.hits < self.times)


class Faults:
    """All rules, oldest first; a request suffers at most one of them."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._count = 0

    def add(self, wanted: Any) -> Rule:
        """Add a rule given as JSON; raises `BadRule`."""
        rule = read_rule(wanted, self._count + 1)
        self._count += 1
        self._rules.append(rule)
        return rule

    def next_for(self, asked: Asked) -> Rule | None:
        """Count the request for every rule it fits and return the first that acts on it."""
        chosen: Rule | None = None
        for rule in self._rules:
            if not rule.fits(asked):
                continue
            rule.seen += 1
            if chosen is None and rule.is_due():
                rule.hits += 1
                chosen = rule
        return chosen

    def all(self) -> list[dict[str, Any]]:
        """Return every rule with its counts."""
        return [asdict(rule) for rule in self._rules]

    def clear(self) -> None:
        """Behave again."""
        self._rules.clear()


def read_rule(wanted: Any, number: int) -> Rule:
    """Turn JSON into a rule; raises `BadRule` with a sentence about the first thing wrong."""
    if not isinstance(wanted, dict) or wanted.get("action") not in ACTIONS:
        raise BadRule(f"A rule is an object with an action, one of {', '.join(ACTIONS)}.")
    action, match = wanted["action"], wanted.get("match") or {}
    parameters = {name: value for name, value in wanted.items() if name not in {"match", "action", "times"}}
    if unknown := (set(parameters) - ACTIONS[action]) | (set(match) - MATCHERS):
        raise BadRule(f"{action} knows {sorted(ACTIONS[action])} and match knows {sorted(MATCHERS)}; not {unknown}.")
    if REQUIRED.get(action) and REQUIRED[action] not in parameters:
        raise BadRule(f"{action} needs {REQUIRED[action]}.")
    try:
        re.compile(match.get("path", ""))
    except (re.error, TypeError) as error:
        raise BadRule(f"path is not a regular expression: {error}.") from None
    times = wanted.get("times", 1)
    for count in (times if times is not None else 1, match.get("nth", 1)):
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise BadRule("times and nth are counts from 1; times may be null for always.")
    return Rule(id=number, match=match, action=action, times=times, parameters=parameters)
