-- Platforms that tell how much of a limit is used: no call goes out before a pause is over.

create table desk.quota_pause (
    owner text not null, -- '*' when every account of the app pauses
    platform text not null,
    scope text not null, -- the account's id, or our app's id at the platform
    until timestamptz not null,
    why text not null,
    primary key (owner, platform, scope)
);
comment on table desk.quota_pause is 'Accounts and apps that send nothing before a time, because the platform said so.';

alter table desk.quota_pause enable row level security;
alter table desk.quota_pause force row level security;
create policy own_rows on desk.quota_pause to desk_app
using (owner = desk.asking_owner()) with check (owner = desk.asking_owner());
create policy shared_rows on desk.quota_pause to desk_app using (owner = '*') with check (owner = '*');
grant select, insert, update, delete on desk.quota_pause to desk_app;
