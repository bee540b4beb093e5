"""Many owners with many accounts, written at once: what the measurements of accounts work on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.figures import Say
from include.accounts import accounts, vault
from include.database import engine

OWNERS, EACH = 1000, 10
PLATFORMS = ("youtube", "tiktok", "instagram", "facebook", "linkedin")
TOKEN = "ya29." + "a" * 180
"""As long as Google's usually are; nobody accepts it."""

_ACCOUNT = (
    "insert into desk.account (owner, account_id, platform, platform_user_id, username, display_name, profile, scopes) "
    "values (%(owner)s, %(account_id)s, %(platform)s, %(user)s, %(user)s, 'A channel of theirs', "
    '\'{"followers": 1200, "picture": "https://example.com/p.jpg"}\', \'{publish,read}\')'
)
_SECRET = (
    "insert into desk.account_secret (owner, account_id, field, envelope, expires_at) "
    "values (%(owner)s, %(account_id)s, %(field)s, %(envelope)s, %(expires_at)s)"
)


def owner_name(number: int) -> str:
    """Return the name of an owner."""
    return f"owner-{number:04d}"


def gather(say: Say, *, owners: int = OWNERS, each: int = EACH) -> int:
    """Write `owners` × `each` accounts with two sealed tokens each; return how many tokens there are."""
    say(f"writing {owners * each} accounts of {owners} owners")
    later = datetime.now(UTC) + timedelta(days=1)
    for number in range(owners):
        owner, rows, secrets = owner_name(number), [], []
        for which in range(each):
            account_id = f"account-{which}"
            platform = PLATFORMS[which % len(PLATFORMS)]
            rows.append({"owner": owner, "account_id": account_id, "platform": platform, "user": f"{number}-{which}"})
            for field in ("access_token", "refresh_token"):
                place = f"account/{owner}/{account_id}/{field}"
                secrets.append(
                    {"owner": owner, "account_id": account_id, "field": field, "expires_at": later,
                     "envelope": vault.seal(TOKEN, belongs_to=place)}
                )  # fmt: skip
        with engine.transaction(owner) as connection:
            connection.exec_driver_sql(_ACCOUNT, rows)
            connection.exec_driver_sql(_SECRET, secrets)
    with engine.transaction(owner_name(0)) as connection:  # what is written here opens for the product
        assert accounts.read_tokens(connection, owner_name(0), "account-0").access_token == TOKEN
    return owners * each * 2
