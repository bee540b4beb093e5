-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- What the channel (video_id null) and each video earned in a day on YouTube, by currency.
create view staging.stg_youtube__revenue_daily with (security_invoker = true) as
select
    'youtube'::text as platform,
r.owner,
r.account_id,
nullif(r.video_id, '') as video_id,
r.day,
r.currency,
    r.estimated_revenue as earnings,
r.estimated_ad_revenue as ad_revenue,
null::numeric as creator_fund,
    null::numeric as bonus_programs,
r.gross_revenue,
r.cpm,
r.playback_based_cpm as playback_cpm,
    r.monetized_playbacks,
r.ad_impressions,
'api'::text as source,
r.provisional,
r.collected_at
from youtube.revenue_daily as r;
