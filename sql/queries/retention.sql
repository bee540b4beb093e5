-- Which part of a video's viewers still watches where, as the platform told it last by a day. A block for each platform
-- that tells it: one row for each video, points in the order of the video. The last day is looked up video by video: a
-- group by would read every curve there ever was.

-- youtube --
with last_days as materialized (
    select
        w.video_id,
        (
            select max(r.day)
            from youtube.retention as r
            where
                r.owner = %(owner)s and r.account_id = %(account_id)s and r.video_id = w.video_id
                and r.day <= %(day)s and r.audience_watch_ratio is not null
        ) as day
    from unnest(%(video_ids)s::text[]) as w (video_id)
)

select
    l.video_id,
    l.day,
    'length' as along,
    jsonb_agg(jsonb_build_object('at', r.position, 'watching', r.audience_watch_ratio) order by r.position) as points
from last_days as l
inner join youtube.retention as r on l.video_id = r.video_id and l.day = r.day
where r.owner = %(owner)s and r.account_id = %(account_id)s and r.audience_watch_ratio is not null
group by l.video_id, l.day;

-- facebook --
-- it tells fortieths of the video, from 0
with last_days as materialized (
    select
        w.video_id,
        (
            select max(r.day)
            from facebook.retention as r
            where
                r.owner = %(owner)s and r.account_id = %(account_id)s and r.video_id = w.video_id
                and r.day <= %(day)s and r.share is not null
        ) as day
    from unnest(%(video_ids)s::text[]) as w (video_id)
)

select
    l.video_id,
    l.day,
    'length' as along,
    jsonb_agg(jsonb_build_object('at', r.step * 0.025, 'watching', r.share) order by r.step) as points
from last_days as l
inner join facebook.retention as r on l.video_id = r.video_id and l.day = r.day
where r.owner = %(owner)s and r.account_id = %(account_id)s and r.share is not null
group by l.video_id, l.day;

-- tiktok --
-- seconds, from 0
with last_days as materialized (
    select
        w.video_id,
        (
            select max(r.day)
            from tiktok.retention as r
            where
                r.owner = %(owner)s and r.account_id = %(account_id)s and r.video_id = w.video_id
                and r.day <= %(day)s and r.watching is not null
        ) as day
    from unnest(%(video_ids)s::text[]) as w (video_id)
)

select
    l.video_id,
    l.day,
    'seconds' as along,
    jsonb_agg(jsonb_build_object('at', r.second, 'watching', r.watching) order by r.second) as points
from last_days as l
inner join tiktok.retention as r on l.video_id = r.video_id and l.day = r.day
where r.owner = %(owner)s and r.account_id = %(account_id)s and r.watching is not null
group by l.video_id, l.day;
