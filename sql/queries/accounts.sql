-- Accounts and their secrets. Every statement runs as one owner; row-level security hides all other rows.

-- keep_account --
-- adds an account, or connects one again that keeps its history
insert into desk.account as a (
    owner, account_id, platform, route, is_default, platform_user_id, username, display_name, profile, scopes
)
values (
    %(owner)s, %(account_id)s, %(platform)s, %(route)s, %(is_default)s, %(platform_user_id)s, %(username)s,
    %(display_name)s, %(profile)s, %(scopes)s
)
on conflict (owner, account_id) do update set
    state = 'connected',
    trouble = null,
    is_default = excluded.is_default,
    platform_user_id = excluded.platform_user_id,
    username = excluded.username,
    display_name = excluded.display_name,
    profile = excluded.profile,
    scopes = excluded.scopes,
    updated_at = now()
where
    a.platform = excluded.platform
    and a.route = excluded.route
    -- another channel under the same name would get what is half-way on the first one
    and coalesce(a.platform_user_id = excluded.platform_user_id, true)
returning account_id;

-- find_account_of_channel --
-- the account this channel, page or profile already is, also when it is disconnected
select account_id from desk.account
where platform = %(platform)s and route = %(route)s and platform_user_id = %(platform_user_id)s;

-- read_account --
select * from desk.account
where account_id = %(account_id)s;

-- lock_account --
-- holds the row until the transaction ends: one refresh at a time
select
    state,
    trouble
from desk.account
where account_id = %(account_id)s
for update;

-- list_accounts --
select * from desk.account
order by platform, account_id;

-- default_accounts --
select * from desk.account
where
    is_default
    and route = 'direct' -- a gateway's account is used when it is named: the same channel may be connected directly
    and state <> 'disconnected'
    and (%(platforms)s::text[] is null or platform = any(%(platforms)s::text[]))
order by platform, account_id;

-- choose_second --
-- `updated_at` stays: it says when the account was connected
update desk.account set second_account_id = %(second_account_id)s
where account_id = %(account_id)s;

-- list_seconds --
select
    second_account_id,
    account_id
from desk.account
where second_account_id is not null;

-- mark_account --
update desk.account set state = %(state)s, trouble = %(trouble)s, updated_at = now()
where account_id = %(account_id)s;

-- expire_account --
-- an account that a person has disconnected stays so
update desk.account set state = 'expired', trouble = %(trouble)s, updated_at = now()
where account_id = %(account_id)s and state <> 'disconnected';

-- revive_account --
update desk.account set state = 'connected', trouble = %(trouble)s, updated_at = now()
where account_id = %(account_id)s and state = 'expired';

-- remove_secrets --
delete from desk.account_secret
where account_id = %(account_id)s;

-- forget_profile --
-- what the platform said of the account; its id stays, so that nobody else gets its history
update desk.account set
    username = null,
    display_name = null,
    profile = '{}',
    scopes = '{}'
where account_id = %(account_id)s;

-- forget_collected --
-- everything collected about the account, in these schemas; the days it was of are built again
with gone as (
    select days from desk.forget_account(%(schemas)s::text[], %(account_id)s)
)

insert into desk.touched_day (owner, platform, day)
select
    a.owner,
    a.platform,
    d.day
from gone
cross join lateral unnest(gone.days) as d (day)
inner join desk.account as a on a.account_id = %(account_id)s
on conflict (owner, platform, day) do update set at = clock_timestamp();

-- forget_readings --
-- what a dataset remembered goes with its rows: an account that comes back is read from the beginning
delete from desk.reading
where account_id = %(account_id)s;

-- forget_refused_metrics --
delete from desk.refused_metric
where account_id = %(account_id)s;

-- keep_secret --
insert into desk.account_secret (owner, account_id, field, envelope, expires_at)
values (%(owner)s, %(account_id)s, %(field)s, %(envelope)s, %(expires_at)s)
on conflict (owner, account_id, field) do update set
    envelope = excluded.envelope,
    expires_at = excluded.expires_at,
    updated_at = now();

-- read_secrets --
select
    field,
    envelope,
    expires_at
from desk.account_secret
where account_id = %(account_id)s;

-- note_access_end --
-- when the grant ends that nobody but a person can renew: the refresh token's end, without one the access token's
update desk.account as a set
    access_ends_at = (
        select s.expires_at from desk.account_secret as s
        where s.account_id = a.account_id and s.field in ('access_token', 'refresh_token')
        order by (s.field = 'refresh_token') desc
        limit 1
    )
where a.account_id = %(account_id)s;

-- extend_refresh_token --
-- the same refresh token, with the end the platform names now
update desk.account_secret set expires_at = %(expires_at)s, updated_at = now()
where account_id = %(account_id)s and field = 'refresh_token';

-- accounts_to_renew --
-- across owners, names only
select
    owner,
    account_id
from desk.accounts_to_renew(%(platform)s, %(before)s);

-- accounts_of_concern --
-- across owners, names only
select
    owner,
    account_id
from desk.accounts_of_concern(%(before)s);
