-- The desk: accounts, releases, publications, the ledger, quotas and the call log.
-- Every row has an owner, and row-level security shows a user own rows only, also through a bug in our code.
-- Rows of the whole installation (limits that all users of an app share) belong to the owner '*'.

do $$
begin
    if not exists (select 1 from pg_roles where rolname = 'desk_app') then
        create role desk_app nologin nobypassrls;
        execute format('grant desk_app to %I', current_user);
    end if;
    if not exists (select 1 from pg_roles where rolname = 'desk_dispatch') then
        create role desk_dispatch nologin nobypassrls;
        execute format('grant desk_dispatch to %I', current_user);
    end if;
end
$$;

create schema if not exists desk;
grant usage on schema desk to desk_app, desk_dispatch;

-- who is asking: set for each transaction by include/database/engine.py; without it no row is visible
create function desk.asking_owner() returns text
language sql stable
return nullif(current_setting('desk.owner', true), '');

create table desk.account (
    owner text not null,
    account_id text not null, -- the name its owner gave it, e.g. my_youtube
    platform text not null,
    route text not null default 'direct',
    state text not null default 'connected' check (state in ('connected', 'expired', 'disconnected')),
    is_default boolean not null default true, -- used when a run names no account
    platform_user_id text, -- channel id, open_id
    username text,
    display_name text,
    profile jsonb not null default '{}', -- what the platform said of it; never a secret
    scopes text[] not null default '{}',
    trouble text, -- why it is expired, in words
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (owner, account_id)
);

create table desk.account_secret (
    owner text not null,
    account_id text not null,
    field text not null, -- access_token, refresh_token
    envelope bytea not null, -- AES-256-GCM, see include/accounts/vault.py
    expires_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (owner, account_id, field),
    foreign key (owner, account_id) references desk.account on delete cascade
);

create table desk.release (
    release_id uuid primary key default gen_random_uuid(),
    owner text not null,
    segment text not null,
    age_bucket text not null,
    title_id text not null,
    export_root text not null,
    video_sha256 text not null,
    video_bytes bigint not null,
    video_fingerprint text not null, -- size and time of the file that was hashed; another one is another video
    metadata jsonb not null,
    facts jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (owner, segment, age_bucket, title_id, video_sha256)
);

-- a job is one release sent to some accounts: one run of publish_release
create table desk.job (
    owner text not null,
    job_id text not null, -- the run's id
    release_id uuid references desk.release,
    conf jsonb not null,
    problems jsonb not null default '[]', -- why it was refused before anything was registered
    summary text,
    created_at timestamptz not null default now(),
    ended_at timestamptz,
    primary key (owner, job_id)
);

create type desk.publication_state as enum (
    'planned', -- registered, nothing looked at yet
    'scheduled', -- waits for its time in our queue
    'validated', -- the platform's rules are met
    'uploading', -- an upload was begun; the platform may have some or all bytes
    'processing', -- the platform has all bytes and works on them
    'finishing', -- processing is over; the last step was begun or is next
    'published', -- end: it is out
    'waiting_quota', -- waits for a limit of the platform to reset
    'waiting_account', -- waits for a person to reconnect the account
    'waiting_approval', -- waits for a person's yes
    'rejected', -- end: the release or its options must change
    'failed', -- end: tries used up
    'unconfirmed', -- the platform may have acted and we could not tell; nobody uploads again
    'cancelled' -- end: a person stopped it
);

create table desk.publication (
    publication_id uuid primary key default gen_random_uuid(),
    owner text not null,
    release_id uuid not null references desk.release,
    account_id text not null,
    platform text not null,
    placement text not null,
    route text not null default 'direct',
    state desk.publication_state not null default 'planned',
    target jsonb not null, -- what was asked for this account: texts, privacy, options
    scheduled_for timestamptz,
    timezone text not null default 'UTC', -- IANA zone the time was given in
    priority smallint not null default 5 check (priority between 1 and 10),
    max_retries smallint not null default 3,
    attempts smallint not null default 0, -- tries that failed, of the step it is in
    next_try_at timestamptz,
    error jsonb, -- the last one: kind, message, code, status, request_id
    warnings jsonb not null default '[]',
    note bytea, -- the platform's own note, encrypted: it may hold an upload address
    video_id text,
    url text,
    bytes_sent bigint not null default 0,
    bytes_total bigint not null default 0,
    claim uuid, -- who may write now; a writer with an older claim is refused
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    published_at timestamptz,
    foreign key (owner, account_id) references desk.account,
    unique (release_id, account_id, placement)
);
create index publication_by_state on desk.publication (state, updated_at);

create table desk.job_publication (
    owner text not null,
    job_id text not null,
    publication_id uuid not null references desk.publication,
    primary key (owner, job_id, publication_id),
    foreign key (owner, job_id) references desk.job
);

-- what we were about to do at a platform, and what came of it: one row per irreversible step
create table desk.ledger (
    entry_id bigint generated always as identity primary key,
    owner text not null,
    publication_id uuid not null references desk.publication,
    step text not null check (step in ('upload', 'finish')),
    begun_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    -- begun: no answer recorded yet · done: the platform answered · nothing: nothing was created
    -- unknown: the answer was lost · found: a later look found what it left
    outcome text not null default 'begun' check (outcome in ('begun', 'done', 'nothing', 'unknown', 'found')),
    answer jsonb,
    error jsonb
);
create index ledger_by_publication on desk.ledger (publication_id, entry_id);

create table desk.move (
    move_id bigint generated always as identity primary key,
    owner text not null,
    publication_id uuid not null references desk.publication,
    at timestamptz not null default clock_timestamp(),
    from_state desk.publication_state not null,
    to_state desk.publication_state not null,
    error jsonb
);
create index move_by_publication on desk.move (publication_id, move_id);

-- every call to a platform; no address, no body, no token
create table desk.call_log (
    call_id bigint generated always as identity primary key,
    owner text not null,
    account_id text not null,
    publication_id uuid,
    at timestamptz not null,
    platform text not null,
    endpoint text not null,
    method text not null,
    status smallint,
    duration_ms integer not null,
    request_id text,
    quota_cost integer not null default 0,
    error text
);
create index call_log_by_publication on desk.call_log (publication_id, call_id);
create index call_log_by_time on desk.call_log (at);

-- how much of a limit is used; `marks` are the times of the calls in a sliding window, `used` counts a fixed day
create table desk.quota (
    owner text not null, -- '*' for limits an app's accounts share
    platform text not null,
    bucket text not null,
    scope text not null, -- the app's id or the account's id
    window_start timestamptz not null, -- '-infinity' for sliding windows
    used integer not null default 0,
    marks timestamptz[] not null default '{}',
    primary key (owner, platform, bucket, scope, window_start)
);

-- what landed in the export folder: since when it has looked like this, and the run it started
create table desk.landed_export (
    owner text not null,
    segment text not null,
    age_bucket text not null,
    title_id text not null,
    fingerprint text not null, -- sizes and times of the three files
    since timestamptz not null default now(),
    job_id text, -- null: nothing was started for these files yet
    primary key (owner, segment, age_bucket, title_id)
);

do $$
declare
    name text;
begin
    foreach name in array array[
        'account', 'account_secret', 'release', 'job', 'publication', 'job_publication', 'ledger', 'move',
        'call_log', 'quota', 'landed_export'
    ] loop
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
create policy shared_rows on desk.quota to desk_app using (owner = '*') with check (owner = '*');

-- The one door across owners: which publications need a look, as ids only. Its role may read two tables and no more.
grant select on desk.publication to desk_dispatch;
create policy dispatch_reads on desk.publication for select to desk_dispatch using (true);

create function desk.publications_standing_still(since timestamptz)
returns table (owner text, publication_id uuid, state desk.publication_state)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        p.owner,
        p.publication_id,
        p.state
    from desk.publication as p
    where
        (
            p.state in ('uploading', 'processing', 'finishing', 'unconfirmed')
            or (p.state = 'published' and p.video_id is null and p.published_at > now() - interval '1 day')
        )
        and p.updated_at < since
        and (p.next_try_at is null or p.next_try_at < now())
    order by p.priority desc, p.updated_at asc;
end;
grant create on schema desk to desk_dispatch;
alter function desk.publications_standing_still(timestamptz) owner to desk_dispatch;
revoke create on schema desk from desk_dispatch;
revoke all on function desk.publications_standing_still(timestamptz) from public;
grant execute on function desk.publications_standing_still(timestamptz) to desk_app;

-- the call log is kept for a configured time, for all owners at once
grant select, delete on desk.call_log to desk_dispatch;
create policy dispatch_forgets on desk.call_log to desk_dispatch using (true);
create function desk.forget_calls(before timestamptz) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with gone as (delete from desk.call_log as c where c.at < before returning 1)

    select count(*) from gone;
end;
grant create on schema desk to desk_dispatch;
alter function desk.forget_calls(timestamptz) owner to desk_dispatch;
revoke create on schema desk from desk_dispatch;
revoke all on function desk.forget_calls(timestamptz) from public;
grant execute on function desk.forget_calls(timestamptz) to desk_app;
