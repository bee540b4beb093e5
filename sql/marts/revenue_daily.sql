-- Money of a day, of an account as a whole (video_id null) and of each publication. Where the platform and an imported
-- file tell the same money, the platform's row counts.
delete from marts.revenue_daily
where owner = %(owner)s and day = %(day)s::date;

insert into marts.revenue_daily (
    owner,
    day,
    platform,
    account_id,
    video_id,
    publication_id,
    currency,
    source,
    earnings,
    ad_revenue,
    creator_fund,
    bonus_programs,
    gross_revenue,
    cpm,
    playback_cpm,
    monetized_playbacks,
    ad_impressions,
    counts,
    provisional,
    collected_at
)
with read as materialized (
    select
        platform,
        account_id,
        video_id,
        currency,
        source,
        earnings,
        ad_revenue,
        creator_fund,
        bonus_programs,
        gross_revenue,
        cpm,
        playback_cpm,
        monetized_playbacks,
        ad_impressions,
        provisional,
        collected_at
    from staging.stg_youtube__revenue_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        platform,
        account_id,
        video_id,
        currency,
        source,
        earnings,
        ad_revenue,
        creator_fund,
        bonus_programs,
        gross_revenue,
        cpm,
        playback_cpm,
        monetized_playbacks,
        ad_impressions,
        provisional,
        collected_at
    from staging.stg_facebook__revenue_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        platform,
        account_id,
        video_id,
        currency,
        source,
        earnings,
        ad_revenue,
        creator_fund,
        bonus_programs,
        gross_revenue,
        cpm,
        playback_cpm,
        monetized_playbacks,
        ad_impressions,
        provisional,
        collected_at
    from staging.stg_imports__revenue_daily
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
    n.currency,
    n.source,
    n.earnings,
    n.ad_revenue,
    n.creator_fund,
    n.bonus_programs,
    n.gross_revenue,
    n.cpm,
    n.playback_cpm,
    n.monetized_playbacks,
    n.ad_impressions,
    row_number() over (
        partition by n.platform, n.account_id, n.video_id, n.currency
        order by n.source asc, n.collected_at desc
    ) = 1 as counts,
    coalesce(n.provisional, true) as provisional,
    n.collected_at
from read as n
left join ours as p on n.account_id = p.account_id and n.platform = p.platform and n.video_id = p.video_id
where n.video_id is null or p.publication_id is not null;
