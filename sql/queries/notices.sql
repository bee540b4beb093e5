-- What people are told, and how it went out.

-- end_notice --
-- it is no longer so; with a fingerprint: it is another thing now
update desk.notice set over_at = now()
where
    kind = %(kind)s
    and about = %(about)s
    and over_at is null
    and (%(fingerprint)s::text is null or fingerprint <> %(fingerprint)s)
returning notice_id;

-- forget_deliveries --
-- what is no longer so is not told any more, either
update desk.notice_delivery set next_try_at = null, trouble = 'It was over before it could be told.'
where notice_id = any(%(notice_ids)s::uuid[]) and next_try_at is not null;

-- keep_notice --
insert into desk.notice (owner, kind, about, fingerprint, subject, body)
values (%(owner)s, %(kind)s, %(about)s, %(fingerprint)s, %(subject)s, %(body)s)
on conflict (owner, kind, about) where over_at is null do nothing
returning notice_id;

-- keep_delivery --
insert into desk.notice_delivery (owner, notice_id, way)
values (%(owner)s, %(notice_id)s, %(way)s);

-- notices_to_deliver --
-- across owners, ids only
select
    owner,
    notice_id,
    way
from desk.notices_to_deliver();

-- take_delivery --
-- one taker: the next try is written down before this one is made, so a killed one is not tried at once again
update desk.notice_delivery as d set
    attempts = d.attempts + 1,
    next_try_at = now() + %(wait)s::interval * power(2, d.attempts)
from desk.notice as n
where
    d.notice_id = %(notice_id)s
    and d.way = %(way)s
    and d.next_try_at <= now()
    and n.owner = d.owner
    and n.notice_id = d.notice_id
returning d.attempts, n.notice_id, n.owner, n.kind, n.about, n.subject, n.body, n.told_at;

-- end_delivery --
update desk.notice_delivery set
    next_try_at = case when %(again)s then next_try_at end,
    delivered_at = case when %(delivered)s then now() end,
    trouble = %(trouble)s
where notice_id = %(notice_id)s and way = %(way)s;
