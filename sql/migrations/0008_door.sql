-- The door: requests that may be sent twice, how fast a user asks, and batches that wait to be registered.

-- What a POST with an Idempotency-Key was answered with. The answer is encrypted with a key made of the
-- Idempotency-Key and the request itself, and neither is kept: this table alone gives nothing away.
create table desk.idempotency_key (
    owner text not null,
    key_sha256 bytea not null,
    request_sha256 bytea not null, -- method, address and body: another request may not use the key
    begun_at timestamptz not null default clock_timestamp(),
    answer bytea, -- null: it is being worked on
    expires_at timestamptz not null,
    primary key (owner, key_sha256)
);
comment on table desk.idempotency_key is 'POST requests that may be repeated, and their encrypted answers, for a day.';
create index idempotency_key_by_end on desk.idempotency_key (owner, expires_at);

-- how many requests a user may still send at once: a bucket that fills up steadily
create table desk.request_rate (
    owner text not null primary key,
    tokens double precision not null,
    at timestamptz not null
);
comment on table desk.request_rate is 'How many requests each user of the REST API may send at the moment.';

create table desk.batch (
    owner text not null,
    batch_id uuid not null default gen_random_uuid(),
    created_at timestamptz not null default now(),
    asked_rows integer not null, -- also those that were refused and are not kept
    primary key (owner, batch_id)
);
comment on table desk.batch is 'Many releases that somebody asked to publish at once.';

create table desk.batch_row (
    owner text not null,
    batch_id uuid not null,
    row_number integer not null, -- as in the file: 1 is the first row of data
    conf jsonb not null, -- that of a run
    -- waiting: nobody has read its files yet · registered: it is a job · refused: problems say why
    state text not null default 'waiting' check (state in ('waiting', 'registered', 'refused')),
    taken_at timestamptz, -- somebody reads its files since then
    job_id text,
    problems jsonb not null default '[]',
    primary key (owner, batch_id, row_number),
    foreign key (owner, batch_id) references desk.batch (owner, batch_id) on delete cascade
);
comment on table desk.batch_row is 'One row of a batch, and the job it became.';
create index batch_row_to_do on desk.batch_row (owner, batch_id) where state = 'waiting';

do $$
declare
    name text;
begin
    foreach name in array array['idempotency_key', 'request_rate', 'batch', 'batch_row'] loop
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

-- Batches with rows that nobody is reading: ids only. A reader that has died is given up after ten minutes.
grant select (owner, batch_id, state, taken_at) on desk.batch_row to desk_dispatch;
create policy dispatch_reads on desk.batch_row for select to desk_dispatch using (true);
create function desk.batches_waiting()
returns table (owner text, batch_id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct
        r.owner,
        r.batch_id
    from desk.batch_row as r
    where r.state = 'waiting' and (r.taken_at is null or r.taken_at < now() - interval '10 minutes');
end;
grant create on schema desk to desk_dispatch;
alter function desk.batches_waiting() owner to desk_dispatch;
revoke create on schema desk from desk_dispatch;
revoke all on function desk.batches_waiting() from public;
grant execute on function desk.batches_waiting() to desk_app;
