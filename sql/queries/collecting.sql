-- subjects_due --
-- videos of an account whose turn it is, the newest first; publications without a row yet are due at once
select
    p.video_id,
    max(p.published_at) as published_at,
    min(p.placement) as placement,
    min(r.state::text)::jsonb as state
from desk.publication as p
left join desk.reading as r
    on
        p.owner = r.owner and p.account_id = r.account_id and p.video_id = r.video_id and r.dataset = %(dataset)s
where
    p.owner = %(owner)s and p.account_id = %(account_id)s
    and p.state = 'published' and p.video_id is not null and p.published_at <= %(now)s
    and (cardinality(%(placements)s::text[]) = 0 or p.placement = any(%(placements)s::text[]))
    and (%(forced)s or coalesce(r.next_at, '-infinity') <= %(now)s)
    and (%(forced)s or r.missing_since is null or r.last_at is null or r.last_at < %(now)s - interval '7 days')
group by p.video_id
order by max(p.published_at) desc, p.video_id asc;

-- reading_of_account --
select
    next_at,
    last_at,
    last_day,
    state
from desk.reading
where owner = %(owner)s and account_id = %(account_id)s and dataset = %(dataset)s and video_id = '';

-- metrics_refused --
select field
from desk.refused_metric
where owner = %(owner)s and account_id = %(account_id)s and dataset = %(dataset)s and again_at > %(now)s;

-- refuse_metric --
-- returns the field the first time only, so that it is reported once
insert into desk.refused_metric (owner, account_id, dataset, field, why, again_at)
values (%(owner)s, %(account_id)s, %(dataset)s, %(field)s, %(why)s, %(again_at)s)
on conflict (owner, account_id, dataset, field) do update
    set again_at = excluded.again_at, why = excluded.why
returning case when xmax = 0 then field end as field;

-- begin_sync --
insert into desk.sync (owner, account_id, platform, dataset, run_id, first_day, last_day, videos)
values (
    %(owner)s, %(account_id)s, %(platform)s, %(dataset)s, %(run_id)s, %(first_day)s, %(last_day)s, %(videos)s
)
returning sync_id;

-- give_up_left --
-- readings that a killed process left; their lock is ours now
update desk.sync
set
    state = 'failed', ended_at = clock_timestamp(),
    error = jsonb_build_object('kind', 'Killed', 'message', 'The process that read it ended. Nothing was kept.')
where owner = %(owner)s and account_id = %(account_id)s and dataset = %(dataset)s and state = 'running';

-- end_sync --
update desk.sync
set
    state = %(state)s, ended_at = clock_timestamp(), rows_read = %(rows_read)s, rows_changed = %(rows_changed)s,
    calls = %(calls)s, quota = %(quota)s, resumes_at = %(resumes_at)s, error = %(error)s::jsonb
where sync_id = %(sync_id)s;

-- note_readings --
-- many videos at once
insert into desk.reading (owner, account_id, dataset, video_id, next_at, last_at, last_day, missing_since)
select
    %(owner)s,
    %(account_id)s,
    %(dataset)s,
    u.video_id,
    u.next_at,
    %(now)s,
    %(last_day)s,
    case when u.missing then %(now)s::timestamptz end
from unnest(%(video_ids)s::text[], %(next_ats)s::timestamptz[], %(missing)s::boolean[])
    as u (video_id, next_at, missing)
on conflict (owner, account_id, dataset, video_id) do update
    set
        next_at = excluded.next_at, last_at = excluded.last_at,
        last_day = greatest(reading.last_day, excluded.last_day),
        missing_since = case
            when excluded.missing_since is null then null
            else coalesce(reading.missing_since, excluded.missing_since)
        end;

-- put_off --
-- the dataset of an account waits until then; nothing else about it changes
insert into desk.reading (owner, account_id, dataset, next_at)
values (%(owner)s, %(account_id)s, %(dataset)s, %(next_at)s)
on conflict (owner, account_id, dataset, video_id) do update set next_at = excluded.next_at;

-- remember --
insert into desk.reading (owner, account_id, dataset, video_id, next_at, state)
values (%(owner)s, %(account_id)s, %(dataset)s, %(video_id)s, %(now)s, %(state)s::jsonb)
on conflict (owner, account_id, dataset, video_id) do update set state = excluded.state;

-- touch_days --
insert into desk.touched_day (owner, platform, day)
select
    %(owner)s,
    %(platform)s,
    u.day
from unnest(%(days)s::date[]) as u (day)
on conflict (owner, platform, day) do update set at = clock_timestamp();

-- accounts_to_read --
select
    owner,
    account_id
from desk.accounts_to_read(%(datasets)s::text[], %(now)s);

-- stage_rows --
select desk.stage_rows(%(target)s::regclass, %(staged)s);

-- merge_rows --
select
    changed,
    days
from desk.merge_rows(%(staged)s::regclass, %(target)s::regclass);

-- drop_unread --
select desk.drop_unread(
    %(staged)s::regclass, %(target)s::regclass, %(owner)s, %(account_id)s, %(first)s, %(last)s, %(video_ids)s::text[]
);

-- columns_of --
select
    a.attname as name,
    t.typname as type
from pg_attribute as a
inner join pg_type as t on a.atttypid = t.oid
where a.attrelid = %(target)s::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum;

-- is_by_month --
select c.relkind = 'p' from pg_class as c where c.oid = %(target)s::regclass;

-- make_month --
select desk.make_month(%(target)s::regclass, %(day)s);

-- syncs --
select
    sync_id,
    account_id,
    platform,
    dataset,
    run_id,
    state,
    first_day,
    last_day,
    videos,
    started_at,
    ended_at,
    rows_read,
    rows_changed,
    calls,
    quota,
    resumes_at,
    error
from desk.sync
where
    owner = %(owner)s and (%(account_id)s::text is null or account_id = %(account_id)s)
    and (%(before)s::bigint is null or sync_id < %(before)s)
order by sync_id desc
limit %(at_most)s;

-- hold_reading --
select pg_try_advisory_lock(hashtextextended(%(name)s, 0));

-- note_day --
-- up to which day the videos of an account were read; its turn is theirs, so this row never waits
insert into desk.reading (owner, account_id, dataset, next_at, last_at, last_day)
values (%(owner)s, %(account_id)s, %(dataset)s, %(now)s, %(now)s, %(last_day)s)
on conflict (owner, account_id, dataset, video_id) do update
    set last_at = excluded.last_at, last_day = greatest(reading.last_day, excluded.last_day);
