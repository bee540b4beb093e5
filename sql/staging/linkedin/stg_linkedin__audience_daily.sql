-- Who follows a LinkedIn page, as a day's reading showed it.
create view staging.stg_linkedin__audience_daily with (security_invoker = true) as
select -- noqa: ST06
    'linkedin' as platform,
    p.owner,
    p.account_id,
    null::text as video_id,
    p.day,
    p.dimension,
    p.value,
    null::bigint as views,
    null::numeric as share,
    p.organic_follower_count + coalesce(p.paid_follower_count, 0) as followers,
    true as provisional,
    p.collected_at
from linkedin.follower_part as p;
