-- One row per TikTok account and day: the business account's day where there is one, and the counters of the day's end.
create view staging.stg_tiktok__account_daily with (security_invoker = true) as
select
    'tiktok' as platform,
    r.owner,
    r.account_id,
    r.day,
    coalesce(max(r.daily_total_followers), max(r.follower_count)) as followers_total,
    max(r.daily_new_followers) as followers_gained,
    max(r.daily_lost_followers) as followers_lost,
    max(r.video_views) as views,
    max(r.unique_video_views) as reach,
    max(r.interactions) as interactions,
    max(r.profile_views) as profile_views,
    max(r.video_count) as posts_total,
    coalesce(bool_or(r.provisional), false) as provisional,
    max(r.collected_at) as collected_at
from (
    select
        d.owner,
        d.account_id,
        d.day,
        coalesce(d.daily_total_followers, d.followers_count) as daily_total_followers,
        null::bigint as follower_count,
        d.daily_new_followers,
        d.daily_lost_followers,
        d.video_views,
        d.unique_video_views,
        coalesce(d.likes + d.comments + d.shares, d.engaged_audience) as interactions,
        d.profile_views,
        null::bigint as video_count,
        d.provisional,
        d.collected_at
    from tiktok.account_daily as d
    union all
    select
        u.owner,
        u.account_id,
        u.day,
        null::bigint as daily_total_followers,
        u.follower_count,
        null::bigint as daily_new_followers,
        null::bigint as daily_lost_followers,
        null::bigint as video_views,
        null::bigint as unique_video_views,
        null::bigint as interactions,
        null::bigint as profile_views,
        u.video_count,
        null::boolean as provisional,
        u.collected_at
    from tiktok.user_counter as u
) as r
group by r.owner, r.account_id, r.day;
