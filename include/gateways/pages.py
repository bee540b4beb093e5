"""Which Page a gateway's account posts as, out of those it lists."""

from __future__ import annotations

from typing import Any

from include.platforms.errors import AccountTrouble


def one_of(listed: Any, page_id: str | None, *, title: str, platform: str) -> tuple[str, str]:
    """Return id and name of the page that is meant; raise `AccountTrouble` naming those there are otherwise.

    LinkedIn's ids may come as URNs: their last part counts.
    """
    items = [each for each in listed or () if isinstance(each, dict) and each.get("id")]
    pages = {str(each["id"]).rsplit(":", 1)[-1]: str(each.get("name") or "") for each in items}
    wanted = page_id.rsplit(":", 1)[-1] if page_id else None
    mine = [key for key in pages if wanted in (None, key)]
    if len(mine) != 1:
        names = ", ".join(f"{name} ({key})" for key, name in pages.items()) or "none"
        raise AccountTrouble(f"Say with 'page_id' which {platform} page at {title} is meant; it has: {names}.")
    return mine[0], pages[mine[0]]
