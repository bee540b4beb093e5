-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- An Instagram account's day: its levels as they were shown last, and what it did.
create view staging.stg_instagram__account_daily with (security_invoker = true) as
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
        c.media_count as posts_total,
        null::boolean as provisional,
        c.collected_at
    from instagram.account_counter as c
    union all
    select
        d.owner,
        d.account_id,
        d.day,
        null::bigint as followers_total,
        coalesce(d.follows, d.follower_count) as followers_gained,
        d.unfollows as followers_lost,
        d.views,
        d.reach,
        d.total_interactions as interactions,
        d.profile_views,
        null::bigint as posts_total,
        d.provisional,
        d.collected_at
    from instagram.account_daily as d
)

select
    'instagram'::text as platform,
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
