"""The shape of config/analytics.yaml and config/metrics/*.yaml: how often what is read, and which numbers there are."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator


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
