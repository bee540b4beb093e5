"""Which call about a Page or a video is answered by what."""

from __future__ import annotations

from collections.abc import Mapping

from include.sandbox import (
    facebook_comments,
    facebook_insights,
    facebook_reels,
    facebook_thumbnails,
    facebook_video,
    facebook_videos,
)
from include.sandbox.meta_fields import Handler

FACEBOOK: Mapping[tuple[str, str, str], Handler] = {
    ("POST", "page", "videos"): facebook_videos.post,
    ("GET", "page", "videos"): facebook_video.list_videos,
    ("POST", "page", "video_reels"): facebook_reels.post_reel,
    ("GET", "page", "video_reels"): facebook_video.list_reels,
    ("POST", "page", "video_stories"): facebook_reels.post_story,
    ("GET", "page", "published_posts"): facebook_video.list_published,
    ("GET", "page", "posts"): facebook_video.list_published,
    ("GET", "page", "scheduled_posts"): facebook_video.list_scheduled,
    ("GET", "page", "insights"): facebook_insights.of_page,
    ("GET", "video", ""): facebook_video.read,
    ("POST", "video", ""): facebook_video.update,
    ("DELETE", "video", ""): facebook_video.delete,
    ("GET", "video", "thumbnails"): facebook_thumbnails.show_all,
    ("POST", "video", "thumbnails"): facebook_thumbnails.add,
    ("GET", "video", "video_insights"): facebook_insights.of_video,
    ("GET", "video", "insights"): facebook_insights.of_post,
    ("GET", "video", "comments"): facebook_comments.list_comments,
    ("POST", "video", "comments"): facebook_comments.comment_on,
    ("GET", "fb_comment", ""): facebook_comments.read,
    ("POST", "fb_comment", ""): facebook_comments.update,
    ("DELETE", "fb_comment", ""): facebook_comments.delete,
    ("GET", "fb_comment", "comments"): facebook_comments.list_replies,
    ("POST", "fb_comment", "comments"): facebook_comments.reply_to,
}
