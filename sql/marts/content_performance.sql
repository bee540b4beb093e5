-- One row for each publication that is out: how it stands on the last day that was built. Built after video_daily and
-- revenue_monthly.
delete from marts.content_performance
where owner = %(owner)s;

insert into marts.content_performance (
    owner,
    publication_id,
    release_id,
    title_id,
    segment,
    age_bucket,
    platform,
    account_id,
    placement,
    video_id,
    url,
    published_at,
    day,
    age_days,
    views_total,
    likes_total,
    comments_total,
    shares_total,
    saves_total,
    reach_total,
    watch_seconds_total,
    views_at_day_1,
    views_at_day_7,
    views_at_day_28,
    views_last_7_days,
    engagement_rate,
    like_rate,
    comment_rate,
    share_rate,
    earnings,
    currency,
    earnings_per_thousand_views,
    measured_on,
    missing_since
)
with latest as materialized (
    select max(day) as day
    from marts.video_daily
    where owner = %(owner)s
),

standing as materialized (
    select *
    from marts.video_daily
    where owner = %(owner)s and day = (select l.day from latest as l)
),

earlier as materialized (
    select
        publication_id,
        views_total
    from marts.video_daily
    where owner = %(owner)s and day = (select l.day - 7 from latest as l)
),

earned as materialized (
    select
        publication_id,
        case when min(currency) = max(currency) then sum(earnings) end as earnings,
        case when min(currency) = max(currency) then min(currency) end as currency
    from marts.revenue_monthly
    where owner = %(owner)s and publication_id is not null
    group by publication_id
),

missing as materialized (
    select
        account_id,
        video_id,
        min(missing_since) as missing_since
    from desk.reading
    where owner = %(owner)s and missing_since is not null and video_id <> ''
    group by account_id, video_id
)

select
    p.owner,
    p.publication_id,
    p.release_id,
    r.title_id,
    r.segment,
    r.age_bucket,
    p.platform,
    p.account_id,
    p.placement,
    p.video_id,
    p.url,
    p.published_at,
    s.day,
    s.age_days,
    s.views_total,
    s.likes_total,
    s.comments_total,
    s.shares_total,
    s.saves_total,
    s.reach_total,
    s.watch_seconds_total,
    s.views_at_day_1,
    s.views_at_day_7,
    s.views_at_day_28,
    s.views_total - coalesce(e.views_total, 0) as views_last_7_days,
    case
        when num_nonnulls(s.likes_total, s.comments_total, s.shares_total, s.saves_total) > 0
            then
                (
                    coalesce(s.likes_total, 0) + coalesce(s.comments_total, 0) + coalesce(s.shares_total, 0)
                    + coalesce(s.saves_total, 0)
                )::numeric / nullif(s.views_total, 0)
    end as engagement_rate,
    s.likes_total::numeric / nullif(s.views_total, 0) as like_rate,
    s.comments_total::numeric / nullif(s.views_total, 0) as comment_rate,
    s.shares_total::numeric / nullif(s.views_total, 0) as share_rate,
    m.earnings,
    m.currency,
    m.earnings * 1000 / nullif(s.views_total, 0) as earnings_per_thousand_views,
    s.measured_on,
    g.missing_since
from desk.publication as p
inner join desk.release as r on p.owner = r.owner and p.release_id = r.release_id
left join standing as s on p.publication_id = s.publication_id
left join earlier as e on p.publication_id = e.publication_id
left join earned as m on p.publication_id = m.publication_id
left join missing as g on p.account_id = g.account_id and p.video_id = g.video_id
where
    p.owner = %(owner)s and p.state = 'published' and p.video_id is not null and p.published_at is not null;
