-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- What a Page (video_id null) and its videos earned in a day. The bonus is a source of the Page's own row; all of it counts
-- once, in earnings.
create view staging.stg_facebook__revenue_daily with (security_invoker = true) as
select
    'facebook'::text as platform,
    owner,
    account_id,
    nullif(video_id, '') as video_id,
    day,
    coalesce(max(currency) filter (where earning_source = ''), 'USD') as currency,
    coalesce(
        max(earnings) filter (where earning_source = ''), max(approximate_earnings) filter (where earning_source = '')
    ) as earnings,
    coalesce(
        max(ad_break_earnings) filter (where earning_source = '') / 100,
        sum(earnings) filter (where earning_source in ('IN_STREAM_ADS', 'ADS_ON_REELS'))
    ) as ad_revenue,
    null::numeric as creator_fund,
    sum(earnings) filter (where earning_source like '%BONUS%') as bonus_programs,
    null::numeric as gross_revenue,
    max(ad_cpm) filter (where earning_source = '') / 100 as cpm,
    null::numeric as playback_cpm,
    max(qualified_views) filter (where earning_source = '') as monetized_playbacks,
    max(ad_impressions) filter (where earning_source = '') as ad_impressions,
    'api'::text as source,
    bool_or(provisional) as provisional,
    max(collected_at) as collected_at
from facebook.revenue_daily
group by owner, account_id, video_id, day;
