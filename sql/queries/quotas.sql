-- Limits of the platforms, counted before each call. No row comes back when the limit would be exceeded.

-- reserve_day --
-- a fixed window that began at window_start
insert into desk.quota as q (owner, platform, bucket, scope, window_start, used)
select
    %(owner)s,
    %(platform)s,
    %(bucket)s,
    %(scope)s,
    %(window_start)s,
    %(cost)s
where %(cost)s <= %(at_most)s
on conflict (owner, platform, bucket, scope, window_start) do update set used = q.used + excluded.used
where q.used + excluded.used <= %(at_most)s
returning used;

-- give_back_day --
update desk.quota set used = greatest(0, used - %(cost)s)
where
    owner = %(owner)s
    and platform = %(platform)s
    and bucket = %(bucket)s
    and scope = %(scope)s
    and window_start = %(window_start)s;

-- reserve_sliding --
-- a window that slides: the times of the last calls, old ones dropped
insert into desk.quota as q (owner, platform, bucket, scope, window_start, marks)
select
    %(owner)s,
    %(platform)s,
    %(bucket)s,
    %(scope)s,
    '-infinity',
    array_fill(%(now)s::timestamptz, array[%(cost)s::integer])
where %(cost)s <= %(at_most)s
on conflict (owner, platform, bucket, scope, window_start) do update
set marks = array(select m from unnest(q.marks) as m where m > %(since)s order by m) || excluded.marks
where (select count(*) from unnest(q.marks) as m where m > %(since)s) + %(cost)s <= %(at_most)s
returning cardinality(marks);

-- give_back_sliding --
update desk.quota set marks = array_remove(marks, %(now)s::timestamptz)
where
    owner = %(owner)s
    and platform = %(platform)s
    and bucket = %(bucket)s
    and scope = %(scope)s
    and window_start = '-infinity';

-- oldest_mark --
-- when the sliding window has room again: this time plus its length
select min(m) as oldest
from desk.quota as q, unnest(q.marks) as m
where
    q.owner = %(owner)s
    and q.platform = %(platform)s
    and q.bucket = %(bucket)s
    and q.scope = %(scope)s
    and q.window_start = '-infinity'
    and m > %(since)s;

-- pause --
-- a longer pause wins over a shorter one
insert into desk.quota_pause as p (owner, platform, scope, until, why)
values (%(owner)s, %(platform)s, %(scope)s, %(until)s, %(why)s)
on conflict (owner, platform, scope) do update
set until = excluded.until, why = excluded.why
where p.until < excluded.until;

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
