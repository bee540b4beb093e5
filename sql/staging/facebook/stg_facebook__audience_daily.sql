-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- For how much of the time a Facebook video was watched by whom and where from.
create view staging.stg_facebook__audience_daily with (security_invoker = true) as
with whole as (
    select
        owner,
        account_id,
        video_id,
        day,
        dimension,
        sum(view_time) as view_time
    from facebook.audience
    group by owner, account_id, video_id, day, dimension
)

select
    'facebook'::text as platform,
    a.owner,
    a.account_id,
    a.video_id,
    a.day,
    a.dimension,
    a.value,
    null::bigint as views,
    a.view_time / nullif(w.view_time, 0) as share,
    null::bigint as followers,
    true as provisional,
    a.collected_at
from facebook.audience as a
inner join whole as w
    on
        a.owner = w.owner and a.account_id = w.account_id and a.video_id = w.video_id and a.day = w.day
        and a.dimension = w.dimension
where a.dimension <> 'distribution';
