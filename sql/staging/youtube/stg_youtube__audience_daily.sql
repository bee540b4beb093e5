-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- Who watched on YouTube: age and gender since a video came out (of the channel: in four weeks), countries and devices by
-- day. `share` is of that video and day.
create view staging.stg_youtube__audience_daily with (security_invoker = true) as
with told as (
    select
        d.owner,
d.account_id,
d.video_id,
d.day,
'age' as dimension,
d.age_group as value,
null::bigint as views,
        d.viewer_percentage / 100 as share,
false as provisional,
d.collected_at
    from youtube.demographics as d
    union all
    select
        d.owner,
d.account_id,
d.video_id,
d.day,
'gender',
d.gender,
null,
d.viewer_percentage / 100,
false,
        d.collected_at
    from youtube.demographics as d
    union all
    select
        c.owner,
c.account_id,
c.video_id,
c.day,
'country',
c.country,
c.views,
        c.views / nullif(sum(c.views) over (partition by c.owner, c.account_id, c.video_id, c.day), 0),
c.provisional,
        c.collected_at
    from youtube.country_daily as c
    where c.video_id <> ''
    union all
    select
        v.owner,
v.account_id,
v.video_id,
v.day,
'device',
v.device_type,
v.views,
        v.views / nullif(sum(v.views) over (partition by v.owner, v.account_id, v.video_id, v.day), 0),
v.provisional,
        v.collected_at
    from youtube.device_daily as v
)

select
    'youtube'::text as platform,
t.owner,
t.account_id,
nullif(t.video_id, '') as video_id,
t.day,
    t.dimension::text as dimension,
t.value,
sum(t.views)::bigint as views,
sum(t.share) as share,
    null::bigint as followers,
bool_or(t.provisional) as provisional,
max(t.collected_at) as collected_at
from told as t
group by t.owner, t.account_id, t.video_id, t.day, t.dimension, t.value;
