"""Which call about an Instagram account, container, post or comment is answered by what."""

from __future__ import annotations

from collections.abc import Mapping

from include.sandbox import (
    instagram_account,
    instagram_comments,
    instagram_containers,
    instagram_insights,
    instagram_media,
    instagram_publishing,
)
from include.sandbox.meta_fields import Handler

INSTAGRAM: Mapping[tuple[str, str, str], Handler] = {
    ("POST", "profile", "media"): instagram_containers.create,
    ("GET", "container", ""): instagram_containers.read,
    ("POST", "profile", "media_publish"): instagram_publishing.publish,
    ("GET", "profile", "content_publishing_limit"): instagram_publishing.limit,
    ("GET", "profile", "media"): instagram_media.list_media,
    ("GET", "profile", "stories"): instagram_media.list_stories,
    ("GET", "profile", "insights"): instagram_account.of_profile,
    ("GET", "media", ""): instagram_media.read,
    ("POST", "media", ""): instagram_media.update,
    ("DELETE", "media", ""): instagram_media.delete,
    ("GET", "media", "insights"): instagram_insights.of_media_node,
    ("GET", "media", "comments"): instagram_comments.list_comments,
    ("POST", "media", "comments"): instagram_comments.comment_on,
    ("GET", "comment", ""): instagram_comments.read,
    ("POST", "comment", ""): instagram_comments.hide,
    ("DELETE", "comment", ""): instagram_comments.delete,
    ("GET", "comment", "replies"): instagram_comments.list_replies,
    ("POST", "comment", "replies"): instagram_comments.reply_to,
}
