-- Who did what, and how the desk is used.

-- list_activity --
-- the newest first
select
    activity_id,
    at,
    who,
    door,
    what,
    about,
    details
from desk.activity
where
    (%(what)s::text is null or what = %(what)s)
    and (%(before_id)s::bigint is null or activity_id < %(before_id)s::bigint)
order by activity_id desc
limit %(at_most)s;

-- adoption --
-- one's own
select * from desk.adoption(%(since)s);

-- adoption_of_all --
-- across owners, counts only
select * from desk.adoption_of_all(%(since)s);

-- figures --
-- across owners, counts only
select
    figure,
    platform,
    label,
    value
from desk.figures();

-- to_come --
-- across owners, counts only
select
    platform,
    placement,
    in_all,
    of_one_account
from desk.to_come();

-- quota_use --
-- across owners, counts only
select
    platform,
    bucket,
    window_start,
    used
from desk.quota_use();
