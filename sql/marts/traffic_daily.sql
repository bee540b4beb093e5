-- Where the viewers of a day came from, of an account as a whole (video_id null) and of each publication.
delete from marts.traffic_daily
where owner = %(owner)s and day = %(day)s::date;

insert into marts.traffic_daily (
    owner,
    day,
    platform,
    account_id,
    video_id,
    publication_id,
    source,
    views,
    watch_seconds,
    share,
    provisional,
    collected_at
)
with read as materialized (
    select
        platform,
        account_id,
        video_id,
        source,
        views,
        watch_seconds,
        share,
        provisional,
        collected_at
    from staging.stg_youtube__traffic_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        platform,
        account_id,
        video_id,
        source,
        views,
        watch_seconds,
        share,
        provisional,
        collected_at
    from staging.stg_instagram__traffic_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        platform,
        account_id,
        video_id,
        source,
        views,
        watch_seconds,
        share,
        provisional,
        collected_at
    from staging.stg_facebook__traffic_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        platform,
        account_id,
        video_id,
        source,
        views,
        watch_seconds,
        share,
        provisional,
        collected_at
    from staging.stg_tiktok__traffic_daily
    where owner = %(owner)s and day = %(day)s::date
),

ours as materialized (
    select distinct on (account_id, platform, video_id)
        account_id,
        platform,
        video_id,
        publication_id
    from desk.publication
    where owner = %(owner)s and state = 'published' and video_id is not null
    order by account_id asc, platform asc, video_id asc, published_at asc, publication_id asc
)

select
    cast(%(owner)s as text) as owner,
    %(day)s::date as day,
    n.platform,
    n.account_id,
    n.video_id,
    p.publication_id,
    n.source,
    n.views,
    n.watch_seconds,
    n.share,
    coalesce(n.provisional, true) as provisional,
    n.collected_at
from read as n
left join ours as p on n.account_id = p.account_id and n.platform = p.platform and n.video_id = p.video_id
where n.video_id is null or p.publication_id is not null;
