-- Filling a month that nobody has rows of yet: written without its key, which is then made at once. Looking a place up for
-- each row takes two thirds of a first load's time.

-- Makes the table of a month that will be attached by end_month: the caller may add its own rows to it, and nothing else. By
-- COPY, too: that refuses a table with row-level security, so a constraint says whose rows they are. Who does not say whose
-- and when gets `whose`, `of_account` and `at`. Null when the month is there already, or somebody is just making it.
create function desk.begin_month(target regclass, day date, whose text, of_account text, at timestamptz) returns regclass
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
    execute format(
        'alter table %s add constraint own_rows check (owner = desk.asking_owner()), alter column owner set default %L, '
        'alter column account_id set default %L, alter column collected_at set default %L', part, whose, of_account, at
    );
    execute format('grant insert on %s to desk_app', part);
    return part::regclass;
end
$$;
revoke all on function desk.begin_month(regclass, date, text, text, timestamptz) from public;
grant execute on function desk.begin_month(regclass, date, text, text, timestamptz) to desk_app;

-- Makes the key of a month's new table and attaches it; what begin_month allowed ends. Of rows with the same key the last one
-- stays: returns how many went. Raises no_data_found for a table that begin_month has not just made.
create function desk.end_month(target regclass, day date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    month date := date_trunc('month', day::timestamp)::date;
    part regclass;
    attach text;
    same text;
    gone bigint := 0;
begin
    select c.oid::regclass into strict part
    from pg_class as t
    inner join pg_class as c on c.relnamespace = t.relnamespace and c.relname = t.relname || to_char(month, '_YYYYMM')
    inner join pg_constraint as k on k.conrelid = c.oid and k.conname = 'own_rows'
    where t.oid = target and t.relkind = 'p' and not c.relispartition;
    execute format('revoke all on %s from desk_app', part);
    execute format(
        'alter table %s drop constraint own_rows, alter column owner drop default, alter column account_id drop default, '
        'alter column collected_at drop default', part
    );
    attach := format(
        'alter table %s attach partition %s for values from (%L) to (%L)',
        target, part, to_char(month, 'YYYY-MM-DD'), to_char(month + interval '1 month', 'YYYY-MM-DD')
    );
    begin
        execute attach;
    exception when unique_violation then
        select string_agg(format('a.%1$I = b.%1$I', a.attname), ' and ') into strict same
        from pg_index as i
        cross join lateral unnest(i.indkey::smallint[]) as k (number)
        inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
        where i.indrelid = target and i.indisprimary;
        execute format('delete from %1$s as a using %1$s as b where a.ctid < b.ctid and %2$s', part, same);
        get diagnostics gone = row_count;
        execute attach;
    end;
    return gone;
end
$$;
revoke all on function desk.end_month(regclass, date) from public;
grant execute on function desk.end_month(regclass, date) to desk_app;
