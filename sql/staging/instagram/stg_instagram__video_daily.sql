-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- A post's or story's day on Instagram: what its counters and insights showed last; Instagram tells no numbers of a day.
create view staging.stg_instagram__video_daily with (security_invoker = true) as
with told as (
    select
        c.owner,
        c.account_id,
        c.video_id,
        c.day,
        null::bigint as views_total,
        c.like_count as likes_total,
        c.comments_count as comments_total,
        c.shares_count as shares_total,
        c.saved_count as saves_total,
        null::bigint as reach_total,
        null::numeric as watch_seconds_total,
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
        from instagram.video_counter
        order by owner asc, account_id asc, video_id asc, day asc, slot desc
    ) as c
    union all
    select
        i.owner,
        i.account_id,
        i.video_id,
        i.day,
        i.views as views_total,
        i.likes as likes_total,
        i.comments as comments_total,
        i.shares as shares_total,
        i.saved as saves_total,
        i.reach as reach_total,
        i.ig_reels_video_view_total_time / 1000::numeric as watch_seconds_total,
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
        i.ig_reels_avg_watch_time / 1000::numeric as average_view_seconds,
        null::numeric as completion_rate,
        null::bigint as followers_gained,
        null::bigint as followers_lost,
        i.provisional,
        i.collected_at
    from (
        select distinct on (owner, account_id, video_id, day) *
        from instagram.media_insight
        order by owner asc, account_id asc, video_id asc, day asc, slot desc
    ) as i
    union all
    select
        s.owner,
        s.account_id,
        s.video_id,
        s.day,
        s.views as views_total,
        null::bigint as likes_total,
        s.replies as comments_total,
        s.shares as shares_total,
        null::bigint as saves_total,
        s.reach as reach_total,
        null::numeric as watch_seconds_total,
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
        s.collected_at
    from (
        select distinct on (owner, account_id, video_id, day) *
        from instagram.story
        order by owner asc, account_id asc, video_id asc, day asc, slot desc
    ) as s
)

select
    'instagram'::text as platform,
    owner,
    account_id,
    video_id,
    day,
    max(views_total) as views_total,
    max(likes_total) as likes_total,
    max(comments_total) as comments_total,
    max(shares_total) as shares_total,
    max(saves_total) as saves_total,
    max(reach_total) as reach_total,
    max(watch_seconds_total) as watch_seconds_total,
    max(views) as views,
    max(engaged_views) as engaged_views,
    max(likes) as likes,
    max(dislikes) as dislikes,
    max(comments) as comments,
    max(shares) as shares,
    max(saves) as saves,
    max(impressions) as impressions,
    max(click_rate) as click_rate,
    max(watch_seconds) as watch_seconds,
    max(average_view_seconds) as average_view_seconds,
    max(completion_rate) as completion_rate,
    max(followers_gained) as followers_gained,
    max(followers_lost) as followers_lost,
    bool_or(provisional) as provisional,
    max(collected_at) as collected_at
from told
group by owner, account_id, video_id, day;
