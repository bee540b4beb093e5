-- Kept alive: when an account's access ends, which master keys there were, and what people were told.

-- when the grant ends that nobody but a person can renew; null: nobody knows, or never
alter table desk.account add column access_ends_at timestamptz;
update desk.account as a set access_ends_at = s.expires_at
from desk.account_secret as s
where
    a.owner = s.owner
    and a.account_id = s.account_id
    and a.route = 'direct'
    and s.field = case
        when exists (
            select from desk.account_secret as r
            where r.owner = a.owner and r.account_id = a.account_id and r.field = 'refresh_token'
        ) then 'refresh_token'
        else 'access_token'
    end;

-- The master keys this installation has sealed with: a known text under each. The keys themselves are not here.
create table desk.vault_key (
    owner text not null, -- '*': a key belongs to the whole installation
    key_id bytea not null, -- as in every envelope, see include/accounts/vault.py
    envelope bytea not null, -- a known text: another key of the same id does not open it
    first_used_at timestamptz not null default now(),
    retired_at timestamptz, -- nothing was sealed with it any more; it is not accepted again
    primary key (owner, key_id)
);
comment on table desk.vault_key is 'The master keys secrets were sealed with, by id, to notice a wrong one.';

create table desk.notice (
    notice_id uuid primary key default gen_random_uuid(),
    owner text not null,
    kind text not null, -- account_expires, account_expired, at_risk
    about text not null, -- the account's name or the publication's id
    fingerprint text not null, -- what it says; another one is told anew
    subject text not null,
    body text not null,
    told_at timestamptz not null default now(),
    over_at timestamptz, -- it is no longer so, or another notice about it was told
    unique (owner, notice_id)
);
comment on table desk.notice is 'What a person was told, once for as long as it stays so.';
create unique index notice_that_stands on desk.notice (owner, kind, about) where over_at is null;

-- one row for each way a notice goes out
create table desk.notice_delivery (
    owner text not null,
    notice_id uuid not null,
    way text not null check (way in ('email', 'webhook')),
    attempts smallint not null default 0,
    next_try_at timestamptz default now(), -- null: delivered, or given up
    delivered_at timestamptz,
    trouble text, -- why the last try failed, in words
    primary key (owner, notice_id, way),
    foreign key (owner, notice_id) references desk.notice (owner, notice_id) on delete cascade
);
comment on table desk.notice_delivery is 'E-mails and webhooks of notices: delivered, to be tried again, or given up.';
create index notice_delivery_to_do on desk.notice_delivery (next_try_at) where next_try_at is not null;

-- the last look at a publication whose time is near
create table desk.outlook (
    owner text not null,
    publication_id uuid not null,
    looked_at timestamptz not null default now(),
    due_at timestamptz not null,
    problems jsonb not null default '[]', -- sentences; none: it would go out
    primary key (owner, publication_id),
    foreign key (owner, publication_id) references desk.publication (owner, publication_id) on delete cascade
);
comment on table desk.outlook is 'What check_upcoming found about publications that are due soon.';

do $$
declare
    name text;
begin
    foreach name in array array['vault_key', 'notice', 'notice_delivery', 'outlook'] loop
        execute format('alter table desk.%I enable row level security', name);
        execute format('alter table desk.%I force row level security', name);
        execute format(
            'create policy own_rows on desk.%I to desk_app '
            'using (owner = desk.asking_owner()) with check (owner = desk.asking_owner())', name
        );
        execute format('grant select, insert, update, delete on desk.%I to desk_app', name);
    end loop;
end
$$;

-- The doors across owners. Each tells names, times and counts; whoever acts on them does so as the owner.
grant select (owner, account_id, platform, route, state, access_ends_at, updated_at)
on desk.account to desk_dispatch;
grant select (owner, account_id, field, envelope, expires_at, updated_at) on desk.account_secret to desk_dispatch;
grant select (owner, kind, about, over_at) on desk.notice to desk_dispatch;
grant select (owner, notice_id, way, next_try_at) on desk.notice_delivery to desk_dispatch;
grant select (owner, publication_id, looked_at, due_at) on desk.outlook to desk_dispatch;
create policy dispatch_reads on desk.account for select to desk_dispatch using (true);
create policy dispatch_reads on desk.account_secret for select to desk_dispatch using (true);
create policy dispatch_reads on desk.notice for select to desk_dispatch using (true);
create policy dispatch_reads on desk.notice_delivery for select to desk_dispatch using (true);
create policy dispatch_reads on desk.outlook for select to desk_dispatch using (true);

-- whose access token ends before a time, and can be renewed by asking the platform
create function desk.accounts_to_renew(of_platform text, before timestamptz)
returns table (owner text, account_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        a.owner,
        a.account_id
    from desk.account as a
    inner join desk.account_secret as s
        on a.owner = s.owner and a.account_id = s.account_id and s.field = 'access_token'
    inner join desk.account_secret as r
        on a.owner = r.owner and a.account_id = r.account_id and r.field = 'refresh_token'
    where
        a.platform = of_platform
        and a.route = 'direct'
        and a.state = 'connected'
        and s.expires_at < before
    order by s.expires_at;
end;

-- accounts that are dead or end before a time, and those that somebody was told so of
create function desk.accounts_of_concern(before timestamptz)
returns table (owner text, account_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        a.owner,
        a.account_id
    from desk.account as a
    where a.state = 'expired' or (a.state = 'connected' and a.access_ends_at < before)
    union
    select
        n.owner,
        n.about
    from desk.notice as n
    where n.over_at is null and n.kind in ('account_expires', 'account_expired')
    order by owner, account_id;
end;

-- publications that wait for an account that works: nobody has looked at them since it was connected again, or nobody
-- looks any more
create function desk.publications_woken()
returns table (owner text, publication_id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        p.owner,
        p.publication_id
    from desk.publication as p
    inner join desk.account as a on p.owner = a.owner and p.account_id = a.account_id
    where
        p.state = 'waiting_account'
        and a.state = 'connected'
        and (a.updated_at > p.updated_at or p.next_try_at < now() - interval '30 minutes')
    order by p.priority desc, coalesce(p.scheduled_for, p.created_at) asc, p.created_at asc, p.publication_id asc;
end;

-- publications that are due before a time, and when each was looked at last
create function desk.publications_upcoming(before timestamptz)
returns table (owner text, publication_id uuid, looked_at timestamptz, due_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        p.owner,
        p.publication_id,
        o.looked_at,
        coalesce(p.next_try_at, p.scheduled_for) as due_at
    from desk.publication as p
    left join desk.outlook as o on p.owner = o.owner and p.publication_id = o.publication_id
    where
        p.state in ('planned', 'scheduled', 'validated', 'waiting_quota', 'waiting_approval')
        and coalesce(p.next_try_at, p.scheduled_for) between now() and before
    order by due_at;
end;

create function desk.notices_to_deliver()
returns table (owner text, notice_id uuid, way text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        d.owner,
        d.notice_id,
        d.way
    from desk.notice_delivery as d
    where d.next_try_at <= now()
    order by d.next_try_at;
end;

-- how much is sealed under which master key: the id is the bytes 2 to 9 of an envelope
create function desk.sealed_under()
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
    ) as e
    where e.envelope is not null
    group by e.what, substring(e.envelope from 2 for 8);
end;

-- owners with something that is not sealed under a key
create function desk.owners_to_rekey(but_key bytea)
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
    order by owner;
end;

-- until when addresses of hosted files work that were given out before a time: an older key has signed them
create function desk.addresses_until(given_before timestamptz) returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select max(h.address_until) from desk.hosted_file as h
    where h.asked_at < given_before and h.address_until > now();
end;

grant create on schema desk to desk_dispatch;
do $$
declare
    signature text;
begin
    foreach signature in array array[
        'accounts_to_renew(text, timestamptz)', 'accounts_of_concern(timestamptz)', 'publications_woken()',
        'publications_upcoming(timestamptz)', 'notices_to_deliver()', 'sealed_under()', 'owners_to_rekey(bytea)',
        'addresses_until(timestamptz)'
    ] loop
        execute format('alter function desk.%s owner to desk_dispatch', signature);
        execute format('revoke all on function desk.%s from public', signature);
        execute format('grant execute on function desk.%s to desk_app', signature);
    end loop;
end
$$;
revoke create on schema desk from desk_dispatch;

create index account_by_end on desk.account (access_ends_at) where state <> 'disconnected';
create index account_secret_by_end on desk.account_secret (expires_at) where field = 'access_token';
create index publication_by_account on desk.publication (owner, account_id, state);
