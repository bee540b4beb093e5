-- What is deleted because a platform's rules or a person want it; across tables, by their columns.

-- forget_older --
select
    rows_gone,
    days
from desk.forget_older(%(schemas)s::text[], %(before)s);

-- owners_on --
-- across owners, names only
select owner
from desk.owners_on(%(platform)s);
