-- The queue: what is due, who has taken it on, when things go out, and what is there twice.

-- without_helpers --
-- starting parallel workers takes 20 ms, and what is due is found in 2: behind row-level security PostgreSQL's guess is
-- many times too high
select set_config('max_parallel_workers_per_gather', '0', true);

-- publications_due --
-- across owners, ids and times only, in the order they go
select
    owner,
    publication_id,
    release_id,
    priority,
    due_at
from desk.publications_due(%(at)s, %(lost_before)s, %(at_most)s);

-- queue_runs_open --
select desk.queue_runs_open();

-- queue_runs_untriggered --
select
    owner,
    run_id
from desk.queue_runs_untriggered(%(before)s);

-- batches_waiting --
-- batches with rows that are still to be registered
select batch_id from desk.batches_waiting();

-- local_times_ahead --
select
    owner,
    publication_id,
    scheduled_local,
    timezone,
    scheduled_for
from desk.local_times_ahead();

-- give_up_lost_runs --
update desk.queue_run set ended_at = now()
where publication_id = any(%(publication_ids)s::uuid[]) and ended_at is null and lost_at <= now();

-- take_on --
-- of two who want the same, the second gets no row: one open run a publication; what is not due any more stays
insert into desk.queue_run (owner, run_id, publication_id, priority, asks, due_at, lost_at)
select
    p.owner,
    %(run_id)s,
    p.publication_id,
    p.priority,
    p.asks and p.state = 'planned',
    coalesce(p.next_try_at, p.updated_at),
    now() + case when p.asks and p.state = 'planned' then interval '8 days' else %(patience)s::interval end
from desk.publication as p
where
    p.publication_id = any(%(publication_ids)s::uuid[])
    and p.state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_account')
    and (p.state = 'waiting_account' or p.next_try_at is null or p.next_try_at <= %(at)s)
on conflict (owner, publication_id) where ended_at is null do nothing
returning publication_id;

-- read_queue_run --
-- what Airflow is told of a run
select
    r.segment,
    r.age_bucket,
    r.title_id,
    max(q.priority) as priority,
    bool_or(q.asks) as asks
from desk.queue_run as q
inner join desk.publication as p on q.owner = p.owner and q.publication_id = p.publication_id
inner join desk.release as r on p.owner = r.owner and p.release_id = r.release_id
where q.run_id = %(run_id)s
group by r.segment, r.age_bucket, r.title_id;

-- title_of_release --
select title_id from desk.release
where release_id = %(release_id)s;

-- mark_triggered --
update desk.queue_run set triggered_at = now()
where run_id = %(run_id)s and triggered_at is null;

-- is_queue_run --
select exists(select from desk.queue_run where run_id = %(run_id)s);

-- keep_queue_job --
-- the run is a part of the job that asked for its publications last, and has its conf
insert into desk.job (owner, job_id, release_id, conf, of_queue)
select
    q.owner,
    q.run_id,
    p.release_id,
    coalesce(
        (
            select j.conf from desk.job as j
            inner join desk.job_publication as w on j.owner = w.owner and j.job_id = w.job_id
            where w.owner = q.owner and w.publication_id = q.publication_id and not j.of_queue
            order by j.created_at desc, j.job_id asc
            limit 1
        ),
        '{}'
    ),
    true
from desk.queue_run as q
inner join desk.publication as p on q.owner = p.owner and q.publication_id = p.publication_id
where q.run_id = %(run_id)s
order by q.publication_id
limit 1
on conflict (owner, job_id) do nothing;

-- join_queue_job --
insert into desk.job_publication (owner, job_id, publication_id)
select
    owner,
    run_id,
    publication_id
from desk.queue_run
where run_id = %(run_id)s
on conflict do nothing;

-- publications_of_queue_run --
select
    p.publication_id,
    p.account_id
from desk.queue_run as q
inner join desk.publication as p on q.owner = p.owner and q.publication_id = p.publication_id
where q.run_id = %(run_id)s
order by p.platform, p.account_id, p.placement;

-- end_queue_run --
-- of what the run has not touched it stays open until it counts as lost: starting the next run at once would fail alike
update desk.queue_run as q set ended_at = now()
from desk.publication as p
where
    q.run_id = %(run_id)s
    and q.ended_at is null
    and p.owner = q.owner
    and p.publication_id = q.publication_id
    and p.updated_at >= q.taken_at;

-- leave_queue_run --
-- a publication that only waits has left its run: it is taken on again at its time, also while the run goes on
update desk.queue_run set ended_at = now()
where run_id = %(run_id)s and publication_id = %(publication_id)s and ended_at is null;

-- jobs_beside --
-- the jobs that asked for what a run took on
select distinct j.job_id
from desk.job as j
inner join desk.job_publication as w on j.owner = w.owner and j.job_id = w.job_id
inner join desk.queue_run as q on w.owner = q.owner and w.publication_id = q.publication_id
where q.run_id = %(run_id)s and not j.of_queue and j.summary is not null;

-- standing --
-- how many publications stand where, and since when the oldest of those that are due is due
with mine as (
    select
        p.platform,
        p.priority,
        p.state,
        case
            when p.state in ('uploading', 'processing', 'finishing') or q.publication_id is not null then 'running'
            when p.next_try_at <= %(at)s or (p.next_try_at is null and p.queued_at is null) then 'due'
            else 'waiting'
        end as standing,
        coalesce(p.next_try_at, p.created_at) as due_at
    from desk.publication as p
    left join desk.queue_run as q
        on p.owner = q.owner and p.publication_id = q.publication_id and q.ended_at is null and q.lost_at > now()
    where
        p.state in (
            'planned', 'scheduled', 'validated', 'uploading', 'processing', 'finishing', 'waiting_quota',
            'waiting_account', 'waiting_approval'
        )
)

select
    platform,
    priority,
    standing,
    count(*) as publications,
    count(*) filter (where standing = 'due' and due_at < %(late_before)s) as late,
    min(due_at) filter (where standing = 'due') as oldest
from mine
group by platform, priority, standing
order by platform, priority, standing;

-- list_waiting --
-- in the order they go: by their time, then as the queue takes them on
select * from desk.publication
where
    state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_account', 'waiting_approval')
order by
    coalesce(next_try_at, scheduled_for, created_at) asc,
    priority desc,
    created_at asc,
    publication_id asc
limit %(at_most)s;

-- one_by_one --
select pg_advisory_xact_lock(hashtextextended('duplicates/' || %(owner)s || '/' || %(account_id)s, 0));

-- find_duplicate --
select
    p.platform,
    p.account_id,
    p.state::text as state,
    p.url,
    p.published_at,
    r.segment,
    r.age_bucket,
    r.title_id
from desk.publication as p
inner join desk.release as r on p.owner = r.owner and p.release_id = r.release_id
where
    p.owner = %(owner)s
    and r.video_sha256 = %(sha256)s
    and p.account_id = %(account_id)s
    and p.placement = %(placement)s
    and p.state not in ('cancelled', 'rejected', 'failed')
    and (r.segment, r.age_bucket, r.title_id) <> (%(segment)s, %(age_bucket)s, %(title_id)s)
order by p.published_at desc nulls last, p.created_at desc
limit 1;

-- read_content_of --
select
    segment,
    age_bucket,
    title_id,
    export_root,
    video_sha256,
    video_fingerprint
from desk.release
where release_id = %(release_id)s;

-- refresh_release --
-- the same video with other texts
update desk.release set
    metadata = %(metadata)s,
    video_fingerprint = %(video_fingerprint)s,
    updated_at = now()
where release_id = %(release_id)s;

-- times_of_account --
-- when an account's publications came out, the newest first
select
    published_at,
    timezone
from desk.publication
where account_id = %(account_id)s and state = 'published' and published_at is not null
order by published_at desc
limit %(at_most)s;

-- times_taken --
select scheduled_for from desk.publication
where
    account_id = %(account_id)s
    and scheduled_for > %(at)s
    and state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_account', 'waiting_approval');
