-- Acts of admins for other users.

-- write_act --
insert into desk.audit (owner, who, what, about)
values (%(owner)s, %(who)s, %(what)s, %(about)s);

-- list_acts --
select
    at,
    owner,
    who,
    what,
    about
from desk.audit
order by act_id desc
limit %(at_most)s;
