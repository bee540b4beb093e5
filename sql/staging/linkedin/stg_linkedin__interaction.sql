-- Comments below a LinkedIn page's posts. LinkedIn tells no names, and hides no comment from a page's administrator.
create view staging.stg_linkedin__interaction with (security_invoker = true) as
select
    'linkedin' as platform,
    c.owner,
    c.account_id,
    c.video_id,
    c.comment_id,
    c.parent_id,
    c.author_id,
    c.author_name,
    c.text,
    c.likes,
    c.replies,
    c.published_at,
    c.edited_at,
    null::boolean as hidden,
    g.deleted_at,
    c.is_own,
    c.collected_at
from linkedin.comment as c
left join linkedin.comment_gone as g
    on c.owner = g.owner and c.account_id = g.account_id and c.comment_id = g.comment_id;
