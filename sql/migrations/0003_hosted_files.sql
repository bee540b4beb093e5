-- Files put where platforms fetch them from, and which publication asked for which: purge_media looks at it.

create table desk.hosted_file (
    owner text not null,
    kind text not null check (kind in ('local', 'gcs', 'supabase')),
    place text not null, -- the bucket; '' on a disk of ours
    stored_name text not null, -- a hash of owner and content: publications of one video share the file
    publication_id uuid not null references desk.publication,
    release_id uuid not null references desk.release, -- the file stays while any publication of it may need it
    bytes bigint not null,
    put_at timestamptz not null default now(), -- first asked for
    asked_at timestamptz not null default now(), -- last asked for
    address_until timestamptz not null, -- when the last address given out for it expires
    primary key (owner, kind, place, stored_name, publication_id)
);
comment on table desk.hosted_file is 'Files put where platforms fetch them from, one row for each publication that did.';
create index hosted_file_by_release on desk.hosted_file (release_id);
create index publication_by_release on desk.publication (release_id);

alter table desk.hosted_file enable row level security;
alter table desk.hosted_file force row level security;
create policy own_rows on desk.hosted_file to desk_app
using (owner = desk.asking_owner()) with check (owner = desk.asking_owner());
grant select, insert, update, delete on desk.hosted_file to desk_app;

-- What nobody needs any more, of all owners; whoever removes it looks again, as its owner and under a lock.
grant select on desk.hosted_file to desk_dispatch;
create policy dispatch_reads on desk.hosted_file for select to desk_dispatch using (true);

create function desk.hosted_files_past(since timestamptz)
returns table (owner text, kind text, place text, stored_name text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select
        h.owner,
        h.kind,
        h.place,
        h.stored_name
    from desk.hosted_file as h
    left join desk.publication as p
        on h.release_id = p.release_id and p.state not in ('published', 'rejected', 'failed', 'cancelled')
    group by h.owner, h.kind, h.place, h.stored_name
    having max(h.asked_at) < since and max(h.address_until) < now() and count(p.publication_id) = 0
    order by min(h.put_at);
end;
grant create on schema desk to desk_dispatch;
alter function desk.hosted_files_past(timestamptz) owner to desk_dispatch;
revoke create on schema desk from desk_dispatch;
revoke all on function desk.hosted_files_past(timestamptz) from public;
grant execute on function desk.hosted_files_past(timestamptz) to desk_app;
