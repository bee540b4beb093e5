-- Where a user's webhooks go, and what they are signed with.

-- add_endpoint --
insert into desk.webhook_endpoint (owner, url, kinds)
values (%(owner)s, %(url)s, %(kinds)s)
on conflict (owner, url, for_jobs) do update set kinds = excluded.kinds
returning *;

-- endpoint_for_job --
-- the webhook_url of a job's conf: one row for all jobs that name it
insert into desk.webhook_endpoint as e (owner, url, for_jobs)
values (%(owner)s, %(url)s, true)
on conflict (owner, url, for_jobs) do update set kinds = e.kinds
returning *;

-- list_endpoints --
select * from desk.webhook_endpoint
order by created_at, endpoint_id;

-- count_endpoints --
select count(*) from desk.webhook_endpoint
where not for_jobs and url <> %(url)s;

-- read_endpoint --
select * from desk.webhook_endpoint
where endpoint_id = %(endpoint_id)s;

-- remove_endpoint --
delete from desk.webhook_endpoint
where endpoint_id = %(endpoint_id)s
returning *;

-- endpoint_took --
update desk.webhook_endpoint set took_at = now(), failing_since = null, failures = 0, last_trouble = null
where endpoint_id = %(endpoint_id)s;

-- endpoint_failed --
-- an event is given up, and nothing at all has arrived since its first try: it is paused
update desk.webhook_endpoint set
    failing_since = coalesce(failing_since, now()),
    failures = failures + 1,
    last_trouble = %(trouble)s,
    paused_at = case
        when %(given_up)s and paused_at is null and coalesce(took_at, '-infinity') < %(first_try_at)s then now()
        else paused_at
    end
where endpoint_id = %(endpoint_id)s
returning paused_at = now() as paused_now;

-- hold_deliveries --
-- everything on its way to a paused address waits for a person
update desk.notice_delivery set held = true, next_try_at = null, trouble = 'Its address is paused.'
where endpoint_id = %(endpoint_id)s and next_try_at is not null;

-- resume_endpoint --
update desk.webhook_endpoint set paused_at = null, failing_since = null, failures = 0, last_trouble = null
where endpoint_id = %(endpoint_id)s
returning *;

-- release_deliveries --
update desk.notice_delivery set held = false, next_try_at = now(), attempts = 0, first_try_at = null
where endpoint_id = %(endpoint_id)s and held;

-- lock_secrets --
-- two first webhooks at once make one secret
select pg_advisory_xact_lock(hashtextextended('webhook_secret/' || %(owner)s, 0));

-- list_secrets --
-- those that sign now, the newest first
select
    secret_id,
    envelope
from desk.webhook_secret
where ends_at is null or ends_at > now()
order by made_at desc, secret_id asc;

-- end_secrets --
update desk.webhook_secret set ends_at = now() + %(overlap)s::interval
where ends_at is null;

-- forget_secrets --
delete from desk.webhook_secret
where ends_at < now();

-- keep_secret --
insert into desk.webhook_secret (owner, secret_id, envelope)
values (%(owner)s, %(secret_id)s, %(envelope)s);
