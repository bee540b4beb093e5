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
),

-- what files of costs say: of a release that was not there yet, by its name now
paid as materialized (
    select
        release_id,
        amount,
        currency
    from desk.release_cost
    where owner = %(owner)s and release_id is not null
    union all
    select
        (array_agg(l.release_id))[1] as release_id,
        c.amount,
        c.currency
    from desk.release_cost as c
    inner join desk.release as l
        on
            c.owner = l.owner
            and c.title_id = l.title_id
            and coalesce(c.segment, l.segment) = l.segment
            and coalesce(c.age_bucket, l.age_bucket) = l.age_bucket
    where c.owner = %(owner)s and c.release_id is null
    group by c.import_id, c.row_number, c.amount, c.currency
    having count(*) = 1
),

-- amounts in several currencies are not added up
costs as materialized (
    select
        p.release_id,
        case when count(distinct coalesce(p.currency, l.metadata ->> 'currency', '')) = 1 then sum(p.amount) end as cost,
        min(coalesce(p.currency, l.metadata ->> 'currency')) as currency
    from paid as p
    inner join desk.release as l on p.release_id = l.release_id
    where l.owner = %(owner)s
    group by p.release_id
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
    case
        when c.release_id is not null then c.cost
        when r.metadata ->> 'cost' ~ '^[0-9]+([.][0-9]+)?$' then (r.metadata ->> 'cost')::numeric
    end as cost,
    case
        when c.release_id is null then r.metadata ->> 'currency'
        when c.cost is not null then c.currency
    end as cost_currency,
    (r.facts ->> 'duration_seconds')::numeric as duration_seconds,
    coalesce(p.publications, 0) as publications,
    coalesce(p.platforms, '{}') as platforms,
    p.first_published_at,
    p.last_published_at,
    r.created_at
from desk.release as r
left join published as p on r.release_id = p.release_id
left join costs as c on r.release_id = c.release_id
where r.owner = %(owner)s;
