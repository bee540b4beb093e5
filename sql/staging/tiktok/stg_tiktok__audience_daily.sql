-- Who watches a TikTok video (of its whole life), and who follows the account (video_id null), by a day's reading.
create view staging.stg_tiktok__audience_daily with (security_invoker = true) as
select
    'tiktok' as platform,
    p.owner,
    p.account_id,
    p.video_id,
    p.day,
    p.dimension,
    p.value,
    null::bigint as views,
    p.share,
    null::bigint as followers,
    true as provisional,
    p.collected_at
from tiktok.video_part as p
where p.dimension <> 'impression_source'
union all
select
    'tiktok' as platform,
    a.owner,
    a.account_id,
    null::text as video_id,
    a.day,
    a.dimension,
    a.value,
    null::bigint as views,
    a.share,
    null::bigint as followers,
    true as provisional,
    a.collected_at
from tiktok.audience as a;
