-- Where a TikTok video's views came from, as the day's reading showed it of its whole life.
create view staging.stg_tiktok__traffic_daily with (security_invoker = true) as
select
    'tiktok' as platform,
    p.owner,
    p.account_id,
    p.video_id,
    p.day,
    p.value as source,
    null::bigint as views,
    null::numeric as watch_seconds,
    p.share,
    true as provisional,
    p.collected_at
from tiktok.video_part as p
where p.dimension = 'impression_source';
