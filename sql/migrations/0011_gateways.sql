-- Gateways: an account may have a second route, used only when nothing of a publication is on its first.

-- the account that is the same channel through another route; it publishes for this one only
alter table desk.account
add column second_account_id text,
add constraint account_second_fkey
foreign key (owner, second_account_id) references desk.account (owner, account_id),
add constraint account_second_is_another check (second_account_id <> account_id);

-- one account stands behind one other at most: behind two, a release would go to the same channel twice
create unique index account_second_of_one on desk.account (owner, second_account_id)
where second_account_id is not null;
