"""The shape of config/analytics.yaml, config/metrics/*.yaml, config/imports.yaml and config/policy.yaml.

How often what is read, which numbers there are, which columns of files we know, and what the platforms forbid.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Step(BaseModel):
    """One step of a cadence: up to which age of a publication (days; None: for ever) it is read every so many hours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    until_days: float | None = Field(None, gt=0)
    every_hours: float = Field(gt=0)


class Analytics(BaseModel):
    """All of config/analytics.yaml: cadences by name, and what each platform's readers may be told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cadences: dict[str, tuple[Step, ...]]
    keep_syncs_days: int = Field(90, gt=0)
    ask_refused_again_days: int = Field(30, gt=0)
    platforms: dict[str, dict[str, Any]] = {}

    @field_validator("cadences")
    @classmethod
    def _in_order(cls, cadences: dict[str, tuple[Step, ...]]) -> dict[str, tuple[Step, ...]]:
        for name, steps in cadences.items():
            ends = [step.until_days for step in steps[:-1]]
            if not steps or None in ends or ends != sorted(ends, key=lambda end: end or 0):
                raise ValueError(f"{name}: steps go from young to old, and only the last may have no end")
        return cadences


class MetricLine(BaseModel):
    """One metric as config/metrics/<platform>.yaml has it; `include.platforms.reading.Metric` says what it means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    field: str
    dataset: str
    unit: str
    products: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    source: str
    note: str = ""


class MetricFile(BaseModel):
    """All metrics of one platform."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metrics: tuple[MetricLine, ...]


Holds = Literal[
    "text", "id", "day", "whole", "number", "money", "percent", "hours", "clock", "grade", "country", "code"
]


class ImportColumn(BaseModel):
    """One of our columns: what its cells hold, and what dashboards call it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    holds: Holds
    names: tuple[str, ...]


class ImportKind(BaseModel):
    """One kind of file: where its rows go, and which columns it must have one of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    platform: str | None = None
    about: tuple[str, ...]
    any_of: tuple[str, ...]
    columns: dict[str, ImportColumn]


class Imports(BaseModel):
    """All of config/imports.yaml; other keys of the file are pieces its kinds are made of."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    totals: tuple[str, ...]
    kinds: dict[str, ImportKind]


class Rule(BaseModel):
    """One rule of a platform: the operator's choice, what may be chosen, what lifts it, and where it stands.

    `set_in` names the file that carries the choice, where it is not here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    means: str
    source: str
    checked: date
    value: bool | int | str | list[str] | None = None
    choices: tuple[bool | int | str | None, ...] = ()
    lifted_by: str = ""
    set_in: str | None = None

    @model_validator(mode="after")
    def _is_a_choice(self) -> Rule:
        if self.choices and self.value not in self.choices:
            raise ValueError(f"the value must be one of {', '.join(map(str, self.choices))}, not {self.value}")
        return self


class Policy(BaseModel):
    """All of config/policy.yaml: rules by platform (``all`` for every one) and name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: dict[str, dict[str, Rule]]
