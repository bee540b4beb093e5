"""REST: where your webhooks go, and what they are signed with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field

from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import Trouble
from include.publishing import endpoints
from include.publishing.endpoints import Endpoint
from include.publishing.wording import Kind

router = APIRouter(prefix="/webhooks", tags=["notices"], route_class=RepeatableRoute)


class WebhookAnswer(BaseModel):
    """One address your webhooks go to."""

    endpoint_id: str = Field(description="Names it.", examples=["0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e"])
    url: str = Field(description="Where notices are sent.", examples=["https://example.com/hooks/desk"])
    kinds: list[str] = Field(description="What it is told; empty: everything.", examples=[["published", "failed"]])
    for_jobs: bool = Field(description="Made by a job's `webhook_url`: it is told of such jobs only.", examples=[False])
    created_at: datetime = Field(description="UTC.", examples=["2026-12-01T09:00:00Z"])
    failing_since: datetime | None = Field(description="Nothing has arrived there since (UTC).", examples=[None])
    failures: int = Field(description="Tries that failed in a row.", examples=[0])
    last_trouble: str | None = Field(description="Why the last one failed.", examples=[None])
    paused_at: datetime | None = Field(description="What would go there is held since then (UTC).", examples=[None])


class WebhooksAnswer(BaseModel):
    """All your webhooks."""

    webhooks: list[WebhookAnswer] = Field(description="All of yours.")


class NewWebhook(BaseModel):
    """An address for your webhooks."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        description="An https address in the open internet; redirects are not followed.",
        examples=["https://example.com/hooks/desk"], min_length=1, max_length=2048,
    )  # fmt: skip
    kinds: list[Kind] = Field([], description="What it is told; empty: everything.", examples=[[]], max_length=20)


class SecretAnswer(BaseModel):
    """What your webhooks are signed with."""

    secret: str = Field(
        description="Shown this once. The libraries of standardwebhooks.com take it as it is.", examples=["whsec_…"]
    )


@router.get("", summary="List your webhooks", response_description="Your webhooks.", responses=problems())
def list_webhooks(acting: SignedIn) -> WebhooksAnswer:
    """Every address your webhooks go to, and whether anything arrives there."""
    return WebhooksAnswer(webhooks=[_shown(each) for each in endpoints.list_all(acting.owner)])


@router.post(
    "",
    summary="Add a webhook",
    status_code=status.HTTP_201_CREATED,
    response_description="The webhook.",
    responses=problems(422),
)
def add_webhook(acting: SignedIn, new: NewWebhook) -> WebhookAnswer:
    """Keep an address; the same one again changes its `kinds`. Private, loopback and metadata addresses are refused.

    Everything is signed with your own secret: get one with `POST …/webhooks/secret`.
    """
    try:
        return _shown(endpoints.add(acting.owner, new.url, new.kinds))
    except endpoints.Refused as refused:
        raise Trouble(422, str(refused)) from None


@router.post(
    "/secret", summary="Make a new signing secret", response_description="The secret.", responses=problems(503)
)
def new_secret(acting: SignedIn) -> SecretAnswer:
    """Make a new secret for all your webhooks; the one before signs along for a day, so that receivers can change."""
    return SecretAnswer(secret=endpoints.new_secret(acting.owner))


@router.post(
    "/{endpoint_id}/resume", summary="Resume a webhook", response_description="The webhook.", responses=problems(404)
)
def resume_webhook(acting: SignedIn, endpoint_id: str) -> WebhookAnswer:
    """Send what was held while it was paused, and what comes. It is paused when nothing arrives for about a day."""
    return _shown(_found(endpoints.resume, acting.owner, endpoint_id))


@router.delete(
    "/{endpoint_id}",
    summary="Remove a webhook",
    status_code=status.HTTP_204_NO_CONTENT,
    response_description="It is gone.",
    responses=problems(404),
)
def remove_webhook(acting: SignedIn, endpoint_id: str) -> Response:
    """Remove an address and everything on its way there."""
    _found(endpoints.remove, acting.owner, endpoint_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def _found(act: Any, owner: str, endpoint_id: str) -> Endpoint:
    try:
        found: Endpoint = act(owner, endpoint_id)
    except endpoints.UnknownEndpoint as error:
        raise Trouble(404, f"{error} GET /api/publishing/webhooks lists yours.") from None
    return found


def _shown(endpoint: Endpoint) -> WebhookAnswer:
    return WebhookAnswer(**vars(endpoint) | {"kinds": list(endpoint.kinds)})
