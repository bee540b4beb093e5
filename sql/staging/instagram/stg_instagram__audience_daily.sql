-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- Who follows an Instagram account, by age, gender, country and city; a snapshot a week.
create view staging.stg_instagram__audience_daily with (security_invoker = true) as
select
    'instagram'::text as platform,
    owner,
    account_id,
    null::text as video_id,
    day,
    dimension,
    value,
    null::bigint as views,
    null::numeric as share,
    max(count) as followers,
    false as provisional,
    max(collected_at) as collected_at
from instagram.demographics
where metric = 'follower_demographics'
group by owner, account_id, day, dimension, value;
