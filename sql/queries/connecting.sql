-- Sign-ins that are under way. Times are the database's, so that clocks of our machines do not matter.

-- keep_attempt --
insert into desk.connect_attempt (
    owner, state_sha256, platform, account_id, login, redirect_uri, return_to, is_default, verifier, expires_at
)
values (
    %(owner)s, %(state)s, %(platform)s, %(account_id)s, %(login)s, %(redirect_uri)s, %(return_to)s, %(is_default)s,
    %(verifier)s, now() + %(lasts)s
)
returning expires_at;

-- use_attempt --
-- whoever comes second finds nothing
update desk.connect_attempt set used_at = now()
where state_sha256 = %(state)s and used_at is null and expires_at > now()
returning *;

-- let_wait --
update desk.connect_attempt set waiting = %(waiting)s, expires_at = now() + %(lasts)s
where state_sha256 = %(state)s
returning expires_at;

-- take_choice --
update desk.connect_attempt set chosen_at = now()
where state_sha256 = %(state)s and waiting is not null and chosen_at is null and expires_at > now()
returning *;

-- give_choice_back --
update desk.connect_attempt set chosen_at = null
where state_sha256 = %(state)s;

-- forget_attempt --
delete from desk.connect_attempt
where state_sha256 = %(state)s;

-- forget_attempts_over --
select desk.forget_connect_attempts();
