-- What people are told, and how it went out.

-- end_notice --
-- it is no longer so; with a fingerprint: it is another thing now
update desk.notice set over_at = now()
where
    kind = %(kind)s
    and about = %(about)s
    and over_at is null
    and not is_event
    and (%(fingerprint)s::text is null or fingerprint <> %(fingerprint)s)
returning notice_id;

-- forget_deliveries --
-- what is no longer so is not told any more, either
update desk.notice_delivery set next_try_at = null, held = false, trouble = 'It was over before it could be told.'
where notice_id = any(%(notice_ids)s::uuid[]) and (next_try_at is not null or held);

-- keep_notice --
insert into desk.notice (owner, kind, about, fingerprint, subject, body, data)
values (%(owner)s, %(kind)s, %(about)s, %(fingerprint)s, %(subject)s, %(body)s, %(data)s)
on conflict (owner, kind, about) where over_at is null do nothing
returning notice_id;

-- keep_event --
-- it happened: it is over at once, and the same thing is not told twice
insert into desk.notice (
    owner, kind, about, fingerprint, subject, body, data, told_at, over_at, is_event
)
select
    %(owner)s,
    %(kind)s,
    %(about)s,
    %(fingerprint)s,
    %(subject)s,
    %(body)s,
    %(data)s,
    %(at)s as made_at,
    %(at)s as told_at,
    true
where not exists (
    select from desk.notice
    where
        owner = %(owner)s
        and kind = %(kind)s
        and about = %(about)s
        and fingerprint = %(fingerprint)s
        and is_event
)
returning notice_id;

-- keep_delivery --
-- what goes to a paused address is held until somebody resumes it
insert into desk.notice_delivery (
    owner, notice_id, way, address, endpoint_id, job_id, callback_data, held, next_try_at, trouble
)
values (
    %(owner)s, %(notice_id)s, %(way)s, %(address)s, %(endpoint_id)s, %(job_id)s, %(callback_data)s, %(held)s,
    case when not %(held)s then now() end,
    case when %(held)s then 'Its address is paused.' end
)
on conflict do nothing;

-- deliveries_due --
-- across owners, ids only
select
    owner,
    delivery_id,
    lane,
    is_failing
from desk.deliveries_due(%(at_most)s);

-- take_delivery --
-- one taker: the next try is written down before this one is made, so a killed one is not tried at once again
update desk.notice_delivery as d set
    attempts = d.attempts + 1,
    first_try_at = coalesce(d.first_try_at, now()),
    next_try_at = now() + %(wait)s::interval * power(2, d.attempts)
from desk.notice as n
where
    d.delivery_id = %(delivery_id)s
    and d.next_try_at <= now()
    and n.owner = d.owner
    and n.notice_id = d.notice_id
returning
    d.delivery_id, d.way, d.attempts, d.address, d.endpoint_id, d.job_id, d.callback_data, d.first_try_at,
    n.notice_id, n.owner, n.kind, n.about, n.subject, n.body, n.data, n.told_at;

-- end_delivery --
update desk.notice_delivery set
    next_try_at = case when %(again)s and not held then next_try_at end,
    delivered_at = case when %(delivered)s then now() end,
    trouble = %(trouble)s
where delivery_id = %(delivery_id)s;

-- list_notices --
-- the newest first; `before_time` and `before_id` are where the page before ended
select
    n.notice_id,
    n.kind,
    n.about,
    n.subject,
    n.body,
    n.data,
    n.told_at,
    n.over_at,
    n.is_event
from desk.notice as n
where
    (%(kind)s::text is null or n.kind = %(kind)s)
    and (%(about)s::text is null or n.about = %(about)s)
    and (%(notice_id)s::uuid is null or n.notice_id = %(notice_id)s::uuid)
    and (
        %(before_time)s::timestamptz is null
        or (n.told_at, n.notice_id) < (%(before_time)s::timestamptz, %(before_id)s::uuid)
    )
order by n.told_at desc, n.notice_id desc
limit %(at_most)s;

-- deliveries_of --
select
    d.notice_id,
    d.delivery_id,
    d.way,
    d.job_id,
    d.attempts,
    d.next_try_at,
    d.delivered_at,
    d.held,
    d.trouble,
    case when d.endpoint_id is null then d.address else e.url end as address
from desk.notice_delivery as d
left join desk.webhook_endpoint as e on d.owner = e.owner and d.endpoint_id = e.endpoint_id
where d.notice_id = any(%(notice_ids)s::uuid[])
order by d.made_at, d.delivery_id;

-- replay --
-- everything of a notice goes out again at once, with the same id; what is held or under way stays as it is
update desk.notice_delivery set
    attempts = 0,
    first_try_at = null,
    next_try_at = now(),
    delivered_at = null,
    trouble = null
where notice_id = %(notice_id)s and not held and next_try_at is null
returning delivery_id;

-- forget_notices --
select desk.forget_notices(%(before)s);

-- digests_due --
-- across owners, names only
select owner from desk.digests_due(%(before)s);

-- read_choice --
select
    address,
    kinds,
    digest_at
from desk.mail_choice;

-- keep_choice --
insert into desk.mail_choice (owner, address, kinds)
values (%(owner)s, %(address)s, %(kinds)s)
on conflict (owner) do update set
    address = excluded.address,
    kinds = excluded.kinds,
    updated_at = now();

-- forget_choice --
delete from desk.mail_choice;

-- take_digest --
-- one taker
update desk.mail_choice set digest_at = now()
where digest_at < %(before)s
returning address;

-- digest_states --
-- what became of the week's publications; p.updated_at is the time of their last move
select
    p.platform,
    p.state::text as state,
    count(*) as publications
from desk.publication as p
where p.updated_at >= %(since)s
group by p.platform, p.state
order by p.platform, p.state;

-- digest_published --
select
    p.platform,
    p.account_id,
    p.url,
    p.published_at,
    coalesce(r.metadata ->> 'title', r.title_id) as title
from desk.publication as p
inner join desk.release as r on p.owner = r.owner and p.release_id = r.release_id
where p.state = 'published' and p.published_at >= %(since)s
order by p.published_at desc
limit 50;

-- digest_to_come --
select
    p.platform,
    p.account_id,
    coalesce(p.next_try_at, p.scheduled_for) as due_at,
    coalesce(r.metadata ->> 'title', r.title_id) as title
from desk.publication as p
inner join desk.release as r on p.owner = r.owner and p.release_id = r.release_id
where
    p.state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_approval')
    and coalesce(p.next_try_at, p.scheduled_for) between now() and now() + interval '7 days'
order by due_at asc
limit 50;
