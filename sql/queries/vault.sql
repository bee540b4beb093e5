-- Master keys, by id, and sealing everything anew under the newest one.

-- lock_keys --
-- two first starts at once take turns
select pg_advisory_xact_lock(7318004212);

-- list_keys --
select
    key_id,
    envelope,
    first_used_at,
    retired_at
from desk.vault_key
where owner = '*';

-- keep_key --
insert into desk.vault_key (owner, key_id, envelope)
values ('*', %(key_id)s, %(envelope)s)
on conflict (owner, key_id) do update set envelope = excluded.envelope, retired_at = null;

-- retire_other_keys --
update desk.vault_key set retired_at = now()
where owner = '*' and key_id <> %(key_id)s and retired_at is null
returning key_id;

-- sealed_under --
-- across owners, counts only
select
    what,
    key_id,
    sealed
from desk.sealed_under();

-- owners_to_rekey --
-- across owners, names only
select owner from desk.owners_to_rekey(%(key_id)s);

-- addresses_until --
select desk.addresses_until(%(given_before)s);

-- secrets_to_rekey --
-- what somebody else holds (a refresh under way) is sealed with the newest key by them, or comes in the next round
select
    account_id,
    field,
    envelope
from desk.account_secret
where
    substring(envelope from 2 for 8) <> %(key_id)s
    and (%(after_field)s::text is null or (account_id, field) > (%(after_account_id)s::text, %(after_field)s::text))
order by account_id, field
limit %(at_most)s
for update skip locked;

-- rekey_secret --
-- not a renewal: its times stay
update desk.account_secret set envelope = %(envelope)s
where account_id = %(account_id)s and field = %(field)s;

-- sign_ins_to_rekey --
select
    state_sha256,
    verifier,
    waiting
from desk.connect_attempt
where
    (substring(verifier from 2 for 8) <> %(key_id)s or substring(waiting from 2 for 8) <> %(key_id)s)
    and (%(after_state_sha256)s::bytea is null or state_sha256 > %(after_state_sha256)s::bytea)
order by state_sha256
limit %(at_most)s
for update skip locked;

-- rekey_sign_in --
update desk.connect_attempt set verifier = %(verifier)s, waiting = %(waiting)s
where state_sha256 = %(state_sha256)s;

-- webhook_secrets_to_rekey --
select
    secret_id,
    envelope
from desk.webhook_secret
where
    substring(envelope from 2 for 8) <> %(key_id)s
    and (%(after_secret_id)s::uuid is null or secret_id > %(after_secret_id)s::uuid)
order by secret_id
limit %(at_most)s
for update skip locked;

-- rekey_webhook_secret --
update desk.webhook_secret set envelope = %(envelope)s
where secret_id = %(secret_id)s;
