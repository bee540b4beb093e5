-- Of each video (or account) one row a currency counts.
select
    platform,
    account_id,
    video_id,
    currency,
    count(*) as rows_that_count
from marts.revenue_daily
where owner = %(owner)s and day = %(day)s::date and counts
group by platform, account_id, video_id, currency
having count(*) > 1;
