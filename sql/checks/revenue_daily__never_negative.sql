-- Counts and prices are not below zero (earnings may be: platforms take money back).
select
    platform,
    account_id,
    video_id,
    cpm,
    playback_cpm,
    monetized_playbacks,
    ad_impressions
from marts.revenue_daily
where
    owner = %(owner)s and day = %(day)s::date
    and least(cpm, playback_cpm, monetized_playbacks, ad_impressions) < 0;
