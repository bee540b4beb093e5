-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- A video's day on YouTube: what the counters showed last, the day's own numbers, and how often it was shown.
-- Views of the older meaning are engaged_views. Saves are additions to playlists.
create view staging.stg_youtube__video_daily with (security_invoker = true) as
with told as (
    select
        c.owner,
c.account_id,
c.video_id,
c.day,
c.views as views_total,
c.likes as likes_total,
        c.comments as comments_total,
null::bigint as views,
null::bigint as engaged_views,
null::bigint as likes,
        null::bigint as dislikes,
null::bigint as comments,
null::bigint as shares,
null::bigint as saves,
        null::bigint as impressions,
null::numeric as click_rate,
null::numeric as watch_seconds,
        null::numeric as average_view_seconds,
null::numeric as completion_rate,
null::bigint as followers_gained,
        null::bigint as followers_lost,
null::boolean as provisional,
c.collected_at
    from (
        select distinct on (owner, account_id, video_id, day) *
        from youtube.video_counter
        order by owner asc, account_id asc, video_id asc, day asc, slot desc
    ) as c
    union all
    select
        d.owner,
d.account_id,
d.video_id,
d.day,
null,
null,
null,
d.views,
d.engaged_views,
d.likes,
d.dislikes,
        d.comments,
d.shares,
d.videos_added_to_playlists,
null,
null,
d.estimated_minutes_watched * 60::numeric,
        d.average_view_duration,
d.average_view_percentage / 100,
d.subscribers_gained,
d.subscribers_lost,
        d.provisional,
d.collected_at
    from youtube.video_daily as d
    union all
    select
        r.owner,
r.account_id,
r.video_id,
r.day,
null,
null,
null,
null,
null,
null,
null,
null,
null,
null,
        r.thumbnail_impressions,
r.thumbnail_click_rate,
null,
null,
null,
null,
null,
null,
r.collected_at
    from youtube.reach_daily as r
    where r.video_id <> ''
)

select
    'youtube'::text as platform,
t.owner,
t.account_id,
t.video_id,
t.day,
    max(t.views_total) as views_total,
max(t.likes_total) as likes_total,
max(t.comments_total) as comments_total,
    null::bigint as shares_total,
null::bigint as saves_total,
null::bigint as reach_total,
    null::numeric as watch_seconds_total,
max(t.views) as views,
max(t.engaged_views) as engaged_views,
    max(t.likes) as likes,
max(t.dislikes) as dislikes,
max(t.comments) as comments,
max(t.shares) as shares,
    max(t.saves) as saves,
max(t.impressions) as impressions,
max(t.click_rate) as click_rate,
    max(t.watch_seconds) as watch_seconds,
max(t.average_view_seconds) as average_view_seconds,
    max(t.completion_rate) as completion_rate,
max(t.followers_gained) as followers_gained,
    max(t.followers_lost) as followers_lost,
coalesce(bool_or(t.provisional), true) as provisional,
    max(t.collected_at) as collected_at
from told as t
group by t.owner, t.account_id, t.video_id, t.day;
