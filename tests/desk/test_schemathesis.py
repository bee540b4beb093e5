"""Every route of the OpenAPI document, asked what nobody would ask: no server error, and every answer as described.

Schemathesis makes the requests, of the right shape and of wrong ones, for a user who is signed in and has things.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.errors
import pytest
import schemathesis
import yaml
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from include import settings as product
from include.platforms import NAMES
from tests.desk.people import Ask
from tests.publishing.studio import OWNER, Studio

CHECKS = [
    schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]  # fmt: skip
EXAMPLES = 40
"""Requests a route and kind (right and wrong ones)."""
RELEASE = {"segment": "women", "age_bucket": "18-23", "title_id": "t1"}
UNHURRIED = {"requests_per_minute": 1e9, "requests_at_once": 1_000_000}
QUICK = hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]


@pytest.fixture
def busy(studio: Studio, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Alice, with accounts, a job that waits, and no limit on how often she may ask."""
    path = Path(studio.folder / "config" / "distribution.yaml")
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(content | {"rest": UNHURRIED}))
    product.forget()
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    for platform in NAMES:
        for variable in product.app_variables(platform)[1:]:
            monkeypatch.setenv(variable, os.environ.get(variable, "our-app"))
    answer = ask(OWNER).post("/publish/scheduled", json=RELEASE | {"scheduled_for": "2027-01-15T09:00:00"})
    assert answer.status_code == 202, answer.text
    return ask


def ids(ask: Ask) -> dict[str, str]:
    """Return real ids for half of the requests: what only meets 404 tests little."""
    job = ask(OWNER).get("/jobs").json()["jobs"][0]
    return {"job_id": job["job_id"], "account_id": "my_youtube", "publication_id": job["results"][0]["publication_id"]}


def mounted(app: Any) -> Any:
    """Return the app below its prefix; Starlette's own `Mount` has another answer for a line feed in an address."""

    async def below(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope = {**scope, "root_path": "/api/publishing"}
        await app(scope, receive, send)

    return below


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_no_route_fails_and_every_answer_is_as_described(busy: Ask, mode: GenerationMode):
    known = ids(busy)
    asked, problems = Counter[str](), []
    application = mounted(busy(OWNER)._transport.app)  # type: ignore[attr-defined]
    signed = {"Authorization": f"Bearer {OWNER}"}
    schema = schemathesis.openapi.from_asgi("/api/publishing/openapi.json", application, headers=signed)
    for found in schema.get_all_operations():
        operation = found.ok()

        def ask_once(case: Any) -> None:
            asked[case.operation.label] += 1
            if asked[case.operation.label] % 2:
                case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
            case.headers.pop("X-Act-For", None)  # nobody may act for whom it makes up
            case.validate_response(case.call(headers=signed), checks=CHECKS)

        try:
            hypothesis.given(case=operation.as_strategy(generation_mode=mode))(QUICK(ask_once))()
        except hypothesis.errors.Unsatisfiable:  # nothing can be wrong there
            continue
        except (Exception, BaseExceptionGroup) as error:
            told = getattr(error, "message", None) or error
            problems.append(f"{operation.label}: {told}"[:3000])
    assert not problems, "\n\n".join(problems)
    assert len(asked) >= 15
    assert sum(asked.values()) >= 15 * EXAMPLES / 2
