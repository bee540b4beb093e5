-- Filling a month that nobody has rows of yet: written without its key, which is then made at once. Looking a place up for
-- each row takes two thirds of a first load's time.

-- Makes the table of a month that will be attached by end_month: the caller may add its own rows to it, and nothing else.
-- Null when the month is there already, or somebody is just making it.
create function desk.begin_month(target regclass, day date) returns regclass
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
    if to_regclass(part) is not null or not pg_try_advisory_xact_lock(hashtext('desk.make_month')) then
        return null;
    end if;
    -- read, not looked up: what another one has just made is not in this session's cache yet
    if exists (
        select from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = space and c.relname = name || to_char(month, '_YYYYMM')
    ) then
        return null;
    end if;
    execute format('create table %s (like %s including defaults including constraints)', part, target);
    execute format('alter table %s enable row level security', part);
    execute format(
        'create policy own_rows on %s for insert to desk_app with check (owner = desk.asking_owner())', part
    );
    execute format('grant insert on %s to desk_app', part);
    return part::regclass;
end
$$;
revoke all on function desk.begin_month(regclass, date) from public;
grant execute on function desk.begin_month(regclass, date) to desk_app;

-- Makes the key of a month's new table and attaches it; what begin_month allowed ends. Raises unique_violation when a row
-- is there twice, and does nothing to a table that begin_month has not just made.
create function desk.end_month(target regclass, day date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    month date := date_trunc('month', day::timestamp)::date;
    part regclass;
begin
    select c.oid::regclass into strict part
    from pg_class as t
    inner join pg_class as c on c.relnamespace = t.relnamespace and c.relname = t.relname || to_char(month, '_YYYYMM')
    inner join pg_policy as p on p.polrelid = c.oid and p.polname = 'own_rows' and p.polcmd = 'a'
    where t.oid = target and t.relkind = 'p' and not c.relispartition;
    execute format('revoke all on %s from desk_app', part);
    execute format('drop policy own_rows on %s', part);
    execute format('alter table %s disable row level security', part);
    execute format(
        'alter table %s attach partition %s for values from (%L) to (%L)',
        target, part, to_char(month, 'YYYY-MM-DD'), to_char(month + interval '1 month', 'YYYY-MM-DD')
    );
end
$$;
revoke all on function desk.end_month(regclass, date) from public;
grant execute on function desk.end_month(regclass, date) to desk_app;

-- Brings the staged rows of months that have no partition yet into one of their own, and sees to it that the others have
-- one. `left_over` says whether rows are left for merge_rows: those of months that were there, or with a row given twice;
-- what was filled is not staged any more then. Acts with the rights of who asks: row-level security stays in force.
create function desk.fill_months(
    staged regclass, target regclass, months date[], out filled bigint, out days date[], out left_over boolean
)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    names text;
    month date;
    span text;
    part regclass;
    added bigint;
    new_days date[];
    done text[] := '{}';
    whose text;
    of_account text;
begin
    filled := 0;
    left_over := false;
    execute format('select owner, account_id from %s limit 1', staged) into whose, of_account;
    -- merge_rows' lock, taken before that of the months: two loads of an account then never wait for each other in a circle
    perform pg_advisory_xact_lock(hashtextextended(format('rows of %s %s %s', target, whose, of_account), 0));
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into names
    from pg_attribute as a
    where a.attrelid = staged and a.attnum > 0 and not a.attisdropped;
    foreach month in array months loop
        span := format('s.day >= %L and s.day < %L', month, (month + interval '1 month')::date);
        begin
            part := desk.begin_month(target, month);
            if part is not null then
                execute format('insert into %s (%s) select %s from %s as s where %s', part, names, names, staged, span);
                get diagnostics added = row_count;
                execute format('select array_agg(distinct s.day) from %s as s where %s', staged, span) into new_days;
                perform desk.end_month(target, month);
            end if;
        exception when unique_violation then
            part := null; -- a row was given twice: the last one counts
        end;
        if part is null then
            perform desk.make_month(target, month);
            left_over := true;
        else
            filled := filled + added;
            days := days || new_days;
            done := done || span;
        end if;
    end loop;
    if left_over then
        foreach span in array done loop
            execute format('delete from %s as s where %s', staged, span);
        end loop;
    end if;
end
$$;
revoke all on function desk.fill_months(regclass, regclass, date[]) from public;
grant execute on function desk.fill_months(regclass, regclass, date[]) to desk_app;
