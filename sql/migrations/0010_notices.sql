-- Told: what happens becomes notices, a trail of who did what, and figures. Webhooks and e-mail for each user.

-- An outbox: written by triggers in the transaction in which something happens, so nothing is lost and nothing is told
-- that did not happen; include/publishing/happenings.py takes the rows out again, seconds later.
create table desk.happening (
    happening_id bigint generated always as identity primary key,
    owner text not null,
    at timestamptz not null default clock_timestamp(),
    what text not null check (what in ('move', 'change', 'job', 'account', 'refresh')),
    about text not null, -- the publication's, job's or account's id; of a refresh the platform
    was text, -- the state before
    became text, -- the state after
    details jsonb not null default '{}',
    who text, -- the person who was signed in; null: nobody, the machine went on by itself
    door text
);
comment on table desk.happening is 'What happened and was not made known yet: an outbox, empty most of the time.';

create function desk.it_happened(
    owner text, what text, about text, was text, became text, details jsonb
) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into desk.happening (owner, what, about, was, became, details, who, door)
    values (
        owner, what, about, was, became, details,
        nullif(current_setting('desk.who', true), ''), nullif(current_setting('desk.door', true), '')
    );
end;
revoke all on function desk.it_happened(text, text, text, text, text, jsonb) from public;
grant execute on function desk.it_happened(text, text, text, text, text, jsonb) to desk_app;

create function desk.move_happened() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    perform desk.it_happened(
        new.owner, 'move', new.publication_id::text, new.from_state::text, new.to_state::text,
        jsonb_build_object('error', new.error)
    );
    return null;
end
$$;
create trigger it_happened after insert on desk.move
for each row execute function desk.move_happened();

create function desk.change_happened() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    perform desk.it_happened(
        new.owner, 'change', new.publication_id::text, new.state::text, new.state::text,
        jsonb_build_object(
            'scheduled_for', new.scheduled_for, 'before', old.scheduled_for, 'timezone', new.timezone,
            'priority', new.priority
        )
    );
    return null;
end
$$;
create trigger it_happened after update of scheduled_for, timezone, priority on desk.publication
for each row
when (
    (new.scheduled_for, new.timezone, new.priority) is distinct from (old.scheduled_for, old.timezone, old.priority)
)
execute function desk.change_happened();

create function desk.job_happened() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    perform desk.it_happened(
        new.owner, 'job', new.job_id, null, case when new.problems = '[]' then 'accepted' else 'refused' end,
        -- a column of 0007: a run of the queue's own goes on with what somebody asked for before
        jsonb_build_object('of_queue', coalesce((to_jsonb(new) ->> 'of_queue')::boolean, false))
    );
    return null;
end
$$;
create trigger it_happened after insert on desk.job
for each row execute function desk.job_happened();

create function desk.account_happened() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    perform desk.it_happened(
        new.owner, 'account', new.account_id, case when tg_op = 'UPDATE' then old.state end, new.state,
        jsonb_build_object('platform', new.platform)
    );
    return null;
end
$$;
create trigger it_happened after insert on desk.account
for each row execute function desk.account_happened();
create trigger it_changed after update of state on desk.account
for each row when (new.state is distinct from old.state) execute function desk.account_happened();

create function desk.refresh_happened() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    perform desk.it_happened(
        new.owner, 'refresh', new.platform, null,
        case when new.status between 200 and 299 and new.error is null then 'renewed' else 'failed' end, '{}'
    );
    return null;
end
$$;
create trigger it_happened after insert on desk.call_log
for each row when (new.endpoint = 'oauth.token') execute function desk.refresh_happened();

do $$
declare
    name text;
begin
    foreach name in array array['move', 'change', 'job', 'account', 'refresh'] loop
        execute format('revoke all on function desk.%I() from public', name || '_happened');
    end loop;
end
$$;

-- who did what, through which door; rows are only ever added
create table desk.activity (
    activity_id bigint generated always as identity primary key,
    owner text not null, -- whose it is
    at timestamptz not null,
    who text not null, -- the owner, or an admin who acted for them
    door text not null, -- rest, python, cli, airflow, exports
    what text not null,
    about text not null, -- the account's, job's or publication's id
    details jsonb not null default '{}'
);
comment on table desk.activity is 'Who published, connected, scheduled, changed, cancelled, confirmed; only added to.';
create index activity_by_owner on desk.activity (owner, activity_id);

create function desk.activity_is_only_added_to() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'rows of desk.activity are only added, never changed or removed'
        using errcode = 'insufficient_privilege';
end
$$;
revoke all on function desk.activity_is_only_added_to() from public;
create trigger only_added_to
before update or delete or truncate on desk.activity
for each statement execute function desk.activity_is_only_added_to();

-- Counters that only grow, for metrics: each owner's own rows, so that workers do not wait for each other.
create table desk.tally (
    owner text not null,
    figure text not null,
    platform text not null,
    label text not null, -- the outcome, the error's class, the upper bound of a histogram's bucket in seconds
    total double precision not null default 0,
    primary key (owner, figure, platform, label)
);
comment on table desk.tally is 'Counters for metrics that only grow: outcomes, errors, latencies, refreshes, deliveries.';

-- where a user's webhooks go
create table desk.webhook_endpoint (
    owner text not null,
    endpoint_id uuid not null default gen_random_uuid(),
    url text not null,
    kinds text[] not null default '{}', -- of notices; none: all
    for_jobs boolean not null default false, -- made for the webhook_url of jobs, and told of those only
    created_at timestamptz not null default now(),
    took_at timestamptz, -- the last time something arrived there
    failing_since timestamptz, -- nothing has arrived there since; null: the last one did
    failures integer not null default 0, -- tries in a row
    last_trouble text,
    paused_at timestamptz,
    primary key (owner, endpoint_id),
    unique (owner, url, for_jobs)
);
comment on table desk.webhook_endpoint is 'Addresses a user''s webhooks go to, and whether they are paused.';

-- what a user's webhooks are signed with; after a change the old one signs along for a while
create table desk.webhook_secret (
    owner text not null,
    secret_id uuid not null default gen_random_uuid(),
    envelope bytea not null, -- encrypted, see include/accounts/vault.py
    made_at timestamptz not null default now(),
    ends_at timestamptz,
    primary key (owner, secret_id)
);
comment on table desk.webhook_secret is 'Secrets a user''s webhooks are signed with, encrypted.';

-- what a user wants to read by e-mail, and where
create table desk.mail_choice (
    owner text primary key,
    address text not null,
    kinds text[] not null,
    digest_at timestamptz not null default now(), -- the last weekly digest
    updated_at timestamptz not null default now()
);
comment on table desk.mail_choice is 'What each user wants to be told by e-mail, and at which address.';

alter table desk.notice
add column data jsonb not null default '{}', -- what programs read: the publication or job it is about
add column is_event boolean not null default false; -- it happened; the others stand as long as something is so
create index notice_by_time on desk.notice (owner, told_at, notice_id);

alter table desk.notice_delivery
drop constraint notice_delivery_pkey,
add column delivery_id uuid not null default gen_random_uuid(),
add column address text not null default '', -- of an e-mail to a user; '': the installation's own
add column endpoint_id uuid, -- of a user's webhook; null: the installation's own
add column job_id text not null default '', -- whose callback_data goes with it
add column callback_data jsonb not null default '{}',
add column held boolean not null default false, -- its endpoint was paused
add column first_try_at timestamptz,
add column made_at timestamptz not null default clock_timestamp(),
add primary key (owner, delivery_id),
add constraint notice_delivery_endpoint_fkey
foreign key (owner, endpoint_id) references desk.webhook_endpoint (owner, endpoint_id) on delete cascade;
create unique index notice_delivery_once
on desk.notice_delivery (owner, notice_id, way, address, endpoint_id, job_id) nulls not distinct;
create index notice_delivery_of_endpoint on desk.notice_delivery (endpoint_id) where endpoint_id is not null;

do $$
declare
    name text;
begin
    foreach name in array array[
        'happening', 'activity', 'tally', 'webhook_endpoint', 'webhook_secret', 'mail_choice'
    ] loop
        execute format('alter table desk.%I enable row level security', name);
        execute format('alter table desk.%I force row level security', name);
        if name <> 'activity' then
            execute format(
                'create policy own_rows on desk.%I to desk_app '
                'using (owner = desk.asking_owner()) with check (owner = desk.asking_owner())', name
            );
            execute format('grant select, insert, update, delete on desk.%I to desk_app', name);
        end if;
    end loop;
end
$$;
create policy own_rows on desk.activity for select to desk_app using (owner = desk.asking_owner());
create policy acts_are_added on desk.activity for insert to desk_app with check (owner = desk.asking_owner());
grant select on desk.activity to desk_app;
grant insert (owner, at, who, door, what, about, details) on desk.activity to desk_app;

-- The doors across owners: ids, times and counts.
grant select (owner, happening_id, at) on desk.happening to desk_dispatch;
grant select on desk.tally to desk_dispatch;
grant select (owner, kinds, digest_at) on desk.mail_choice to desk_dispatch;
grant select (owner, secret_id, envelope) on desk.webhook_secret to desk_dispatch;
grant select (delivery_id, address, endpoint_id, made_at, attempts) on desk.notice_delivery to desk_dispatch;
grant select (owner, endpoint_id, failing_since) on desk.webhook_endpoint to desk_dispatch;
grant select (notice_id, told_at, is_event), delete on desk.notice to desk_dispatch;
grant select (created_at) on desk.account to desk_dispatch;
grant select on desk.quota to desk_dispatch;
create policy dispatch_reads on desk.happening for select to desk_dispatch using (true);
create policy dispatch_reads on desk.tally for select to desk_dispatch using (true);
create policy dispatch_reads on desk.mail_choice for select to desk_dispatch using (true);
create policy dispatch_reads on desk.webhook_endpoint for select to desk_dispatch using (true);
create policy dispatch_reads on desk.webhook_secret for select to desk_dispatch using (true);
create policy dispatch_reads on desk.quota for select to desk_dispatch using (true);
create policy dispatch_forgets on desk.notice for delete to desk_dispatch using (true);

create function desk.happenings_waiting()
returns table (owner text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select h.owner
    from desk.happening as h
    group by h.owner
    order by min(h.happening_id);
end;

-- what is to be sent now; deliveries of one lane go to the same place, one after the other
drop function desk.notices_to_deliver();
create function desk.deliveries_due(at_most integer)
returns table (owner text, delivery_id uuid, lane bigint, is_failing boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        d.owner,
        d.delivery_id,
        case
            when d.endpoint_id is not null then hashtextextended(d.endpoint_id::text, 0)
            else hashtextextended(d.way || d.address, 0)
        end as lane,
        d.attempts > 0 or e.failing_since is not null as is_failing
    from desk.notice_delivery as d
    left join desk.webhook_endpoint as e on d.owner = e.owner and d.endpoint_id = e.endpoint_id
    where d.next_try_at <= now()
    order by d.next_try_at, d.made_at
    limit at_most;
end;

create function desk.digests_due(before timestamptz)
returns table (owner text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select m.owner from desk.mail_choice as m
    where 'weekly' = any(m.kinds) and m.digest_at < before
    order by m.owner;
end;

create function desk.forget_notices(before timestamptz) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with gone as (
        delete from desk.notice as n
        where n.told_at < before and (n.is_event or n.over_at is not null)
        returning 1
    )

    select count(*) from gone;
end;

-- counters and states of the whole installation, no owner among them
create function desk.figures()
returns table (figure text, platform text, label text, value double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        t.figure,
        t.platform,
        t.label,
        sum(t.total) as value
    from desk.tally as t
    group by t.figure, t.platform, t.label
    union all
    select
        'waiting',
        p.platform,
        p.state::text,
        count(*)
    from desk.publication as p
    where p.state not in ('published', 'rejected', 'failed', 'cancelled')
    group by p.platform, p.state
    union all
    -- due for more than a minute, and nobody has taken it on
    select
        'late',
        p.platform,
        '',
        count(*)
    from desk.publication as p
    where
        p.state in ('scheduled', 'waiting_quota')
        and coalesce(p.next_try_at, p.scheduled_for) < now() - interval '1 minute'
    group by p.platform
    union all
    select
        'oldest_due_seconds',
        p.platform,
        '',
        extract(epoch from now() - min(coalesce(p.next_try_at, p.scheduled_for)))
    from desk.publication as p
    where p.state in ('scheduled', 'waiting_quota') and coalesce(p.next_try_at, p.scheduled_for) < now()
    group by p.platform
    union all
    select
        'accounts',
        a.platform,
        a.state,
        count(*)
    from desk.account as a
    group by a.platform, a.state
    union all
    select
        'hosted_bytes',
        h.kind,
        '',
        sum(h.bytes)
    from (select distinct on (f.owner, f.kind, f.place, f.stored_name) f.kind, f.bytes from desk.hosted_file as f) as h
    group by h.kind
    union all
    select
        'deliveries_waiting',
        d.way,
        '',
        count(*)
    from desk.notice_delivery as d
    where d.next_try_at is not null
    group by d.way;
end;

-- how much of each limit is used, of the fullest account where accounts have limits of their own
create function desk.quota_use()
returns table (platform text, bucket text, window_start timestamptz, used bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        u.platform,
        u.bucket,
        nullif(u.window_start, '-infinity') as window_start,
        max(u.used) as used
    from (
        select
            q.platform,
            q.bucket,
            q.window_start,
            q.used + (select count(*) from unnest(q.marks) as m where m > now() - interval '1 day') as used
        from desk.quota as q
        where q.window_start = '-infinity' or q.window_start > now() - interval '2 days'
    ) as u
    group by u.platform, u.bucket, u.window_start;
end;

-- what is to go out within a day: in all, and of the account that has most
create function desk.to_come()
returns table (platform text, placement text, in_all bigint, of_one_account bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        c.platform,
        c.placement,
        sum(c.of_account)::bigint as in_all,
        max(c.of_account) as of_one_account
    from (
        select
            p.owner,
            p.account_id,
            p.platform,
            p.placement,
            count(*) as of_account
        from desk.publication as p
        where
            p.state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_account')
            and coalesce(p.next_try_at, p.scheduled_for, now()) < now() + interval '1 day'
        group by p.owner, p.account_id, p.platform, p.placement
    ) as c
    group by c.platform, c.placement;
end;

-- the figures of whoever may see the rows: as desk_app one's own, as desk_dispatch everybody's
create function desk.adoption(since timestamptz)
returns table (
    users bigint, users_publishing bigint, releases bigint, multi_platform_releases bigint, publications bigint,
    scheduled bigint, ended bigint, published bigint, first_publications bigint,
    median_seconds_to_first_publication double precision
)
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    with recent as (
        select
            p.owner,
            p.release_id,
            p.platform,
            p.state,
            p.scheduled_for
        from desk.publication as p
        where p.created_at >= since
    ),

    per_release as (
        select count(distinct r.platform) as platforms from recent as r
        group by r.release_id
    ),

    firsts as (
        select
            o.owner,
            min(o.connected_at) as connected_at,
            (select min(p.published_at) from desk.publication as p where p.owner = o.owner) as first_at
        from (select a.owner, min(a.created_at) as connected_at from desk.account as a group by a.owner) as o
        group by o.owner
    )

    select
        (select count(*) from firsts),
        (select count(distinct r.owner) from recent as r),
        (select count(*) from per_release),
        (select count(*) from per_release as p where p.platforms > 1),
        (select count(*) from recent),
        (select count(*) from recent as r where r.scheduled_for is not null),
        (select count(*) from recent as r where r.state in ('published', 'rejected', 'failed', 'unconfirmed')),
        (select count(*) from recent as r where r.state = 'published'),
        (select count(*) from firsts as f where f.first_at >= since),
        (
            select percentile_cont(0.5) within group (order by extract(epoch from f.first_at - f.connected_at))
            from firsts as f
            where f.first_at >= since
        );
end;
revoke all on function desk.adoption(timestamptz) from public;
grant execute on function desk.adoption(timestamptz) to desk_app, desk_dispatch;

create function desk.adoption_of_all(since timestamptz)
returns table (
    users bigint, users_publishing bigint, releases bigint, multi_platform_releases bigint, publications bigint,
    scheduled bigint, ended bigint, published bigint, first_publications bigint,
    median_seconds_to_first_publication double precision
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select * from desk.adoption(since);
end;

-- the secrets of webhooks are sealed, too: a key rotation has to find them
create or replace function desk.sealed_under()
returns table (what text, key_id bytea, sealed bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        e.what,
        substring(e.envelope from 2 for 8) as key_id,
        count(*) as sealed
    from (
        select
            'account secrets' as what,
            s.envelope
        from desk.account_secret as s
        union all
        select
            'publication notes',
            p.note
        from desk.publication as p
        union all
        select
            'sign-ins',
            c.verifier
        from desk.connect_attempt as c
        union all
        select
            'sign-ins',
            c.waiting
        from desk.connect_attempt as c
        union all
        select
            'webhook secrets',
            w.envelope
        from desk.webhook_secret as w
    ) as e
    where e.envelope is not null
    group by e.what, substring(e.envelope from 2 for 8);
end;

create or replace function desk.owners_to_rekey(but_key bytea)
returns table (owner text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select s.owner from desk.account_secret as s
    where substring(s.envelope from 2 for 8) <> but_key
    union
    select p.owner from desk.publication as p
    where substring(p.note from 2 for 8) <> but_key
    union
    select c.owner from desk.connect_attempt as c
    where substring(c.verifier from 2 for 8) <> but_key or substring(c.waiting from 2 for 8) <> but_key
    union
    select w.owner from desk.webhook_secret as w
    where substring(w.envelope from 2 for 8) <> but_key
    order by owner;
end;

grant create on schema desk to desk_dispatch;
do $$
declare
    signature text;
begin
    foreach signature in array array[
        'happenings_waiting()', 'deliveries_due(integer)', 'digests_due(timestamptz)', 'forget_notices(timestamptz)',
        'figures()', 'quota_use()', 'to_come()', 'adoption_of_all(timestamptz)'
    ] loop
        execute format('alter function desk.%s owner to desk_dispatch', signature);
        execute format('revoke all on function desk.%s from public', signature);
        execute format('grant execute on function desk.%s to desk_app', signature);
    end loop;
end
$$;
revoke create on schema desk from desk_dispatch;
