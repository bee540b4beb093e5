-- Requests to the REST API: which may be repeated, and how fast they may come.

-- begin_request --
-- the first request of a key gets a row; one whose key has expired, or whose worker has died, begins anew
insert into desk.idempotency_key as k (owner, key_sha256, request_sha256, expires_at)
values (%(owner)s, %(key)s, %(request)s, now() + make_interval(hours => %(hours)s))
on conflict (owner, key_sha256) do update set
    request_sha256 = excluded.request_sha256,
    begun_at = clock_timestamp(),
    answer = null,
    expires_at = excluded.expires_at
where
    k.expires_at < now()
    or (
        k.answer is null
        and k.request_sha256 = excluded.request_sha256
        and k.begun_at < now() - make_interval(secs => %(dead_after_seconds)s)
    )
returning true as is_new;

-- read_request --
select
    request_sha256,
    answer
from desk.idempotency_key
where key_sha256 = %(key)s;

-- end_request --
update desk.idempotency_key set answer = %(answer)s
where key_sha256 = %(key)s and request_sha256 = %(request)s;

-- forget_request --
delete from desk.idempotency_key
where key_sha256 = %(key)s and request_sha256 = %(request)s and answer is null;

-- forget_old_requests --
delete from desk.idempotency_key
where expires_at < now();

-- take_request --
-- one token, when there is one; `left` is what is left then
insert into desk.request_rate as r (owner, tokens, at)
values (%(owner)s, %(at_once)s - 1, clock_timestamp())
on conflict (owner) do update set
    tokens = least(
        %(at_once)s, r.tokens + extract(epoch from clock_timestamp() - r.at) * %(per_second)s
    ) - 1,
    at = clock_timestamp()
where
    least(%(at_once)s, r.tokens + extract(epoch from clock_timestamp() - r.at) * %(per_second)s) >= 1
returning tokens as left_over;
