"""Instagram in the sandbox: its description; with Facebook Login and with Instagram Login (meta.md 2)."""

from __future__ import annotations

from include.sandbox.instagram_fetching import resume
from include.sandbox.instagram_life import settle_all
from include.sandbox.instagram_published import cover_of, published
from include.sandbox.meta_accounts import APP, FACEBOOK_SCOPES, INSTAGRAM_SCOPES, make_profile_account
from include.sandbox.meta_crowds import instagram_crowds, plant_media
from include.sandbox.meta_dialog import sign_in_routes
from include.sandbox.meta_endpoints import endpoint_namer
from include.sandbox.meta_graph import graph_routes
from include.sandbox.meta_rupload import rupload_routes
from include.sandbox.meta_things import IgComment, IgContainer, IgMedia, IgProfile, digits, new_profile_id
from include.sandbox.meta_tokens import account_of, expire
from include.sandbox.platforms import Kept, Platform

PLATFORM = Platform(
    name="instagram",
    place="Instagram",
    routes=lambda: [*graph_routes("instagram"), *rupload_routes("instagram"), *sign_in_routes("instagram")],
    bases={
        "graph": "/instagram/graph", "instagram_graph": "/instagram/graph-ig", "upload": "/instagram/rupload",
        "authorize": "/instagram/www", "instagram_authorize": "/instagram/www-ig",
        "instagram_token": "/instagram/api-ig",
    },
    endpoint_name=endpoint_namer("instagram"),
    kept=(
        Kept(kind=IgProfile),
        Kept(
            kind=IgContainer, file=lambda one: f"instagram-{one.id}", arrived=lambda one: one.uploaded_at,
            thumbnail=cover_of,
        ),
        Kept(
            kind=IgMedia, file=lambda one: str(one.file), arrived=lambda one: float(one.created_at), thumbnail=cover_of,
        ),
        Kept(kind=IgComment),
    ),
    # `login`: of the credentials, facebook or instagram; `person` and `page`: names, usually the account's own;
    # `blocked`: error 25/2207050; `quota_total`: own publishing limit; `usage_percent`, `regain_minutes`: what the
    # usage header says instead of the counter, from 100 on with error 80002; `professional_since`: older posts have no
    # insights.
    traits={
        "login": "facebook", "person": None, "page": None, "account_type": "BUSINESS", "followers": 1234,
        "blocked": False, "quota_total": None, "trial_reels": False, "usage_percent": None, "regain_minutes": None,
        "professional_since": None,
    },
    scopes=FACEBOOK_SCOPES + INSTAGRAM_SCOPES,
    usual_scopes=FACEBOOK_SCOPES,
    app=APP,
    new_app_id=lambda: "1" + digits(15),
    new_account_id=new_profile_id,
    make_account=make_profile_account,
    peeks=True,
    account_of=account_of,
    expire_token=expire,
    resume=resume,
    settle=settle_all,
    published=published,
    crowds=instagram_crowds,
    plant=plant_media,
    good=frozenset({"PUBLISHED"}),
)  # fmt: skip
