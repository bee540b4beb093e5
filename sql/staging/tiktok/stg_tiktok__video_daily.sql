-- One row per TikTok video and day: what the day's last readings of its counters and its insights showed.
-- TikTok tells no numbers of a single day. Average seconds and completion are those of the video's whole life.
create view staging.stg_tiktok__video_daily with (security_invoker = true) as
select -- noqa: ST06
    'tiktok' as platform,
    r.owner,
    r.account_id,
    r.video_id,
    r.day,
    coalesce(max(r.view_count), max(r.video_views)) as views_total,
    coalesce(max(r.like_count), max(r.likes)) as likes_total,
    coalesce(max(r.comment_count), max(r.comments)) as comments_total,
    coalesce(max(r.share_count), max(r.shares)) as shares_total,
    max(r.favorites) as saves_total,
    max(r.reach) as reach_total,
    max(r.total_time_watched) as watch_seconds_total,
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
    max(r.average_time_watched) as average_view_seconds,
    max(r.full_video_watched_rate) as completion_rate,
    null::bigint as followers_gained,
    null::bigint as followers_lost,
    coalesce(bool_or(r.provisional), false) as provisional,
    max(r.collected_at) as collected_at
from (
    select *
    from (
        select distinct on (c.owner, c.account_id, c.video_id, c.day)
            c.owner,
            c.account_id,
            c.video_id,
            c.day,
            c.view_count,
            c.like_count,
            c.comment_count,
            c.share_count,
            null::bigint as video_views,
            null::bigint as likes,
            null::bigint as comments,
            null::bigint as shares,
            null::bigint as favorites,
            null::bigint as reach,
            null::numeric as total_time_watched,
            null::numeric as average_time_watched,
            null::numeric as full_video_watched_rate,
            null::boolean as provisional,
            c.collected_at
        from tiktok.video_counter as c
        order by c.owner asc, c.account_id asc, c.video_id asc, c.day asc, c.slot desc
    ) as counters
    union all
    select
        i.owner,
        i.account_id,
        i.video_id,
        i.day,
        null::bigint as view_count,
        null::bigint as like_count,
        null::bigint as comment_count,
        null::bigint as share_count,
        i.video_views,
        i.likes,
        i.comments,
        i.shares,
        i.favorites,
        i.reach,
        i.total_time_watched,
        i.average_time_watched,
        i.full_video_watched_rate,
        i.provisional,
        i.collected_at
    from tiktok.video_insight as i
) as r
group by r.owner, r.account_id, r.video_id, r.day;
