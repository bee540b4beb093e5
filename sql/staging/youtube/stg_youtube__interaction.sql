-- noqa: disable=ST06
-- The columns stand in the order all platforms agreed on.
-- Comments below YouTube videos, answers with the comment they answer.
create view staging.stg_youtube__interaction with (security_invoker = true) as
select
    'youtube'::text as platform,
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
coalesce(c.hidden, false) as hidden,
    c.deleted_at,
coalesce(c.is_own, false) as is_own,
c.collected_at
from youtube.comment as c;
