-- marts.content_piece.cost is what files of costs say of a release. Who has brought such files gets the mart built anew.

-- for this transaction: without it the tables' owner sees and writes nobody's rows
alter table desk.release_cost no force row level security;
alter table desk.touched_day no force row level security;

insert into desk.touched_day (owner, platform, day)
select distinct
    c.owner,
    '*' as platform,
    date '9999-12-31' as day
from desk.release_cost as c
on conflict (owner, platform, day) do update set at = clock_timestamp();

alter table desk.release_cost force row level security;
alter table desk.touched_day force row level security;

comment on column marts.content_piece.cost is 'What it cost to make: all rows about it in files of costs, else what its metadata says; null when they are in several currencies. Unit: cost_currency. Source: desk.release_cost amount, metadata cost.';
comment on column marts.content_piece.cost_currency is 'Currency of cost. Unit: ISO 4217. Source: desk.release_cost currency, metadata currency.';
