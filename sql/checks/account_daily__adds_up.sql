-- Followers are those of the day before and what the day added.
select
    a.account_id,
    a.day,
    b.followers_total as followers_before,
    a.followers_delta,
    a.followers_total
from marts.account_daily as a
inner join marts.account_daily as b
    on a.owner = b.owner and a.account_id = b.account_id and b.day = %(day)s::date - 1
where
    a.owner = %(owner)s and a.day = %(day)s::date and b.followers_total is not null
    and b.followers_total + coalesce(a.followers_delta, 0) <> a.followers_total;
