-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- Where a day's views of a video (or, video_id null, of the channel) came from; `share` is of that video and day.
create view staging.stg_youtube__traffic_daily with (security_invoker = true) as
select
    'youtube'::text as platform,
t.owner,
t.account_id,
nullif(t.video_id, '') as video_id,
t.day,
t.source,
t.views,
    t.estimated_minutes_watched * 60::numeric as watch_seconds,
    t.views / nullif(sum(t.views) over (partition by t.owner, t.account_id, t.video_id, t.day), 0) as share,
    t.provisional,
t.collected_at
from youtube.traffic_daily as t;
