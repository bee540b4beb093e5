-- One row per LinkedIn author and day. LinkedIn tells a page's new followers and not those it lost.
create view staging.stg_linkedin__account_daily with (security_invoker = true) as
select -- noqa: ST06
    'linkedin' as platform,
    r.owner,
    r.account_id,
    r.day,
    max(r.followers_total) as followers_total,
    max(r.followers_gained) as followers_gained,
    null::bigint as followers_lost,
    max(r.views) as views,
    max(r.reach) as reach,
    max(r.interactions) as interactions,
    null::bigint as profile_views,
    null::bigint as posts_total,
    coalesce(bool_or(r.provisional), false) as provisional,
    max(r.collected_at) as collected_at
from (
    select
        d.owner,
        d.account_id,
        d.day,
        d.follower_count as followers_total,
        d.organic_follower_gain + coalesce(d.paid_follower_gain, 0) as followers_gained,
        d.impression_count as views,
        d.unique_impressions_count as reach,
        d.like_count + d.comment_count + d.share_count + coalesce(d.click_count, 0) as interactions,
        d.provisional,
        d.collected_at
    from linkedin.account_daily as d
    union all
    select
        f.owner,
        f.account_id,
        f.day,
        f.follower_count as followers_total,
        null::bigint as followers_gained,
        null::bigint as views,
        null::bigint as reach,
        null::bigint as interactions,
        null::boolean as provisional,
        f.collected_at
    from linkedin.follower_counter as f
) as r
group by r.owner, r.account_id, r.day;
