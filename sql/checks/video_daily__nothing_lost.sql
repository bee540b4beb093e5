-- A publication that has a row on the day before has one on the day.
select
    b.publication_id,
    b.day,
    b.views_total
from marts.video_daily as b
left join marts.video_daily as v
    on b.owner = v.owner and b.publication_id = v.publication_id and v.day = %(day)s::date
where b.owner = %(owner)s and b.day = %(day)s::date - 1 and v.publication_id is null;
