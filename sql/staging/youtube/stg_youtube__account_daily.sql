-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- A channel's day on YouTube: what its counters showed last, and the day's own numbers. Subscribers are rounded by YouTube.
create view staging.stg_youtube__account_daily with (security_invoker = true) as
with told as (
    select
        c.owner,
c.account_id,
c.day,
c.subscribers as followers_total,
c.videos as posts_total,
        null::bigint as followers_gained,
null::bigint as followers_lost,
null::bigint as views,
        null::bigint as interactions,
null::boolean as provisional,
c.collected_at
    from (
        select distinct on (owner, account_id, day) *
        from youtube.channel_counter
        order by owner asc, account_id asc, day asc, slot desc
    ) as c
    union all
    select
        d.owner,
d.account_id,
d.day,
null,
null,
d.subscribers_gained,
d.subscribers_lost,
d.views,
        d.likes + d.dislikes + d.comments + d.shares,
d.provisional,
d.collected_at
    from youtube.channel_daily as d
)

select
    'youtube'::text as platform,
t.owner,
t.account_id,
t.day,
max(t.followers_total) as followers_total,
    max(t.followers_gained) as followers_gained,
max(t.followers_lost) as followers_lost,
max(t.views) as views,
    null::bigint as reach,
max(t.interactions) as interactions,
null::bigint as profile_views,
    max(t.posts_total) as posts_total,
coalesce(bool_or(t.provisional), true) as provisional,
    max(t.collected_at) as collected_at
from told as t
group by t.owner, t.account_id, t.day;
