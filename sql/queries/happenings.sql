-- The outbox: what happened, on its way to notices, activity and counters.

-- happenings_waiting --
-- across owners, names only
select owner from desk.happenings_waiting();

-- lock_happenings --
-- one at a time for each owner, so that everything is told in its order; whoever comes second has nothing to do
select pg_try_advisory_xact_lock(hashtextextended('happenings/' || %(owner)s, 0));

-- take_happenings --
with oldest as (
    select happening_id from desk.happening
    order by happening_id
    limit %(at_most)s
)

delete from desk.happening as h using oldest as o
where h.happening_id = o.happening_id
returning h.*;

-- publication_and_release --
select
    p.publication_id,
    p.owner,
    p.platform,
    p.account_id,
    p.placement,
    p.route,
    p.state::text as state,
    p.scheduled_for,
    p.timezone,
    p.priority,
    p.published_at,
    p.video_id,
    p.url,
    p.error,
    p.warnings,
    p.created_at,
    r.title_id,
    r.segment,
    r.age_bucket,
    coalesce(r.metadata ->> 'title', r.title_id) as title
from desk.publication as p
inner join desk.release as r on p.owner = r.owner and p.release_id = r.release_id
where p.publication_id = %(publication_id)s;

-- jobs_of_publication --
-- the first one first: it is the one whoever asked for it knows
select
    j.job_id,
    j.conf
from desk.job as j
inner join desk.job_publication as w on j.owner = w.owner and j.job_id = w.job_id
where w.publication_id = %(publication_id)s
order by j.created_at, j.job_id;

-- job_and_earlier --
-- a job, and whether all it wants was asked for by earlier ones: a run that goes on, or the same release once more
select
    j.job_id,
    j.conf,
    j.problems,
    (
        select coalesce(bool_and(exists (
            select from desk.job_publication as o
            inner join desk.job as e on o.owner = e.owner and o.job_id = e.job_id
            where
                o.owner = w.owner
                and o.publication_id = w.publication_id
                and (e.created_at, e.job_id) < (j.created_at, j.job_id)
        )), false)
        from desk.job_publication as w
        where w.owner = j.owner and w.job_id = j.job_id
    ) as is_known,
    (
        select coalesce(bool_or(p.scheduled_for is not null), false)
        from desk.job_publication as w
        inner join desk.publication as p on w.owner = p.owner and w.publication_id = p.publication_id
        where w.owner = j.owner and w.job_id = j.job_id
    ) as is_scheduled
from desk.job as j
where j.job_id = %(job_id)s;

-- write_activity --
insert into desk.activity (owner, at, who, door, what, about, details)
values (%(owner)s, %(at)s, %(who)s, %(door)s, %(what)s, %(about)s, %(details)s);

-- count --
insert into desk.tally as t (owner, figure, platform, label, total)
values (%(owner)s, %(figure)s, %(platform)s, %(label)s, %(add)s)
on conflict (owner, figure, platform, label) do update set total = t.total + excluded.total;
