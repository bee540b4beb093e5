-- The queue: what waits for its time, a limit or its account without a run, and the runs that take it on when it is due.

alter table desk.publication
add column scheduled_local timestamp, -- its time as it was given, by the clocks of `timezone`; null: at once
add column queued_at timestamptz, -- since when the queue looks after it; null: a run does
add column asks boolean not null default false, -- a person's yes is needed before it is begun
add column version integer not null default 0; -- one more with every move, new time or priority
comment on column desk.publication.scheduled_for is 'The instant of scheduled_local, computed anew when zones change.';

alter table desk.job
add column of_queue boolean not null default false; -- a run that publish_due started for what other jobs asked for

-- a run that publish_due starts for a publication: the proof of whose run it is, and that nobody else takes it on
create table desk.queue_run (
    owner text not null,
    run_id text not null,
    publication_id uuid not null,
    priority smallint not null,
    asks boolean not null, -- the run asks for a person's yes first
    due_at timestamptz not null,
    taken_at timestamptz not null default now(),
    triggered_at timestamptz, -- Airflow has the run
    lost_at timestamptz not null, -- when it counts as lost unless something has happened
    ended_at timestamptz,
    primary key (owner, run_id, publication_id),
    foreign key (owner, publication_id) references desk.publication (owner, publication_id) on delete cascade
);
comment on table desk.queue_run is 'Runs that publish_due started, and for which publications.';
create unique index queue_run_open on desk.queue_run (owner, publication_id) where ended_at is null;
create index queue_run_untriggered on desk.queue_run (taken_at) where ended_at is null and triggered_at is null;

alter table desk.queue_run enable row level security;
alter table desk.queue_run force row level security;
create policy own_rows on desk.queue_run to desk_app
using (owner = desk.asking_owner()) with check (owner = desk.asking_owner());
grant select, insert, update, delete on desk.queue_run to desk_app;

create index publication_queued on desk.publication (next_try_at) where queued_at is not null;
create index publication_left_alone on desk.publication (updated_at)
where queued_at is null and state in ('planned', 'scheduled', 'validated', 'waiting_quota');
create index publication_without_account on desk.publication (owner, account_id) where state = 'waiting_account';
create index release_by_content on desk.release (owner, video_sha256);

-- The doors across owners. Each tells ids, owners and times; whoever acts on them does so as the owner.
grant select (owner, run_id, publication_id, asks, taken_at, triggered_at, lost_at, ended_at)
on desk.queue_run to desk_dispatch;
create policy dispatch_reads on desk.queue_run for select to desk_dispatch using (true);

-- what is due at a time and nobody has taken on, in the order it goes: 8 to 10 first, then what has waited for a limit,
-- then the rest, each by priority, first come first served
create function desk.publications_due(at timestamptz, lost_before timestamptz, at_most integer)
returns table (owner text, publication_id uuid, release_id uuid, priority smallint, due_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        d.owner,
        d.publication_id,
        d.release_id,
        d.priority,
        d.due_at
    from (
        -- what has left its run, or never had one
        select
            p.owner,
            p.publication_id,
            p.release_id,
            p.priority,
            p.state,
            p.scheduled_for,
            p.created_at,
            p.updated_at,
            p.next_try_at as due_at
        from desk.publication as p
        where
            p.queued_at is not null
            and p.next_try_at <= at
            and p.state in ('planned', 'scheduled', 'validated', 'waiting_quota')
        union all
        -- what has a run that does nothing: Airflow has lost it
        select
            p.owner,
            p.publication_id,
            p.release_id,
            p.priority,
            p.state,
            p.scheduled_for,
            p.created_at,
            p.updated_at,
            coalesce(p.next_try_at, p.updated_at) as due_at
        from desk.publication as p
        where
            p.queued_at is null
            and p.state in ('planned', 'scheduled', 'validated', 'waiting_quota')
            and p.updated_at < lost_before
            and coalesce(p.next_try_at, p.updated_at) < lost_before
            and not (p.asks and p.state = 'planned')
        union all
        -- what waited for an account that is back
        select
            p.owner,
            p.publication_id,
            p.release_id,
            p.priority,
            p.state,
            p.scheduled_for,
            p.created_at,
            p.updated_at,
            a.updated_at as due_at
        from desk.publication as p
        inner join desk.account as a on p.owner = a.owner and p.account_id = a.account_id
        where p.state = 'waiting_account' and a.state = 'connected' and a.updated_at > p.updated_at
    ) as d
    where not exists (
        select from desk.queue_run as q
        where
            q.owner = d.owner
            and q.publication_id = d.publication_id
            and q.ended_at is null
            and (q.lost_at > now() or d.updated_at >= lost_before)
    )
    order by
        case when d.priority >= 8 then 0 when d.state = 'waiting_quota' then 1 else 2 end asc,
        d.priority desc,
        coalesce(d.scheduled_for, d.created_at) asc,
        d.created_at asc,
        d.publication_id asc
    limit at_most;
end;

-- how many runs that publish_due started are under way; one that waits for a person's yes takes nobody's place
create function desk.queue_runs_open() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select count(distinct q.run_id) from desk.queue_run as q
    where q.ended_at is null and q.lost_at > now() and not q.asks;
end;

-- runs that were written down and that Airflow has perhaps never got: the process died in between
create function desk.queue_runs_untriggered(before timestamptz)
returns table (owner text, run_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct
        q.owner,
        q.run_id
    from desk.queue_run as q
    where q.ended_at is null and q.triggered_at is null and q.taken_at < before and q.lost_at > now();
end;

-- local times that lie ahead, to compute their instants anew when the rules of a zone have changed
create function desk.local_times_ahead()
returns table (
    owner text, publication_id uuid, scheduled_local timestamp, timezone text, scheduled_for timestamptz
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        p.owner,
        p.publication_id,
        p.scheduled_local,
        p.timezone,
        p.scheduled_for
    from desk.publication as p
    where
        p.scheduled_local is not null
        and p.scheduled_for > now()
        and p.state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_account', 'waiting_approval');
end;

grant create on schema desk to desk_dispatch;
do $$
declare
    signature text;
begin
    foreach signature in array array[
        'publications_due(timestamptz, timestamptz, integer)', 'queue_runs_open()',
        'queue_runs_untriggered(timestamptz)', 'local_times_ahead()'
    ] loop
        execute format('alter function desk.%s owner to desk_dispatch', signature);
        execute format('revoke all on function desk.%s from public', signature);
        execute format('grant execute on function desk.%s to desk_app', signature);
    end loop;
end
$$;
revoke create on schema desk from desk_dispatch;
