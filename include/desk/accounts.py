"""REST: accounts, the connected channels, pages and profiles of the signed-in user."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response, status
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from include.accounts import accounts, connect, consent, disconnect
from include.accounts.accounts import Account
from include.accounts.health import health
from include.desk import connecting
from include.desk.access import SignedIn
from include.desk.answers import Word, problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import Trouble

router = APIRouter(prefix="/accounts", tags=["accounts"], route_class=RepeatableRoute)
AccountName = Annotated[str, Field(description="The name you give it.", examples=["my_youtube"], max_length=128)]


class Health(BaseModel):
    """Whether an account works."""

    state: Literal["connected", "expires_soon", "expired", "disconnected"] = Field(
        description="Whether it can publish.", examples=["connected"]
    )
    why: str | None = Field(description="A sentence, when it does not, or soon will not.", examples=[None])
    until: datetime | None = Field(
        description="When its access ends (UTC) unless it is connected again.", examples=["2027-06-01T09:00:00Z"]
    )


class AccountAnswer(BaseModel):
    """One connected channel, page or profile; its tokens are never shown."""

    account_id: AccountName
    platform: str = Field(description="Where it is.", examples=["youtube"])
    route: str = Field(description="`direct`, or the gateway it goes through.", examples=["direct"])
    health: Health = Field(description="Whether it works.")
    is_default: bool = Field(description="Used when a release names no account.", examples=[True])
    second: str | None = Field(
        description="The account behind it: the same channel through another route, used only when its own is surely "
        "not going to act; null: none.",
        examples=["youtube_via_post"],
    )
    platform_user_id: str | None = Field(description="Its id at the platform.", examples=["UCBR8-60-B28hp2BmDPdntcQ"])
    username: str | None = Field(description="Its name in addresses there.", examples=["studio"])
    display_name: str | None = Field(description="Its name as people see it.", examples=["The Studio"])
    picture: str | None = Field(description="Address of its picture.", examples=["https://example.com/studio.jpg"])
    followers: int | None = Field(description="How many follow it; null: not told.", examples=[1204])
    account_type: str | None = Field(
        description="personal, creator, business, … where the platform says so.", examples=["business"]
    )
    scopes: list[str] = Field(description="What the platform lets us do.", examples=[["user.info.basic"]])


class AccountsAnswer(BaseModel):
    """All your accounts."""

    accounts: list[AccountAnswer] = Field(description="By platform and name.")


class GivenCredentials(BaseModel):
    """What connects an account when you have tokens already; which are needed depends on the platform and the route."""

    model_config = ConfigDict(extra="allow")

    access_token: SecretStr | None = Field(None, description="Direct platforms.", examples=["…"])
    refresh_token: SecretStr | None = Field(
        None, description="Without it the account ends with the token.", examples=["…"]
    )
    expires_at: AwareDatetime | None = Field(
        None, description="When the access token ends, with an offset.", examples=["2026-12-01T09:00:00Z"]
    )
    scopes: list[str] | None = Field(None, description="What the token allows.", examples=[["user.info.basic"]])
    platform_user_id: str | None = Field(None, description="The account's id there.", examples=["UCBR8-60"])
    page_id: str | None = Field(
        None, description="Facebook and Instagram, when there are several Pages.", examples=["1029384756"]
    )
    ig_user_id: str | None = Field(None, description="Instagram, when there are several.", examples=["17841400000"])
    login: Literal["facebook", "instagram"] | None = Field(
        None, description="Instagram: which login the token is of.", examples=["facebook"]
    )
    author_urn: str | None = Field(
        None, description="LinkedIn: the member or organisation that posts.", examples=["urn:li:organization:42"]
    )
    api_key: SecretStr | None = Field(None, description="Gateways.", examples=["…"])
    user: str | None = Field(None, description="Gateways: the profile there.", examples=["studio"])

    def plain(self) -> dict[str, Any]:
        """Return what was given, secrets as text, for the one function that checks and seals them."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in given.items()
        }


class NewAccount(BaseModel):
    """An account to connect."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "account_id": "my_youtube",
                    "platform": "youtube",
                    "credentials": {
                        "access_token": "…",
                        "refresh_token": "…",
                        "expires_at": "2026-12-01T09:00:00Z",
                    },
                },
                {"account_id": "my_tiktok", "platform": "tiktok"},
            ]
        },
    )

    account_id: AccountName
    platform: Word = Field(description="Where it is.", examples=["youtube"])
    route: Word = Field("direct", description="`direct` or a gateway.", examples=["direct"])
    credentials: GivenCredentials | None = Field(None, description="Without them the answer is a consent page.")
    is_default: bool = Field(True, description="Use it when a release names no account.", examples=[True])
    login: Word | None = Field(
        None, description="Without credentials: which of the platform's logins.", examples=["facebook"]
    )
    return_to: str | None = Field(
        None, description="Without credentials: a path of the desk to end at.", examples=["/desk/accounts"]
    )


@router.get("", summary="List your accounts", response_description="Your accounts.", responses=problems())
def list_accounts(acting: SignedIn) -> AccountsAnswer:
    """All your accounts and their health, by platform and name."""
    return AccountsAnswer(accounts=[shown(each) for each in accounts.list_all(acting.owner)])


@router.post(
    "",
    summary="Connect an account",
    response_description="The account, connected.",
    status_code=status.HTTP_201_CREATED,
    responses=problems(409, 422, 429, 502, 503)
    | {202: {"description": "No credentials: the consent page to open.", "model": connecting.ConsentPage}},
    response_model=AccountAnswer,
)
def add_account(acting: SignedIn, new: NewAccount, response: Response) -> Any:
    """Check credentials with the platform and keep them encrypted, or answer with the consent page's address (202).

    Connecting an account again keeps its name, its history, and a refresh token that was not given anew. The same
    request twice is the same account.
    """
    if new.credentials is None:
        begun = _begin(acting.owner, new)
        return Response(begun.model_dump_json(), status.HTTP_202_ACCEPTED, media_type="application/json")
    try:
        account = connect.connect_given(
            acting.owner, new.account_id, new.platform, new.credentials.plain(), route=new.route,
            is_default=new.is_default,
        )  # fmt: skip
    except LookupError:
        raise Trouble(422, "We know no platform or route of this name. See docs/rest.md for those we know.") from None
    except ValueError as refused:
        raise _as_trouble(refused) from None
    response.headers["Location"] = f"accounts/{account.account_id}"
    return shown(account)


@router.get(
    "/{account_id}", summary="Look at one account", response_description="The account.", responses=problems(404)
)
def read_account(acting: SignedIn, account_id: str) -> AccountAnswer:
    """One account and its health."""
    return shown(accounts.read(acting.owner, account_id))


class DisconnectedAnswer(BaseModel):
    """How disconnecting went."""

    account_id: AccountName
    revoked: bool = Field(description="Whether the platform has taken our access back, too.", examples=[True])
    why_not: str | None = Field(
        description="Why not, as a sentence; the tokens are deleted all the same.", examples=[None]
    )


@router.delete(
    "/{account_id}",
    summary="Disconnect an account",
    response_description="It is disconnected.",
    responses=problems(404),
)
def remove_account(acting: SignedIn, account_id: str) -> DisconnectedAnswer:
    """Take our access back at the platform and delete the tokens; what was published stays in your history."""
    done = disconnect.disconnect(acting.owner, account_id)
    return DisconnectedAnswer(account_id=account_id, revoked=done.revoked, why_not=done.why_not)


def shown(account: Account) -> AccountAnswer:
    """Return an account as the API shows it: named fields only, so that nothing new in a profile gets out by itself."""
    profile: Mapping[str, Any] = account.profile
    told = health(account, datetime.now(UTC))
    return AccountAnswer(
        account_id=account.account_id,
        platform=account.platform,
        route=account.route,
        health=Health(state=told.state, why=told.why, until=told.until),
        is_default=account.is_default,
        second=account.second_account_id,
        platform_user_id=account.platform_user_id,
        username=account.username,
        display_name=account.display_name,
        picture=profile.get("picture"),
        followers=profile.get("followers"),
        account_type=profile.get("account_type"),
        scopes=list(account.scopes),
    )


def _begin(owner: str, new: NewAccount) -> connecting.ConsentPage:
    try:
        return connecting.begin(
            owner, new.platform, account_id=new.account_id, login=new.login, return_to=new.return_to,
            is_default=new.is_default,
        )  # fmt: skip
    except consent.ConsentRefused as refused:
        raise Trouble(422, str(refused)) from None
    except Trouble as trouble:  # where the platform stands in the address, one of no such name is a 404
        raise Trouble(422 if trouble.status == status.HTTP_404_NOT_FOUND else trouble.status, trouble.detail) from None


def _as_trouble(error: ValueError) -> Exception:
    """Return what to answer: pydantic names the fields, everything else is about a name that is taken or unusable."""
    return error if hasattr(error, "errors") else Trouble(409, str(error))
