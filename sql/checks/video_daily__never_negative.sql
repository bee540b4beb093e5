-- Lifetimes and rates are not below zero.
select
    publication_id,
    day,
    views_total,
    click_rate,
    completion_rate
from marts.video_daily
where
    owner = %(owner)s and day = %(day)s::date
    and least(
        views_total, likes_total, comments_total, shares_total, saves_total, reach_total, watch_seconds_total,
        click_rate, completion_rate, average_view_seconds
    ) < 0;
