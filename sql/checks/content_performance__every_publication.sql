-- Every publication that is out has its row, and every row its release.
select
    p.publication_id,
    p.platform,
    p.video_id
from desk.publication as p
left join marts.content_performance as c on p.publication_id = c.publication_id
left join marts.content_piece as r on p.release_id = r.release_id
where
    p.owner = %(owner)s and p.state = 'published' and p.video_id is not null and p.published_at is not null
    and (c.publication_id is null or r.release_id is null);
