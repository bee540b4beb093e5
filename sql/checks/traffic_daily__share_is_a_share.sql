-- A share is between nothing and all.
select
    platform,
    account_id,
    video_id,
    source,
    share
from marts.traffic_daily
where owner = %(owner)s and day = %(day)s::date and (share < 0 or share > 1.0001);
