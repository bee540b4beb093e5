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
    part text;
begin
    select n.nspname, c.relname into strict space, name
    from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
    where c.oid = target and c.relkind = 'p' and n.nspname not in ('desk', 'public', 'pg_catalog');
    part := format('%I.%I', space, name || to_char(month, '_YYYYMM'));
    if to_regclass(part) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext('desk.make_month'));
    -- read, not looked up: what another one has just made is not in this session's cache yet
    if not exists (
        select from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = space and c.relname = name || to_char(month, '_YYYYMM')
    ) then
        -- made and then attached: that waits for no reader and no writer of the table, so nobody waits in a circle
        execute format('create table %s (like %s including defaults including constraints)', part, target);
        execute format(
            'alter table %s attach partition %s for values from (%L) to (%L)',
            target, part, to_char(month, 'YYYY-MM-DD'), to_char(month + interval '1 month', 'YYYY-MM-DD')
        );
    end if;
end
$$;
revoke all on function desk.make_month(regclass, date) from public;
grant execute on function desk.make_month(regclass, date) to desk_app;

-- Makes a temporary table for rows of an account on their way into `target`, gone with the transaction. Their order is that
-- of their places in it (ctid): nothing in it is ever changed.
create function desk.stage_rows(target regclass, staged text, whose text, of_account text, at timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('create temporary table %I (like %s including defaults) on commit drop', staged, target);
    execute format(
        'alter table %I alter column owner set default %L, alter column account_id set default %L, '
        'alter column collected_at set default %L', staged, whose, of_account, at
    );
end
$$;
revoke all on function desk.stage_rows(regclass, text, text, text, timestamptz) from public;
grant execute on function desk.stage_rows(regclass, text, text, text, timestamptz) to desk_app;

-- Brings staged rows of an account into their table: new rows are added, changed ones replaced, equal ones left alone (they
-- keep the time they were collected at, until it is a week old: what is read again is as fresh as its reading). Returns how many were added or changed, and which days (of a table that has any).
-- Acts with the rights of who asks: row-level security stays in force. One at a time for each account and table: rows that
-- are not there stay so, and are added without looking each of them up (`on conflict` takes three times as long).
create function desk.merge_rows(staged regclass, target regclass, out changed bigint, out days date[])
language plpgsql set search_path = pg_catalog, pg_temp set enable_nestloop = off set jit = off
as $$
declare
    keys text[];
    others text[];
    compared text[];
    by_day boolean;
    day text;
    names text;
    whose text;
    of_account text;
    slice text := 't.owner = $1 and t.account_id = $2';
    same text;
    first date;
    last date;
    known boolean;
begin
    select array_agg(quote_ident(a.attname) order by k.place) into strict keys
    from pg_index as i
    cross join lateral unnest(i.indkey::smallint[]) with ordinality as k (number, place)
    inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
    where i.indrelid = target and i.indisprimary;
    select array_agg(quote_ident(a.attname) order by a.attnum) into others
    from pg_attribute as a
    where a.attrelid = staged and a.attnum > 0 and not a.attisdropped and quote_ident(a.attname) <> all(keys);
    compared := array_remove(others, 'collected_at');
    names := array_to_string(keys || others, ', ');
    select bool_or(a.attname = 'day') into by_day
    from pg_attribute as a
    where a.attrelid = target and a.attnum > 0 and not a.attisdropped;
    day := case when by_day then 't.day' else 'null::date' end;
    execute format('select owner, account_id from %s limit 1', staged) into whose, of_account;
    changed := 0;
    if whose is null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(format('rows of %s %s %s', target, whose, of_account), 0));
    if by_day then
        slice := slice || ' and t.day between $3 and $4';
        execute format('select min(day), max(day) from %s', staged) into first, last;
    end if;
    execute format('select exists (select from %s as t where %s)', target, slice)
    into known using whose, of_account, first, last;
    if not known then
        begin
            execute format('insert into %s (%s) select %s from %s', target, names, names, staged);
            get diagnostics changed = row_count;
            if by_day then
                execute format('select array_agg(distinct day order by day) from %s', staged) into days;
            end if;
            return;
        exception when unique_violation then
            null; -- a row was given twice: the last one counts
        end;
    end if;
    execute format('analyze %s', staged);
    same := (select string_agg(format('t.%1$s = s.%1$s', k), ' and ') from unnest(keys) as k);
    execute format(
        'with s as materialized (select distinct on (%1$s) %2$s from %3$s order by %1$s, ctid desc), '
        'replaced as (update %4$s as t set %5$s from s where %6$s and %7$s '
        'and ((%8$s) is distinct from (%9$s) or t.collected_at < s.collected_at - interval ''7 days'') '
        'returning %10$s as day), '
        'added as (insert into %4$s as t (%2$s) select %2$s from s where not exists '
        '(select from %4$s as t where %6$s and %7$s) returning %10$s as day), '
        'merged as (select day from replaced union all select day from added) '
        'select count(*), array_agg(distinct day order by day) filter (where day is not null) from merged',
        array_to_string(keys, ', '), names, staged, target,
        (select string_agg(format('%1$s = s.%1$s', o), ', ') from unnest(others) as o),
        slice, same,
        (select string_agg('t.' || c, ', ') from unnest(compared) as c),
        (select string_agg('s.' || c, ', ') from unnest(compared) as c),
        day
    ) into changed, days using whose, of_account, first, last;
end
$$;
revoke all on function desk.merge_rows(regclass, regclass) from public;
grant execute on function desk.merge_rows(regclass, regclass) to desk_app;

-- Takes away what was not read again of a slice: rows of these days (and videos) whose key is not among the staged. Returns
-- how many, and their days.
create function desk.drop_unread(
    staged regclass, target regclass, whose text, of_account text, first_day date, last_day date, videos text[],
    out gone bigint, out days date[]
)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    same text;
begin
    select string_agg(format('t.%1$I = s.%1$I', a.attname), ' and ') into strict same
    from pg_index as i
    cross join lateral unnest(i.indkey::smallint[]) as k (number)
    inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
    where i.indrelid = target and i.indisprimary;
    execute format(
        'with dropped as (delete from %s as t where t.owner = $1 and t.account_id = $2 and t.day between $3 and $4 '
        'and ($5 is null or t.video_id = any($5)) and not exists (select from %s as s where %s) returning t.day) '
        'select count(*), array_agg(distinct day order by day) from dropped', target, staged, same
    ) into gone, days using whose, of_account, first_day, last_day, videos;
end
$$;
revoke all on function desk.drop_unread(regclass, regclass, text, text, date, date, text[]) from public;
grant execute on function desk.drop_unread(regclass, regclass, text, text, date, date, text[]) to desk_app;

-- Which connected accounts have something to read of these datasets by then: owner and account only. Without datasets:
-- all connected accounts. A row at 'epoch' says that the turn is its videos'.
create function desk.accounts_to_read(of_datasets text[], by_then timestamptz)
returns table (owner text, account_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        a.owner,
        a.account_id
    from desk.account as a
    where
        a.state = 'connected' and a.route = 'direct'
        and (
            exists (
                select from desk.reading as r
                where
                    r.owner = a.owner and r.account_id = a.account_id and r.next_at <= by_then and r.next_at > 'epoch'
                    and r.dataset = any(of_datasets)
            )
            or not exists (
                select from desk.reading as r
                where r.owner = a.owner and r.account_id = a.account_id and r.dataset = any(of_datasets)
            )
            -- something came out that was not read yet
            or exists (
                select from desk.publication as p
                where
                    p.owner = a.owner and p.account_id = a.account_id and p.state = 'published'
                    and p.video_id is not null and p.published_at > by_then - interval '7 days'
                    and p.published_at <= by_then
                    and not exists (
                        select from desk.reading as r
                        where
                            r.owner = p.owner and r.account_id = p.account_id and r.video_id = p.video_id
                            and r.dataset = any(of_datasets)
                    )
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
