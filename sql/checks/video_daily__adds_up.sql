-- A lifetime is that of the day before and what the day added.
select
    v.publication_id,
    v.day,
    b.views_total as views_before,
    v.views_delta,
    v.views_total
from marts.video_daily as v
left join marts.video_daily as b
    on v.owner = b.owner and v.publication_id = b.publication_id and b.day = %(day)s::date - 1
where
    v.owner = %(owner)s and v.day = %(day)s::date
    and (
        coalesce(b.views_total, 0) + coalesce(v.views_delta, 0) <> coalesce(v.views_total, 0)
        or coalesce(b.likes_total, 0) + coalesce(v.likes_delta, 0) <> coalesce(v.likes_total, 0)
        or coalesce(b.comments_total, 0) + coalesce(v.comments_delta, 0) <> coalesce(v.comments_total, 0)
        or coalesce(b.shares_total, 0) + coalesce(v.shares_delta, 0) <> coalesce(v.shares_total, 0)
        or coalesce(b.saves_total, 0) + coalesce(v.saves_delta, 0) <> coalesce(v.saves_total, 0)
        or coalesce(b.reach_total, 0) + coalesce(v.reach_delta, 0) <> coalesce(v.reach_total, 0)
        or coalesce(b.watch_seconds_total, 0) + coalesce(v.watch_seconds_delta, 0) <> coalesce(v.watch_seconds_total, 0)
    );
