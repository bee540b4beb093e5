-- Sign-ins that are under way: who began one, what it is for, and the tokens that wait until a channel was chosen.

create table desk.connect_attempt (
    owner text not null,
    state_sha256 bytea not null, -- of the random state; the state itself is kept nowhere
    platform text not null,
    account_id text, -- the name the account gets; null: made from its user name
    login text, -- which of the platform's sign-ins
    redirect_uri text not null,
    return_to text, -- a path of ours
    is_default boolean not null,
    verifier bytea, -- PKCE, encrypted
    begun_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz, -- the callback came: a state counts once
    waiting bytea, -- tokens and choices, encrypted, while a person chooses
    chosen_at timestamptz,
    primary key (owner, state_sha256)
);
comment on table desk.connect_attempt is 'Sign-ins that are under way, 10 minutes each.';
create index connect_attempt_by_end on desk.connect_attempt (expires_at);

alter table desk.connect_attempt enable row level security;
alter table desk.connect_attempt force row level security;
create policy own_rows on desk.connect_attempt to desk_app
using (owner = desk.asking_owner()) with check (owner = desk.asking_owner());
grant select, insert, update, delete on desk.connect_attempt to desk_app;

-- tokens of a sign-in that nobody ended are not left lying about, whoever began it
grant select, delete on desk.connect_attempt to desk_dispatch;
create policy dispatch_forgets on desk.connect_attempt to desk_dispatch using (true);
create function desk.forget_connect_attempts() returns bigint
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with gone as (delete from desk.connect_attempt as a where a.expires_at < now() returning 1)

    select count(*) from gone;
end;
grant create on schema desk to desk_dispatch;
alter function desk.forget_connect_attempts() owner to desk_dispatch;
revoke create on schema desk from desk_dispatch;
revoke all on function desk.forget_connect_attempts() from public;
grant execute on function desk.forget_connect_attempts() to desk_app;

-- Two names for one channel would publish a release to it twice. A disconnected account keeps its channel, so that what
-- it published is known when it is connected again.
create unique index account_of_channel on desk.account (owner, platform, route, platform_user_id);
