-- Pauses: accounts and apps that send nothing before a time. Counting is in limits.sql.

-- pause --
-- a longer pause wins over a shorter one
insert into desk.quota_pause as p (owner, platform, scope, until, why)
values (%(owner)s, %(platform)s, %(scope)s, %(until)s, %(why)s)
on conflict (owner, platform, scope) do update
set until = excluded.until, why = excluded.why
where p.until < excluded.until;

-- pause_reads --
-- publishing goes on meanwhile
insert into desk.quota_pause as p (owner, platform, scope, until, why, reads_until, reads_why)
values (%(owner)s, %(platform)s, %(scope)s, '-infinity', %(why)s, %(until)s, %(why)s)
on conflict (owner, platform, scope) do update
set reads_until = excluded.reads_until, reads_why = excluded.reads_why
where coalesce(p.reads_until < excluded.reads_until, true);

-- read_pause --
-- the longest pause that binds this account: its own, or that of the whole app
select
    until,
    why
from desk.quota_pause
where
    platform = %(platform)s
    and ((owner = %(owner)s and scope = %(account_id)s) or (owner = '*' and scope = %(app_id)s))
    and until > %(now)s
order by until desc
limit 1;
