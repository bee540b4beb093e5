-- Money of the day's calendar month: the rows of revenue_daily that count, added up. Built after revenue_daily.
delete from marts.revenue_monthly
where owner = %(owner)s and month = date_trunc('month', %(day)s::timestamp)::date;

insert into marts.revenue_monthly (
    owner,
    month,
    platform,
    account_id,
    video_id,
    publication_id,
    currency,
    days,
    earnings,
    ad_revenue,
    creator_fund,
    bonus_programs,
    gross_revenue,
    monetized_playbacks,
    ad_impressions,
    provisional
)
select
    owner,
    date_trunc('month', %(day)s::timestamp)::date as month,
    platform,
    account_id,
    video_id,
    publication_id,
    currency,
    count(*) as days,
    sum(earnings) as earnings,
    sum(ad_revenue) as ad_revenue,
    sum(creator_fund) as creator_fund,
    sum(bonus_programs) as bonus_programs,
    sum(gross_revenue) as gross_revenue,
    sum(monetized_playbacks) as monetized_playbacks,
    sum(ad_impressions) as ad_impressions,
    bool_or(provisional) as provisional
from marts.revenue_daily
where
    owner = %(owner)s and counts
    and day >= date_trunc('month', %(day)s::timestamp)::date
    and day < (date_trunc('month', %(day)s::timestamp) + interval '1 month')::date
group by owner, platform, account_id, video_id, publication_id, currency;
