-- A comment begins its own thread, or belongs to that of the comment it answers.
select
    platform,
    comment_id,
    parent_id,
    root_id,
    depth
from marts.interaction
where
    owner = %(owner)s
    and (parent_id is null) <> (root_id = comment_id and depth = 0);
