-- subjects_due --
-- videos of an account whose turn it is, the newest first; publications without a row yet are due at once
select
    p.video_id,
    max(p.published_at) as published_at,
    min(p.placement) as placement,
    min(r.state::text)::jsonb as state,
    bool_or(r.last_at is not null) as was_read
from desk.publication as p
left join desk.reading as r
    on
        p.owner = r.owner and p.account_id = r.account_id and p.video_id = r.video_id and r.dataset = %(dataset)s
where
    p.owner = %(owner)s and p.account_id = %(account_id)s
    and p.state = 'published' and p.video_id is not null and p.published_at <= %(now)s
    and (cardinality(%(placements)s::text[]) = 0 or p.placement = any(%(placements)s::text[]))
    and (%(forced)s or coalesce(r.next_at, '-infinity') <= %(now)s)
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

-- datasets_due --
-- which of an account's datasets have something to read, as `reading_of_account` and `subjects_due` tell of each;
-- placements with commas between them, '' for all
select u.dataset
from unnest(%(datasets)s::text[], %(are_of_videos)s::boolean[], %(placements)s::text[])
    as u (dataset, is_of_videos, placements)
where
    not exists (
        select from desk.reading as r
        where
            r.owner = %(owner)s and r.account_id = %(account_id)s and r.dataset = u.dataset and r.video_id = ''
            and r.next_at > %(now)s
    )
    and (
        not u.is_of_videos
        or exists (
            select from desk.publication as p
            left join desk.reading as r
                on
                    p.owner = r.owner and p.account_id = r.account_id and p.video_id = r.video_id
                    and r.dataset = u.dataset
            where
                p.owner = %(owner)s and p.account_id = %(account_id)s
                and p.state = 'published' and p.video_id is not null and p.published_at <= %(now)s
                and (u.placements = '' or p.placement = any(string_to_array(u.placements, ',')))
                and coalesce(r.next_at, '-infinity') <= %(now)s
        )
    );

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

-- accept_metrics --
-- metrics that were asked again after their time and not refused again
delete from desk.refused_metric
where
    owner = %(owner)s and account_id = %(account_id)s and dataset = %(dataset)s
    and again_at <= %(now)s and field <> all(%(refused)s::text[])
returning field;

-- forget_window --
-- days that were asked for are read; what was noted to go on with is not needed any more
delete from desk.reading
where owner = %(owner)s and account_id = %(account_id)s and dataset = %(dataset)s;

-- forget_syncs --
-- the history is kept for so long, and so is what an unfinished reading of past days noted
with old as (
    delete from desk.sync
    where owner = %(owner)s and account_id = %(account_id)s and started_at < %(before)s and state <> 'running'
    returning sync_id
),

unfinished as (
    delete from desk.reading
    where owner = %(owner)s and account_id = %(account_id)s and dataset like '%%@%%' and last_at < %(before)s
    returning video_id
)

select count(*) from old;

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
select desk.stage_rows(
    %(target)s::regclass, %(staged)s, %(owner)s, %(account_id)s, %(collected_at)s::timestamptz
);

-- merge_rows --
select
    changed,
    days
from desk.merge_rows(%(staged)s::regclass, %(target)s::regclass);

-- drop_unread --
select
    gone,
    days
from desk.drop_unread(
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

-- begin_month --
select desk.begin_month(
    %(target)s::regclass, %(month)s::date, %(owner)s, %(account_id)s, %(collected_at)s::timestamptz
)::text;

-- end_month --
select desk.end_month(%(target)s::regclass, %(month)s::date);

-- make_month --
select desk.make_month(%(target)s::regclass, %(month)s::date);

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
    and (%(state)s::text is null or state = %(state)s)
    and (%(before)s::bigint is null or sync_id < %(before)s)
order by sync_id desc
limit %(at_most)s;

-- hold_reading --
select pg_try_advisory_lock(hashtextextended(%(name)s, 0));

-- note_whole --
-- all videos of an account whose turn it was are read; their turn is theirs, so this row is never due itself
insert into desk.reading (owner, account_id, dataset, next_at, last_at, last_day)
values (%(owner)s, %(account_id)s, %(dataset)s, 'epoch', %(now)s, %(last_day)s)
on conflict (owner, account_id, dataset, video_id) do update
    set
        next_at = excluded.next_at, last_at = excluded.last_at,
        last_day = greatest(reading.last_day, excluded.last_day);

-- days_of_video --
select d.told from desk.days_of_video(%(source)s, %(account_id)s, %(video_id)s) as d (told);

-- days_read --
select d.day from desk.days_read(%(source)s, %(account_id)s, %(after)s, %(until)s) as d (day);

-- videos_read --
select v.told from desk.videos_read(%(source)s, %(account_id)s, %(day)s, %(after)s, %(until)s) as v (told);

-- last_of_videos --
select v.told from desk.last_of_videos(%(source)s, %(account_id)s, %(day)s) as v (told);

-- files_written_until --
select state ->> 'until' from desk.reading
where owner = %(owner)s and account_id = %(account_id)s and dataset = 'files@' and video_id = '';

-- note_files --
-- the name has a `@`: no dataset is called so, and nothing is ever due under it
insert into desk.reading (owner, account_id, dataset, next_at, state)
values (%(owner)s, %(account_id)s, 'files@', 'epoch', jsonb_build_object('until', %(until)s::text))
on conflict (owner, account_id, dataset, video_id) do update set state = excluded.state;

-- videos_of_account --
-- what an account has out there, and the release each belongs to; `is_first`: the oldest of its release on the platform
select
    p.video_id,
    p.placement,
    p.published_at,
    l.title_id,
    l.segment,
    l.age_bucket,
    not exists (
        select from desk.publication as o
        where
            o.release_id = p.release_id and o.platform = p.platform
            and (o.created_at, o.account_id, o.placement) < (p.created_at, p.account_id, p.placement)
    ) as is_first
from desk.publication as p
inner join desk.release as l on p.release_id = l.release_id
where p.owner = %(owner)s and p.account_id = %(account_id)s and p.state = 'published' and p.video_id is not null
order by p.published_at, p.publication_id;

-- videos_called --
-- an owner's publications with this id of the platform's, and when the platform stopped showing it
select
    p.platform,
    p.account_id,
    p.placement,
    p.video_id,
    p.url,
    p.published_at,
    l.title_id,
    min(r.missing_since) as missing_since,
    max(r.last_at) as read_at
from desk.publication as p
inner join desk.release as l on p.release_id = l.release_id
left join desk.reading as r on p.owner = r.owner and p.account_id = r.account_id and p.video_id = r.video_id
where p.owner = %(owner)s and p.video_id = %(video_id)s
group by p.publication_id, l.release_id
order by p.platform, p.account_id;
