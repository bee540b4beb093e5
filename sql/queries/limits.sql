-- Token buckets and windows shared by all workers; the arithmetic is in desk.take (migration 0009).

-- take --
-- one decision about one call: all its buckets give, or none. It becomes the owner first, in the same statement: the
-- locks are held as long as the server works, and not while an answer travels.
with become as materialized (
    select
        set_config('role', %(role)s, true) as role,
        set_config('desk.owner', %(owner)s, true) as owner,
        set_config(
            'synchronous_commit', case when %(hasty)s then 'off' else current_setting('synchronous_commit') end, true
        ) as durability
)

select
    desk.take(
        %(owner)s, %(platform)s, %(account_id)s, %(app_id)s, %(wants)s, %(reading)s, %(ticket)s, %(rank)s, %(now)s
    ) as answers
from become;

-- settle --
with become as materialized (
    select
        set_config('role', %(role)s, true) as role,
        set_config('desk.owner', %(owner)s, true) as owner,
        set_config(
            'synchronous_commit', case when %(hasty)s then 'off' else current_setting('synchronous_commit') end, true
        ) as durability
)

select desk.settle(%(wants)s, %(sent)s, %(now)s) as done
from become;

-- shut --
-- a longer closing wins over a shorter one
insert into desk.bucket as b (owner, platform, bucket, scope, shut_until, shut_why)
values (%(owner)s, %(platform)s, %(bucket)s, %(scope)s, %(until)s, %(why)s)
on conflict (owner, platform, bucket, scope) do update
set shut_until = excluded.shut_until, shut_why = excluded.shut_why
where coalesce(b.shut_until < excluded.shut_until, true);

-- tell --
-- what the platform counted itself; an answer that was asked for earlier does not replace a later one
insert into desk.bucket as b (owner, platform, bucket, scope, told_used, told_limit, told_at)
values (
    %(owner)s, %(platform)s, %(bucket)s, %(scope)s, %(used)s, %(at_most)s,
    clock_timestamp() - make_interval(secs => %(seconds_ago)s)
)
on conflict (owner, platform, bucket, scope) do update set
    told_used = excluded.told_used,
    told_limit = coalesce(excluded.told_limit, b.told_limit),
    told_at = excluded.told_at
where coalesce(b.told_at < excluded.told_at, true);

-- list_buckets --
-- what this owner may see: own buckets, and those of the apps
select
    b.owner,
    b.platform,
    b.bucket,
    b.scope,
    b.tokens,
    b.told_used,
    b.told_limit,
    b.told_at,
    b.shut_until,
    b.shut_why,
    extract(epoch from clock_timestamp() - b.filled_at)::float8 as seconds,
    (
        select count(*) from desk.bucket_line as l
        where
            l.owner = b.owner
            and l.platform = b.platform
            and l.bucket = b.bucket
            and l.scope = b.scope
            and l.until > clock_timestamp() - interval '2 minutes'
    ) as waiting
from desk.bucket as b;

-- list_windows --
select
    owner,
    platform,
    bucket,
    scope,
    used,
    marks,
    nullif(window_start, '-infinity') as window_start
from desk.quota
where window_start = '-infinity' or window_start > now() - interval '2 days';

-- list_planned --
-- what this owner sends by itself in the next day
select
    account_id,
    platform,
    placement,
    greatest(coalesce(next_try_at, scheduled_for, now()), now()) as due_at
from desk.publication
where
    state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_approval')
    and coalesce(next_try_at, scheduled_for, now()) < now() + interval '25 hours';
