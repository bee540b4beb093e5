-- owners_touched --
select owner from desk.owners_touched();

-- fill_gap --
-- days between the last one there is and the first one to build: nobody read them, and the next is built of the day before
insert into desk.touched_day (owner, platform, day)
with upcoming as (
    select min(t.day) as day
    from desk.touched_day as t
    where t.owner = %(owner)s and t.day < %(summary)s
),

known as (
    select
        u.day,
        greatest(
            (select max(v.day) from marts.video_daily as v where v.owner = %(owner)s and v.day < u.day),
            (select max(a.day) from marts.account_daily as a where a.owner = %(owner)s and a.day < u.day)
        ) as last_day
    from upcoming as u
)

select
    %(owner)s,
    %(platform)s,
    g.day::date
from known as k
cross join lateral generate_series(k.last_day + 1, k.day - 1, interval '1 day') as g (day)
on conflict (owner, platform, day) do nothing;

-- next_touched --
-- the first day to build; the summary stands at the end of all days
select min(day) from desk.touched_day where owner = %(owner)s;

-- build_alone --
select pg_advisory_xact_lock(hashtextextended('warehouse ' || %(owner)s, 0));

-- touches_of --
select
    platform,
    at
from desk.touched_day
where owner = %(owner)s and day = %(day)s;

-- forget_touches --
-- only as they were when the building began: what was touched since is built again
delete from desk.touched_day as t
using unnest(%(platforms)s::text[], %(ats)s::timestamptz[]) as u (platform, at)
where t.owner = %(owner)s and t.day = %(day)s and t.platform = u.platform and t.at = u.at;

-- touch_next --
-- the day after is built of this one's lifetimes, as long as there is a later day
insert into desk.touched_day (owner, platform, day)
select
    %(owner)s,
    %(platform)s,
    %(day)s::date + 1
where
    %(day)s::date < greatest(
        (select max(v.day) from marts.video_daily as v where v.owner = %(owner)s),
        (select max(a.day) from marts.account_daily as a where a.owner = %(owner)s),
        (select max(t.day) from desk.touched_day as t where t.owner = %(owner)s and t.day < %(summary)s)
    )
on conflict (owner, platform, day) do update set at = clock_timestamp();

-- touch --
insert into desk.touched_day (owner, platform, day)
values (%(owner)s, %(platform)s, %(day)s)
on conflict (owner, platform, day) do update set at = clock_timestamp();

-- lifetimes_of --
-- one number for all that the day after takes over
select
    (
        select
            coalesce(sum(hash_record_extended(row(
                v.publication_id, v.views_total, v.likes_total, v.comments_total, v.shares_total, v.saves_total,
                v.reach_total, v.watch_seconds_total, v.views_at_day_1, v.views_at_day_7, v.views_at_day_28,
                v.measured_on, v.collected_at
            ), 0)), 0)
        from marts.video_daily as v
        where v.owner = %(owner)s and v.day = %(day)s
    )
    + (
        select
            coalesce(sum(hash_record_extended(row(
                a.platform, a.account_id, a.followers_total, a.posts_total, a.measured_on, a.collected_at
            ), 0)), 0)
        from marts.account_daily as a
        where a.owner = %(owner)s and a.day = %(day)s
    );

-- prefer_hash_joins --
-- What is being made has no statistics: guessed empty, it would be looked up row by row. A month's money of 100,000
-- publications is added up in 190 MB; with less, PostgreSQL reads 2 million rows in the index's order instead.
select
    set_config('enable_nestloop', 'off', true),
    set_config('work_mem', '128MB', true),
    set_config('jit', 'off', true);

-- make_month --
select desk.make_month(%(target)s::regclass, %(day)s);

-- days_of_platform --
-- everything known of an owner's publications on one platform, by day
select
    video_id,
    day,
    measured,
    provisional,
    views_total,
    likes_total,
    comments_total,
    shares_total,
    saves_total,
    reach_total,
    views,
    engaged_views,
    likes,
    dislikes,
    comments,
    shares,
    saves,
    followers_gained,
    followers_lost
from marts.video_daily
where platform = %(platform)s
order by day, video_id;
