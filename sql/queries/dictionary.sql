-- tables --
select
    n.nspname as schema,
    c.relname as name,
    obj_description(c.oid, 'pg_class') as comment
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
where n.nspname = any(%(schemas)s::text[]) and c.relkind in ('r', 'p') and not c.relispartition
order by n.nspname, c.relname;

-- columns --
select
    n.nspname as schema,
    c.relname as table_name,
    a.attname as name,
    format_type(a.atttypid, a.atttypmod) as kind,
    col_description(c.oid, a.attnum) as comment,
    coalesce(a.attnum = any(i.indkey::smallint[]), false) as key
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
left join pg_index as i on c.oid = i.indrelid and i.indisprimary
where n.nspname = any(%(schemas)s::text[]) and c.relkind in ('r', 'p') and not c.relispartition
order by n.nspname, c.relname, a.attnum;
