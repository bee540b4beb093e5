"""Facebook Pages in the sandbox: their description (meta.md 5)."""

from __future__ import annotations

from include.sandbox.facebook_life import settle_all
from include.sandbox.facebook_published import published
from include.sandbox.facebook_thumbnails import preferred_of
from include.sandbox.meta_accounts import APP, FACEBOOK_SCOPES, make_page_account
from include.sandbox.meta_crowds import facebook_crowds, plant_videos
from include.sandbox.meta_dialog import sign_in_routes
from include.sandbox.meta_endpoints import endpoint_namer
from include.sandbox.meta_errors import UploadError, answer_upload_error
from include.sandbox.meta_graph import graph_routes
from include.sandbox.meta_rupload import resume, rupload_routes
from include.sandbox.meta_things import (
    FbComment,
    FbVideo,
    MetaPage,
    MetaPerson,
    MetaToken,
    MetaUpload,
    digits,
    new_page_id,
)
from include.sandbox.meta_tokens import account_of, expire
from include.sandbox.platforms import Kept, Platform

PLATFORM = Platform(
    name="facebook",
    place="Facebook",
    routes=lambda: [*graph_routes("facebook"), *rupload_routes("facebook"), *sign_in_routes("facebook")],
    bases={
        "graph": "/facebook/graph", "video": "/facebook/graph-video", "upload": "/facebook/rupload",
        "authorize": "/facebook/www",
    },
    endpoint_name=endpoint_namer("facebook"),
    error_handlers={UploadError: answer_upload_error},
    kept=(
        Kept(kind=MetaPerson),
        Kept(kind=MetaPage),
        Kept(kind=MetaToken),
        Kept(kind=MetaUpload),
        Kept(
            kind=FbVideo, file=lambda one: f"facebook-{one.id}", arrived=lambda one: one.uploaded_at,
            thumbnail=preferred_of,
        ),
        Kept(kind=FbComment),
    ),
    # `person`: name of who manages the Page, usually the Page's own; `tasks`: what that person may do, None for all;
    # `business_owned`: the Page shows in /me/accounts with business_management only; `business_client`: the same for a
    # Page of a client of the person's business; `trouble`: code of the error that forbids publishing (368);
    # `usage_percent`, `regain_minutes`: what the usage header says instead of the counter; `monetized`: in the program.
    traits={
        "person": None, "followers": 321, "tasks": None, "business_owned": False, "business_client": False,
        "trouble": None, "reels_per_day": None, "usage_percent": None, "regain_minutes": None, "monetized": True,
    },
    scopes=FACEBOOK_SCOPES,
    usual_scopes=FACEBOOK_SCOPES,
    app=APP,
    new_app_id=lambda: "1" + digits(15),
    new_account_id=new_page_id,
    make_account=make_page_account,
    peeks=True,
    account_of=account_of,
    expire_token=expire,
    resume=resume,
    settle=settle_all,
    published=published,
    crowds=facebook_crowds,
    plant=plant_videos,
    good=frozenset({"published", "scheduled", "draft"}),
    bad=frozenset({"error", "upload_failed", "expired"}),
)  # fmt: skip
