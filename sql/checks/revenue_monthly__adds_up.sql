-- A month's money is that of its days.
with months as (
    select
        platform,
        sum(earnings) as earnings
    from marts.revenue_monthly
    where owner = %(owner)s and month = date_trunc('month', %(day)s::timestamp)::date
    group by platform
),

days as (
    select
        platform,
        sum(earnings) as earnings
    from marts.revenue_daily
    where
        owner = %(owner)s and counts
        and day >= date_trunc('month', %(day)s::timestamp)::date
        and day < (date_trunc('month', %(day)s::timestamp) + interval '1 month')::date
    group by platform
)

select
    m.earnings,
    d.earnings as earnings_of_days,
    coalesce(m.platform, d.platform) as platform
from months as m
full outer join days as d on m.platform = d.platform
where m.earnings is distinct from d.earnings;
