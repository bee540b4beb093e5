-- Comments of all platforms. Brings over what was collected since the day before the newest comment that is here already
-- (of each account); what is here twice is replaced. A comment under an answer belongs to the answer's thread.
insert into marts.interaction as t (
    owner,
    platform,
    account_id,
    comment_id,
    video_id,
    publication_id,
    parent_id,
    root_id,
    depth,
    author_id,
    author_name,
    text,
    likes,
    replies,
    published_at,
    edited_at,
    hidden,
    deleted_at,
    is_own,
    collected_at
)
with read as not materialized (
    select
        platform,
        account_id,
        comment_id,
        video_id,
        parent_id,
        author_id,
        author_name,
        text,
        likes,
        replies,
        published_at,
        edited_at,
        hidden,
        deleted_at,
        is_own,
        collected_at
    from staging.stg_youtube__interaction
    where owner = %(owner)s
    union all
    select
        platform,
        account_id,
        comment_id,
        video_id,
        parent_id,
        author_id,
        author_name,
        text,
        likes,
        replies,
        published_at,
        edited_at,
        hidden,
        deleted_at,
        is_own,
        collected_at
    from staging.stg_instagram__interaction
    where owner = %(owner)s
    union all
    select
        platform,
        account_id,
        comment_id,
        video_id,
        parent_id,
        author_id,
        author_name,
        text,
        likes,
        replies,
        published_at,
        edited_at,
        hidden,
        deleted_at,
        is_own,
        collected_at
    from staging.stg_facebook__interaction
    where owner = %(owner)s
    union all
    select
        platform,
        account_id,
        comment_id,
        video_id,
        parent_id,
        author_id,
        author_name,
        text,
        likes,
        replies,
        published_at,
        edited_at,
        hidden,
        deleted_at,
        is_own,
        collected_at
    from staging.stg_linkedin__interaction
    where owner = %(owner)s
),

here as materialized (
    select
        platform,
        account_id,
        max(collected_at) - interval '1 day' as since
    from marts.interaction
    where owner = %(owner)s
    group by platform, account_id
),

ours as materialized (
    select distinct on (account_id, platform, video_id)
        account_id,
        platform,
        video_id,
        publication_id
    from desk.publication
    where owner = %(owner)s and state = 'published' and video_id is not null
    order by account_id asc, platform asc, video_id asc, published_at asc, publication_id asc
)

select
    cast(%(owner)s as text) as owner,
    n.platform,
    n.account_id,
    n.comment_id,
    n.video_id,
    p.publication_id,
    n.parent_id,
    coalesce(n.parent_id, n.comment_id) as root_id,
    case when n.parent_id is null then 0 else 1 end as depth,
    n.author_id,
    n.author_name,
    n.text,
    n.likes,
    n.replies,
    n.published_at,
    n.edited_at,
    n.hidden,
    n.deleted_at,
    n.is_own,
    n.collected_at
from read as n
left join here as h on n.platform = h.platform and n.account_id = h.account_id
left join ours as p on n.account_id = p.account_id and n.platform = p.platform and n.video_id = p.video_id
where n.collected_at >= coalesce(h.since, '-infinity')
on conflict (owner, platform, account_id, comment_id) do update
    set
        video_id = excluded.video_id,
        publication_id = excluded.publication_id,
        parent_id = excluded.parent_id,
        root_id = excluded.root_id,
        depth = excluded.depth,
        author_id = excluded.author_id,
        author_name = excluded.author_name,
        text = excluded.text,
        likes = excluded.likes,
        replies = excluded.replies,
        published_at = excluded.published_at,
        edited_at = excluded.edited_at,
        hidden = excluded.hidden,
        deleted_at = excluded.deleted_at,
        is_own = excluded.is_own,
        collected_at = excluded.collected_at
where (t.publication_id, t.collected_at) is distinct from (excluded.publication_id, excluded.collected_at);

with recursive deeper as (
    select
        c.platform,
        c.account_id,
        c.comment_id,
        p.parent_id as root_id,
        2 as depth
    from marts.interaction as c
    inner join marts.interaction as p
        on
            c.owner = p.owner and c.platform = p.platform and c.account_id = p.account_id
            and c.parent_id = p.comment_id
    where
        c.owner = %(owner)s and p.parent_id is not null
        and not exists (
            select from marts.interaction as g
            where
                g.owner = p.owner and g.platform = p.platform and g.account_id = p.account_id
                and g.comment_id = p.parent_id and g.parent_id is not null
        )
    union all
    select
        c.platform,
        c.account_id,
        c.comment_id,
        d.root_id,
        d.depth + 1 as depth
    from deeper as d
    inner join marts.interaction as c
        on d.platform = c.platform and d.account_id = c.account_id and d.comment_id = c.parent_id
    where c.owner = %(owner)s and d.depth < 50
)

update marts.interaction as t
set root_id = d.root_id, depth = d.depth
from deeper as d
where
    t.owner = %(owner)s and t.platform = d.platform and t.account_id = d.account_id and t.comment_id = d.comment_id
    and (t.root_id, t.depth) is distinct from (d.root_id, d.depth);
