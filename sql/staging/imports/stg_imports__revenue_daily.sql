-- Money from imported files, on the last day of its period. A file without any day is not counted by day.
-- Where a platform's API tells the same money, its rows have the source 'api'; whoever adds them up takes one of the two.
create view staging.stg_imports__revenue_daily with (security_invoker = true) as
select
    'youtube'::text as platform,
    s.owner,
    s.account_id,
    nullif(s.video_id, '') as video_id,
    s.day,
    s.currency,
    s.estimated_revenue as earnings,
    s.ad_revenue,
    null::numeric as creator_fund,
    null::numeric as bonus_programs,
    s.gross_revenue,
    s.cpm,
    s.playback_cpm,
    s.monetized_playbacks,
    s.ad_impressions,
    'import'::text as source,
    false as provisional,
    s.collected_at
from market.youtube_studio_row as s
where s.period_known and s.estimated_revenue is not null
union all
select
    'tiktok'::text as platform,
    t.owner,
    t.account_id,
    nullif(t.video_id, '') as video_id,
    t.day,
    t.currency,
    sum(coalesce(t.rewards, 0) + coalesce(t.additional_rewards, 0)) as earnings,
    null::numeric as ad_revenue,
    sum(coalesce(t.rewards, 0) + coalesce(t.additional_rewards, 0)) as creator_fund,
    null::numeric as bonus_programs,
    null::numeric as gross_revenue,
    null::numeric as cpm,
    null::numeric as playback_cpm,
    null::bigint as monetized_playbacks,
    null::bigint as ad_impressions,
    'import'::text as source,
    false as provisional,
    max(t.collected_at) as collected_at
from market.tiktok_reward as t
where t.period_known
group by t.owner, t.account_id, t.video_id, t.day, t.currency
union all
select
    m.platform,
    m.owner,
    m.account_id,
    nullif(m.video_id, '') as video_id,
    m.day,
    m.currency,
    sum(m.amount) as earnings,
    null::numeric as ad_revenue,
    null::numeric as creator_fund,
    sum(m.amount) as bonus_programs,
    null::numeric as gross_revenue,
    null::numeric as cpm,
    null::numeric as playback_cpm,
    null::bigint as monetized_playbacks,
    null::bigint as ad_impressions,
    'import'::text as source,
    false as provisional,
    max(m.collected_at) as collected_at
from market.meta_bonus as m
where m.period_known and m.amount is not null
group by m.platform, m.owner, m.account_id, m.video_id, m.day, m.currency;
