"""REST: an account's second route, the same channel another way, for the day its own way is closed."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from include.accounts import accounts, second
from include.accounts.accounts import UnknownAccount
from include.accounts.second import CannotBeSecond
from include.desk.access import SignedIn
from include.desk.accounts import AccountAnswer, AccountName, shown
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import NO_ACCOUNT, FieldProblem, Trouble

router = APIRouter(prefix="/accounts", tags=["accounts"], route_class=RepeatableRoute)


class NewSecond(BaseModel):
    """Which account stands behind another one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"account_id": "tiktok_via_post"}]})

    account_id: AccountName


@router.put(
    "/{account_id}/second",
    summary="Choose an account's second route",
    response_description="The account, with `second` as it is now.",
    responses=problems(404, 409),
)
def choose_second(acting: SignedIn, account_id: str, new: NewSecond) -> AccountAnswer:
    """Let another account of yours stand behind this one: the same channel, through another route.

    It is used only when the first is surely not going to act and nothing of the publication is, or may be, on it. That
    both are the same channel is yours to know. The same request again changes nothing.
    """
    accounts.read(acting.owner, account_id)  # a 404; what is not found below is the other one
    try:
        return shown(second.choose(acting.owner, account_id, new.account_id))
    except CannotBeSecond as refused:
        raise Trouble(409, str(refused)) from None
    except UnknownAccount:
        raise Trouble(422, NO_ACCOUNT, [FieldProblem(where="account_id", what=NO_ACCOUNT)]) from None


@router.delete(
    "/{account_id}/second",
    summary="Take an account's second route away",
    response_description="The account, without a second route.",
    responses=problems(404),
)
def forget_second(acting: SignedIn, account_id: str) -> AccountAnswer:
    """Let nobody stand behind this account any more; both stay connected. A second call changes nothing.

    What went on to the second route already cannot be followed there any more and waits for you.
    """
    return shown(second.choose(acting.owner, account_id, None))
