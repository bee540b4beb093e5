-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- Comments below Instagram posts, answers with the comment they answer; an edit is known by the text it replaced.
create view staging.stg_instagram__interaction with (security_invoker = true) as
select
    'instagram'::text as platform,
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
    (
        select max(e.until)
        from instagram.comment_earlier as e
        where e.owner = c.owner and e.account_id = c.account_id and e.comment_id = c.comment_id
    ) as edited_at,
    coalesce(c.hidden, false) as hidden,
    c.deleted_at,
    coalesce(c.is_own, false) as is_own,
    c.collected_at
from instagram.comment as c;
