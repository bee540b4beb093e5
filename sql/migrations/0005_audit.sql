-- Who acted for whom: an admin may act for another user, and each such act is a row that nobody can change.

create table desk.audit (
    act_id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    owner text not null, -- for whom
    who text not null, -- the admin
    what text not null, -- the command, or method and route
    about text -- the account, job or publication it named
);
comment on table desk.audit is 'Acts of admins for other users; rows are only ever added.';
create index audit_by_owner on desk.audit (owner, act_id);

alter table desk.audit enable row level security;
alter table desk.audit force row level security;
create policy own_rows on desk.audit for select to desk_app using (owner = desk.asking_owner());
create policy acts_are_added on desk.audit for insert to desk_app with check (owner = desk.asking_owner());
-- not `at` and `act_id`: when it was, and in which order, is the database's word
grant select on desk.audit to desk_app;
grant insert (owner, who, what, about) on desk.audit to desk_app;

-- The role has no right to change rows; this also stops whoever owns the table from doing so by mistake.
create function desk.audit_is_only_added_to() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'rows of desk.audit are only added, never changed or removed'
        using errcode = 'insufficient_privilege';
end
$$;
revoke all on function desk.audit_is_only_added_to() from public;
create trigger only_added_to
before update or delete or truncate on desk.audit
for each statement execute function desk.audit_is_only_added_to();

-- A foreign key is checked without row-level security. With the owner in each of them, a row can only name rows of the
-- same owner, and naming another's fails with the same words as naming what does not exist.
alter table desk.release add constraint release_of_owner unique (owner, release_id);
alter table desk.publication add constraint publication_of_owner unique (owner, publication_id);

alter table desk.job
drop constraint job_release_id_fkey,
add constraint job_release_fkey foreign key (owner, release_id) references desk.release (owner, release_id);
alter table desk.publication
drop constraint publication_release_id_fkey,
add constraint publication_release_fkey foreign key (owner, release_id) references desk.release (owner, release_id);
alter table desk.job_publication
drop constraint job_publication_publication_id_fkey,
add constraint job_publication_publication_fkey
foreign key (owner, publication_id) references desk.publication (owner, publication_id);
alter table desk.ledger
drop constraint ledger_publication_id_fkey,
add constraint ledger_publication_fkey
foreign key (owner, publication_id) references desk.publication (owner, publication_id);
alter table desk.move
drop constraint move_publication_id_fkey,
add constraint move_publication_fkey
foreign key (owner, publication_id) references desk.publication (owner, publication_id);
alter table desk.hosted_file
drop constraint hosted_file_publication_id_fkey,
drop constraint hosted_file_release_id_fkey,
add constraint hosted_file_publication_fkey
foreign key (owner, publication_id) references desk.publication (owner, publication_id),
add constraint hosted_file_release_fkey foreign key (owner, release_id) references desk.release (owner, release_id);
