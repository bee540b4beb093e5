-- One row for each release: what it is and where it is out.
delete from marts.content_piece
where owner = %(owner)s;

insert into marts.content_piece (
    owner,
    release_id,
    title_id,
    segment,
    age_bucket,
    title,
    category,
    language,
    campaign,
    tags,
    cost,
    cost_currency,
    duration_seconds,
    publications,
    platforms,
    first_published_at,
    last_published_at,
    created_at
)
with published as materialized (
    select
        release_id,
        count(*) as publications,
        array_agg(distinct platform order by platform) as platforms,
        min(published_at) as first_published_at,
        max(published_at) as last_published_at
    from desk.publication
    where owner = %(owner)s and state = 'published'
    group by release_id
)

select
    r.owner,
    r.release_id,
    r.title_id,
    r.segment,
    r.age_bucket,
    r.metadata ->> 'title' as title,
    r.metadata ->> 'category' as category,
    r.metadata ->> 'language' as language,
    r.metadata ->> 'campaign' as campaign,
    case
        when jsonb_typeof(r.metadata -> 'tags') = 'array'
            then array(select jsonb_array_elements_text(r.metadata -> 'tags'))
        else '{}'
    end as tags,
    case when r.metadata ->> 'cost' ~ '^[0-9]+([.][0-9]+)?$' then (r.metadata ->> 'cost')::numeric end as cost,
    r.metadata ->> 'currency' as cost_currency,
    (r.facts ->> 'duration_seconds')::numeric as duration_seconds,
    coalesce(p.publications, 0) as publications,
    coalesce(p.platforms, '{}') as platforms,
    p.first_published_at,
    p.last_published_at,
    r.created_at
from desk.release as r
left join published as p on r.release_id = p.release_id
where r.owner = %(owner)s;
