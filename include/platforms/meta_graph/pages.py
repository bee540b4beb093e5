"""The Facebook Pages a person manages, and the Instagram account behind each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from include.platforms.errors import AccountTrouble, Rejected
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.paging import entries

FIELDS = "id,name,tasks"
NO_PAGES = (
    "Meta shows no Facebook Page for this login. Pages that belong to a business portfolio are only shown with the "
    "permission business_management: connect again and allow it, or have somebody give this person a role on the Page."
)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A Page this person has a role on; `tasks` is empty where Meta does not tell them."""

    id: str
    name: str
    tasks: tuple[str, ...] = ()

    @property
    def may_post(self) -> bool:
        """Say whether the person may publish there (unknown counts as yes)."""
        return not self.tasks or bool({"CREATE_CONTENT", "MANAGE"} & set(self.tasks))


def managed_pages(graph: Graph) -> list[Page]:
    """Return the Pages of the signed-in person, those of their businesses too; each once.

    Pages of a business may be missing in `/me/accounts`, all of them or some (meta.md 1.4), so the businesses are
    walked, too; a person without businesses, or without the permission to see them, has none. A token that is a Page's
    own gives that Page alone.
    """
    try:
        found = _listed(graph, "me/accounts")
    except Rejected as error:
        if str(error.code or "").split("/")[0] not in {"100", "2500"}:
            raise
        return [_own_page(graph)]  # a Page token: `me` is the Page
    own = {page.id: page for page in found}
    return list((own | {page.id: page for page in _of_businesses(graph) if page.id not in own}).values())


def page_token(graph: Graph, page_id: str) -> str:
    """Return the Page's own token; obtained with a long-lived user token it does not expire (meta.md 1.4).

    Raises `AccountTrouble` when the person may not act for this Page.
    """
    answer = graph.get(page_id, endpoint="page.token", params={"fields": "access_token"})
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise AccountTrouble(f"Meta gives this person no access to the Page {page_id}. Check their role on the Page.")
    return token


def instagram_account(graph: Graph, page_id: str) -> str | None:
    """Return the id of the professional Instagram account linked to a Page, or None.

    Asked for each Page alone: nested in a list it can empty the whole list (meta.md 1.4).
    """
    fields = {"fields": "instagram_business_account"}
    answer = graph.get(page_id, endpoint="page.instagram_account", params=fields)
    linked = answer.get("instagram_business_account")
    return str(linked["id"]) if isinstance(linked, dict) and linked.get("id") else None


def _of_businesses(graph: Graph) -> list[Page]:
    found: list[Page] = []
    try:
        businesses = list(entries(graph, "me/businesses", endpoint="businesses.list", params={"limit": 100}))
        for business in businesses:
            for edge in ("owned_pages", "client_pages"):
                found += _listed(graph, f"{business['id']}/{edge}")
    except (AccountTrouble, Rejected) as error:
        if isinstance(error, AccountTrouble) and str(error.code or "").startswith(("190", "102")):
            raise
    return found


def _own_page(graph: Graph) -> Page:
    return _page(graph.get("me", endpoint="page.read", params={"fields": "id,name"}))


def _listed(graph: Graph, path: str) -> list[Page]:
    params = {"fields": FIELDS, "limit": 100}
    return [_page(each) for each in entries(graph, path, endpoint="pages.list", params=params)]


def _page(fields: dict[str, Any]) -> Page:
    tasks = fields.get("tasks")
    return Page(
        id=str(fields.get("id") or ""),
        name=str(fields.get("name") or ""),
        tasks=tuple(map(str, tasks)) if isinstance(tasks, list) else (),
    )
