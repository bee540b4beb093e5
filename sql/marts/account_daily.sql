-- One row for each account and day, from its first reading on; totals that were not read are those of the day before.
delete from marts.account_daily
where owner = %(owner)s and day = %(day)s::date;

insert into marts.account_daily (
    owner,
    day,
    platform,
    account_id,
    followers_total,
    posts_total,
    followers_delta,
    posts_delta,
    followers_gained,
    followers_lost,
    views,
    reach,
    interactions,
    profile_views,
    measured,
    measured_on,
    provisional,
    went_down,
    collected_at
)
with read as materialized (
    select
        account_id,
        platform,
        followers_total,
        posts_total,
        followers_gained,
        followers_lost,
        views,
        reach,
        interactions,
        profile_views,
        provisional,
        collected_at
    from staging.stg_youtube__account_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        account_id,
        platform,
        followers_total,
        posts_total,
        followers_gained,
        followers_lost,
        views,
        reach,
        interactions,
        profile_views,
        provisional,
        collected_at
    from staging.stg_instagram__account_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        account_id,
        platform,
        followers_total,
        posts_total,
        followers_gained,
        followers_lost,
        views,
        reach,
        interactions,
        profile_views,
        provisional,
        collected_at
    from staging.stg_facebook__account_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        account_id,
        platform,
        followers_total,
        posts_total,
        followers_gained,
        followers_lost,
        views,
        reach,
        interactions,
        profile_views,
        provisional,
        collected_at
    from staging.stg_tiktok__account_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        account_id,
        platform,
        followers_total,
        posts_total,
        followers_gained,
        followers_lost,
        views,
        reach,
        interactions,
        profile_views,
        provisional,
        collected_at
    from staging.stg_linkedin__account_daily
    where owner = %(owner)s and day = %(day)s::date
),

before as materialized (
    select
        account_id,
        platform,
        followers_total,
        posts_total,
        measured_on,
        collected_at
    from marts.account_daily
    where owner = %(owner)s and day = %(day)s::date - 1
)

select
    cast(%(owner)s as text) as owner,
    %(day)s::date as day,
    coalesce(n.platform, b.platform) as platform,
    coalesce(n.account_id, b.account_id) as account_id,
    coalesce(n.followers_total, b.followers_total) as followers_total,
    coalesce(n.posts_total, b.posts_total) as posts_total,
    n.followers_total - b.followers_total as followers_delta,
    n.posts_total - b.posts_total as posts_delta,
    n.followers_gained,
    n.followers_lost,
    n.views,
    n.reach,
    n.interactions,
    n.profile_views,
    num_nonnulls(n.followers_total, n.posts_total) > 0 as measured,
    case
        when num_nonnulls(n.followers_total, n.posts_total) > 0 then %(day)s::date
        else b.measured_on
    end as measured_on,
    coalesce(n.provisional, true) as provisional,
    array_remove(
        array[
            case when n.followers_total < b.followers_total then 'followers' end,
            case when n.posts_total < b.posts_total then 'posts' end
        ], null
    ) as went_down,
    coalesce(n.collected_at, b.collected_at) as collected_at
from read as n
full outer join before as b on n.account_id = b.account_id and n.platform = b.platform;
