-- Collecting: whose turn it is to be read, what was read when, what a platform no longer tells, and which days changed.

-- one row for each dataset of an account (video_id '') and for each video of it: when it is read next
create table desk.reading (
    owner text not null,
    account_id text not null,
    dataset text not null, -- a name of the platform's DATASETS
    video_id text not null default '',
    next_at timestamptz not null,
    last_at timestamptz, -- the last complete reading
    last_day date, -- up to which day of the dataset's zone it was read
    missing_since timestamptz, -- the platform no longer shows the video
    state jsonb not null default '{}', -- what the dataset wants to be told the next time
    primary key (owner, account_id, dataset, video_id),
    foreign key (owner, account_id) references desk.account on delete cascade
);
comment on table desk.reading is 'When each dataset of an account, and each video in it, is read next.';
create index reading_due on desk.reading (next_at);

-- the history of readings: what, when, how many rows and calls, and what went wrong
create table desk.sync (
    sync_id bigint generated always as identity primary key,
    owner text not null,
    account_id text not null,
    platform text not null,
    dataset text not null,
    run_id text, -- Airflow's, or null when a person asked
    -- running · done · partial: a limit or the network ended it, the rest follows · failed: nothing was kept
    state text not null default 'running' check (state in ('running', 'done', 'partial', 'failed')),
    first_day date,
    last_day date,
    videos integer not null default 0,
    started_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    rows_read bigint not null default 0,
    rows_changed bigint not null default 0,
    calls integer not null default 0,
    quota integer not null default 0, -- units of the platform's own count
    resumes_at timestamptz,
    error jsonb, -- kind, message, code
    foreign key (owner, account_id) references desk.account on delete cascade
);
comment on table desk.sync is 'Every reading of an account: what, when, rows, calls, quota and errors.';
create index sync_by_account on desk.sync (owner, account_id, sync_id desc);

-- a metric that the platform refused: null from then on, asked again when `again_at` is over
create table desk.refused_metric (
    owner text not null,
    account_id text not null,
    dataset text not null,
    field text not null,
    why text not null,
    since timestamptz not null default clock_timestamp(),
    again_at timestamptz not null,
    primary key (owner, account_id, dataset, field),
    foreign key (owner, account_id) references desk.account on delete cascade
);
comment on table desk.refused_metric is 'Metrics a platform no longer gives for an account.';

-- days whose rows changed since the warehouse was built for them
create table desk.touched_day (
    owner text not null,
    platform text not null,
    day date not null,
    at timestamptz not null default clock_timestamp(),
    primary key (owner, platform, day)
);
comment on table desk.touched_day is 'Days the warehouse has to build again.';

do $$
declare
    name text;
begin
    foreach name in array array['reading', 'sync', 'refused_metric', 'touched_day'] loop
        execute format('alter table desk.%I enable row level security', name);
        execute format('alter table desk.%I force row level security', name);
        execute format(
            'create policy own_rows on desk.%I to desk_app '
            'using (owner = desk.asking_owner()) with check (owner = desk.asking_owner())', name
        );
        execute format('grant select, insert, update, delete on desk.%I to desk_app', name);
    end loop;
end
$$;

-- Makes a table of collected rows (or a mart) its owner's: row-level security and rights. Such tables have no foreign key
-- to the account, because it would be looked at for each of a million rows; include/analytics/policy.py empties them.
create procedure desk.collect_into(target regclass)
language plpgsql
as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy own_rows on %s to desk_app '
        'using (owner = desk.asking_owner()) with check (owner = desk.asking_owner())', target
    );
    execute format('grant select, insert, update, delete on %s to desk_app', target);
end
$$;
revoke all on procedure desk.collect_into(regclass) from public;

-- Makes the partition of a month, if it is not there; for tables partitioned by a date. It runs as the tables' owner,
-- reads no row and can make nothing but such partitions.
create function desk.make_month(target regclass, day date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    month date := date_trunc('month', day::timestamp)::date;
    space text;
    name text;
begin
    select n.nspname, c.relname into strict space, name
    from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
    where c.oid = target and c.relkind = 'p' and n.nspname not in ('desk', 'public', 'pg_catalog');
    if to_regclass(format('%I.%I', space, name || to_char(month, '_YYYYMM'))) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext(space || name), extract(epoch from month)::integer / 86400);
    execute format(
        'create table if not exists %I.%I partition of %s for values from (%L) to (%L)',
        space, name || to_char(month, '_YYYYMM'), target, to_char(month, 'YYYY-MM-DD'),
        to_char(month + interval '1 month', 'YYYY-MM-DD')
    );
end
$$;
revoke all on function desk.make_month(regclass, date) from public;
grant execute on function desk.make_month(regclass, date) to desk_app;

-- Makes a temporary table for rows on their way into `target`, gone with the transaction; `place` is their order.
create function desk.stage_rows(target regclass, staged text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('create temporary table %I (like %s including defaults) on commit drop', staged, target);
    execute format('alter table %I add column place bigint generated always as identity', staged);
end
$$;
revoke all on function desk.stage_rows(regclass, text) from public;
grant execute on function desk.stage_rows(regclass, text) to desk_app;

-- Brings staged rows into their table: new rows are added, changed ones replaced, equal ones left alone (they keep the
-- time they were collected at). Returns how many were added or changed, and which days (of a table that has any).
-- Acts with the rights of who asks: row-level security stays in force.
create function desk.merge_rows(staged regclass, target regclass, out changed bigint, out days date[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    keys text[];
    others text[];
    compared text[];
    day text;
begin
    select array_agg(quote_ident(a.attname) order by k.place) into strict keys
    from pg_index as i
    cross join lateral unnest(i.indkey::smallint[]) with ordinality as k (number, place)
    inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
    where i.indrelid = target and i.indisprimary;
    select array_agg(quote_ident(a.attname) order by a.attnum) into others
    from pg_attribute as a
    where
        a.attrelid = staged and a.attnum > 0 and not a.attisdropped
        and a.attname <> 'place' and quote_ident(a.attname) <> all(keys);
    compared := array_remove(others, 'collected_at');
    select case when bool_or(a.attname = 'day') then 't.day' else 'null::date' end into day
    from pg_attribute as a
    where a.attrelid = target and a.attnum > 0 and not a.attisdropped;
    execute format(
        'with merged as ('
        'insert into %s as t (%s) select %s from (select distinct on (%s) * from %s order by %s, place desc) as s '
        'on conflict (%s) do update set %s where (%s) is distinct from (%s) returning %s as day) '
        'select count(*), array_agg(distinct day order by day) filter (where day is not null) from merged',
        target, array_to_string(keys || others, ', '), array_to_string(keys || others, ', '),
        array_to_string(keys, ', '), staged, array_to_string(keys, ', '), array_to_string(keys, ', '),
        (select string_agg(format('%s = excluded.%s', o, o), ', ') from unnest(others) as o),
        (select string_agg('t.' || o, ', ') from unnest(compared) as o),
        (select string_agg('excluded.' || o, ', ') from unnest(compared) as o),
        day
    ) into changed, days;
end
$$;
revoke all on function desk.merge_rows(regclass, regclass) from public;
grant execute on function desk.merge_rows(regclass, regclass) to desk_app;

-- Takes away what was not read again of a slice: rows of these days (and videos) whose key is not among the staged.
create function desk.drop_unread(
    staged regclass, target regclass, whose text, of_account text, first_day date, last_day date, videos text[]
) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    same text;
    gone bigint;
begin
    select string_agg(format('t.%1$I = s.%1$I', a.attname), ' and ') into strict same
    from pg_index as i
    cross join lateral unnest(i.indkey::smallint[]) as k (number)
    inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
    where i.indrelid = target and i.indisprimary;
    execute format(
        'delete from %s as t where t.owner = $1 and t.account_id = $2 and t.day between $3 and $4 '
        'and ($5 is null or t.video_id = any($5)) and not exists (select from %s as s where %s)', target, staged, same
    ) using whose, of_account, first_day, last_day, videos;
    get diagnostics gone = row_count;
    return gone;
end
$$;
revoke all on function desk.drop_unread(regclass, regclass, text, text, date, date, text[]) from public;
grant execute on function desk.drop_unread(regclass, regclass, text, text, date, date, text[]) to desk_app;

-- Which accounts have something to read of these datasets: owner and account only.
create function desk.accounts_to_read(of_datasets text[], by_then timestamptz)
returns table (owner text, account_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        a.owner,
        a.account_id
    from desk.account as a
    where
        a.state <> 'disconnected' and a.route = 'direct'
        and (
            exists (
                select from desk.reading as r
                where
                    r.owner = a.owner and r.account_id = a.account_id and r.next_at <= by_then
                    and r.dataset = any(of_datasets)
            )
            or not exists (
                select from desk.reading as r
                where r.owner = a.owner and r.account_id = a.account_id and r.dataset = any(of_datasets)
            )
            or exists (
                select from desk.publication as p
                where
                    p.owner = a.owner and p.account_id = a.account_id and p.state = 'published'
                    and p.video_id is not null and p.published_at > by_then - interval '2 hours'
            )
        )
    order by a.owner, a.account_id;
end;
grant select on desk.reading to desk_dispatch;
create policy dispatch_reads on desk.reading for select to desk_dispatch using (true);
grant create on schema desk to desk_dispatch;
alter function desk.accounts_to_read(text[], timestamptz) owner to desk_dispatch;
revoke create on schema desk from desk_dispatch;
revoke all on function desk.accounts_to_read(text[], timestamptz) from public;
grant execute on function desk.accounts_to_read(text[], timestamptz) to desk_app;
grant select on desk.account to desk_dispatch;

-- Owners with days the warehouse has to build again.
create function desk.owners_touched() returns table (owner text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct t.owner
    from desk.touched_day as t
    order by t.owner;
end;
grant select on desk.touched_day to desk_dispatch;
create policy dispatch_reads on desk.touched_day for select to desk_dispatch using (true);
grant create on schema desk to desk_dispatch;
alter function desk.owners_touched() owner to desk_dispatch;
revoke create on schema desk from desk_dispatch;
revoke all on function desk.owners_touched() from public;
grant execute on function desk.owners_touched() to desk_app;

-- the schemas of what is collected, and of what is made of it
do $$
declare
    name text;
begin
    foreach name in array array['youtube', 'tiktok', 'instagram', 'facebook', 'linkedin', 'market', 'marts'] loop
        execute format('create schema %I', name);
        execute format('grant usage on schema %I to desk_app', name);
    end loop;
end
$$;
