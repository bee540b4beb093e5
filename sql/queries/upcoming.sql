-- Publications whose time is near.

-- publications_upcoming --
-- across owners, ids and times only
select
    owner,
    publication_id,
    due_at,
    looked_at
from desk.publications_upcoming(%(before)s);

-- keep_outlook --
insert into desk.outlook (owner, publication_id, due_at, problems)
values (%(owner)s, %(publication_id)s, %(due_at)s, %(problems)s)
on conflict (owner, publication_id) do update set
    looked_at = now(),
    due_at = excluded.due_at,
    problems = excluded.problems;

-- touch_outlook --
-- a look that came to nothing: what was known stays
insert into desk.outlook (owner, publication_id, due_at)
values (%(owner)s, %(publication_id)s, %(due_at)s)
on conflict (owner, publication_id) do update set
    looked_at = now(),
    due_at = excluded.due_at;

-- due_by_then --
-- what this account, or every account of the owner there, sends by this route from a time until then
select placement from desk.publication
where
    route = %(route)s
    and (%(platform)s::text is null or platform = %(platform)s)
    and (%(account_id)s::text is null or account_id = %(account_id)s)
    and state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_approval')
    and coalesce(next_try_at, scheduled_for) between %(since)s and %(due_at)s;

-- used_of_day --
select coalesce(max(used), 0) as used from desk.quota
where
    owner = %(owner)s
    and platform = %(platform)s
    and bucket = %(bucket)s
    and scope = %(scope)s
    and window_start = %(window_start)s;

-- used_of_span --
select count(*) as used
from desk.quota as q, unnest(q.marks) as m
where
    q.owner = %(owner)s
    and q.platform = %(platform)s
    and q.bucket = %(bucket)s
    and q.scope = %(scope)s
    and m > %(since)s;
