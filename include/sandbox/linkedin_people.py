"""Who a member is, which organisations it administers, and what is known of those (B.1, B.5)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.linkedin_answers import (
    ORGANIZATION,
    Json,
    LinkedInError,
    answer,
    enter,
    invalid,
    pages_of,
    urn_in_path,
)
from include.sandbox.linkedin_crowds import followers

ADMIN = ("rw_organization_admin", "r_organization_admin")


async def user_info(request: Request) -> Response:
    """`GET /v2/userinfo`: no version is asked here."""
    caller = enter(request, "userinfo.GET", "openid", "profile", versioned=False)
    account, base = caller.account, str(request.base_url).rstrip("/")
    first, _, last = account.name.partition(" ")
    body: Json = {
        "sub": account.id, "name": account.name, "given_name": first, "family_name": last,
        "picture": f"{base}/pictures/account/{account.id}.svg", "locale": {"country": "US", "language": "en"},
    }  # fmt: skip
    if caller.may("email"):
        body |= {"email": f"{account.handle}@example.com", "email_verified": True}
    return answer(caller.world, body)


async def list_acls(request: Request) -> Response:
    """`GET /rest/organizationAcls?q=roleAssignee`: the member's roles."""
    caller = enter(request, "organizationAcls.FINDER-roleAssignee", *ADMIN)
    query = request.query_params
    if query.get("q") != "roleAssignee":
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "The finder must be named: q=roleAssignee")
    if query.get("state", "APPROVED") != "APPROVED":
        raise invalid("state", query.get("state"))
    pages = pages_of(caller.account) if query.get("role", "ADMINISTRATOR") == "ADMINISTRATOR" else []
    elements = [
        {"role": "ADMINISTRATOR", "organization": page, "roleAssignee": caller.urn, "state": "APPROVED"}
        for page in pages
    ]
    return answer(caller.world, {"elements": elements, "paging": {"start": 0, "count": 10, "links": []}})


async def read_organization(request: Request) -> Response:
    """`GET /rest/organizations/{number}`: for administrators."""
    caller = enter(request, "organizations.GET", *ADMIN)
    number = request.path_params["number"]
    if f"{ORGANIZATION}{number}" not in pages_of(caller.account):
        raise caller.denied()
    body = {"id": int(number), "localizedName": f"{caller.account.name} (page)", "vanityName": f"page-{number}"}
    return answer(caller.world, body)


async def read_network(request: Request) -> Response:
    """`GET /rest/networkSizes/{urn}?edgeType=COMPANY_FOLLOWED_BY_MEMBER`."""
    caller = enter(request, "networkSizes.GET", *ADMIN)
    if request.query_params.get("edgeType") != "COMPANY_FOLLOWED_BY_MEMBER":
        raise invalid("edgeType", request.query_params.get("edgeType"))
    page = urn_in_path(request)
    if page not in pages_of(caller.account):
        raise caller.denied()
    return answer(caller.world, {"firstDegreeSize": followers(caller.world, page, caller.world.now())})
