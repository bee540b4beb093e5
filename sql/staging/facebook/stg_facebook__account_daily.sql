-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- A Page's day: its levels as they were shown last, and what happened on it.
create view staging.stg_facebook__account_daily with (security_invoker = true) as
with told as (
    select
        c.owner,
        c.account_id,
        c.day,
        c.followers_count as followers_total,
        null::bigint as followers_gained,
        null::bigint as followers_lost,
        null::bigint as views,
        null::bigint as reach,
        null::bigint as interactions,
        null::bigint as profile_views,
        null::bigint as posts_total,
        null::boolean as provisional,
        c.collected_at
    from facebook.page_counter as c
    union all
    select
        d.owner,
        d.account_id,
        d.day,
        d.page_follows as followers_total,
        d.page_daily_follows_unique as followers_gained,
        d.page_daily_unfollows_unique as followers_lost,
        d.page_media_view as views,
        d.page_total_media_view_unique as reach,
        d.page_post_engagements as interactions,
        d.page_views_total as profile_views,
        null::bigint as posts_total,
        d.provisional,
        d.collected_at
    from facebook.page_daily as d
)

select
    'facebook'::text as platform,
    owner,
    account_id,
    day,
    max(followers_total) as followers_total,
    max(followers_gained) as followers_gained,
    max(followers_lost) as followers_lost,
    max(views) as views,
    max(reach) as reach,
    max(interactions) as interactions,
    max(profile_views) as profile_views,
    max(posts_total) as posts_total,
    bool_or(provisional) as provisional,
    max(collected_at) as collected_at
from told
group by owner, account_id, day;
