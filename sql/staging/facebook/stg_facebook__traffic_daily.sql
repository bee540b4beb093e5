-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- Through what a Facebook video was watched: the Page itself, or those who shared it.
create view staging.stg_facebook__traffic_daily with (security_invoker = true) as
with whole as (
    select
        owner,
        account_id,
        video_id,
        day,
        sum(view_time) as view_time
    from facebook.audience
    where dimension = 'distribution'
    group by owner, account_id, video_id, day
)

select
    'facebook'::text as platform,
    a.owner,
    a.account_id,
    a.video_id,
    a.day,
    a.value as source,
    null::bigint as views,
    a.view_time / 1000::numeric as watch_seconds,
    a.view_time / nullif(w.view_time, 0) as share,
    true as provisional,
    a.collected_at
from facebook.audience as a
inner join whole as w
    on a.owner = w.owner and a.account_id = w.account_id and a.video_id = w.video_id and a.day = w.day
where a.dimension = 'distribution';
