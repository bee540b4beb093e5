-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- From whom the views of an Instagram account came: followers and others.
create view staging.stg_instagram__traffic_daily with (security_invoker = true) as
select
    'instagram'::text as platform,
    a.owner,
    a.account_id,
    null::text as video_id,
    a.day,
    lower(a.value) as source,
    a.count as views,
    null::numeric as watch_seconds,
    a.count / nullif(d.views, 0)::numeric as share,
    a.provisional,
    a.collected_at
from instagram.account_insight as a
inner join instagram.account_daily as d on a.owner = d.owner and a.account_id = d.account_id and a.day = d.day
where a.metric = 'views' and a.dimension = 'follow_type';
