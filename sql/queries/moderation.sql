-- Comments as they were collected, and what was done to them.

-- list_comments --
-- the newest first; `before` and `after_id` are where the page before ended
with said as (
    select
        account_id,
        'youtube' as platform,
        comment_id,
        video_id,
        parent_id,
        author_name,
        text,
        likes,
        replies,
        published_at,
        hidden,
        is_own,
        deleted_at
    from youtube.comment
    union all
    select
        account_id,
        'instagram' as platform,
        comment_id,
        video_id,
        parent_id,
        author_name,
        text,
        likes,
        replies,
        published_at,
        hidden,
        is_own,
        deleted_at
    from instagram.comment
    union all
    select
        account_id,
        'facebook' as platform,
        comment_id,
        video_id,
        parent_id,
        author_name,
        text,
        likes,
        replies,
        published_at,
        hidden,
        is_own,
        deleted_at
    from facebook.comment
)

select *
from said
where
    account_id = %(account_id)s
    and (%(video_id)s::text is null or video_id = %(video_id)s)
    and (
        %(before)s::timestamptz is null
        or (coalesce(published_at, '-infinity'), comment_id) < (%(before)s, %(after_id)s)
    )
order by coalesce(published_at, '-infinity') desc, comment_id desc
limit %(at_most)s;

-- read_youtube --
select
    comment_id,
    parent_id,
    video_id
from youtube.comment
where account_id = %(account_id)s and comment_id = %(comment_id)s;

-- read_instagram --
select
    comment_id,
    parent_id,
    video_id
from instagram.comment
where account_id = %(account_id)s and comment_id = %(comment_id)s;

-- read_facebook --
select
    comment_id,
    parent_id,
    video_id
from facebook.comment
where account_id = %(account_id)s and comment_id = %(comment_id)s;

-- note_youtube --
update youtube.comment
set
    hidden = coalesce(%(hidden)s, hidden),
    moderation_status = coalesce(%(status)s, moderation_status),
    deleted_at = case when %(deleted)s then now() else deleted_at end
where account_id = %(account_id)s and comment_id = %(comment_id)s;

-- note_instagram --
update instagram.comment
set hidden = coalesce(%(hidden)s, hidden), deleted_at = case when %(deleted)s then now() else deleted_at end
where account_id = %(account_id)s and comment_id = %(comment_id)s;

-- note_facebook --
update facebook.comment
set hidden = coalesce(%(hidden)s, hidden), deleted_at = case when %(deleted)s then now() else deleted_at end
where account_id = %(account_id)s and comment_id = %(comment_id)s;

-- begin_act --
-- nothing comes back for a reply whose words were sent, or may have been sent, to this comment before
insert into desk.comment_act (
    owner, account_id, platform, comment_id, video_id, action, text, text_sha256, who
)
values (
    %(owner)s, %(account_id)s, %(platform)s, %(comment_id)s, %(video_id)s, %(action)s, %(text)s, %(text_sha256)s,
    %(who)s
)
on conflict (owner, account_id, comment_id, text_sha256) where action = 'reply' and outcome <> 'nothing' do nothing
returning act_id;

-- same_reply --
select
    act_id,
    outcome,
    reply_id
from desk.comment_act
where
    owner = %(owner)s and account_id = %(account_id)s and comment_id = %(comment_id)s
    and text_sha256 = %(text_sha256)s and action = 'reply' and outcome <> 'nothing';

-- end_act --
update desk.comment_act
set outcome = %(outcome)s, reply_id = %(reply_id)s, error = %(error)s::jsonb, ended_at = clock_timestamp()
where act_id = %(act_id)s;

-- list_acts --
select
    act_id,
    account_id,
    platform,
    comment_id,
    video_id,
    action,
    text,
    who,
    begun_at,
    ended_at,
    outcome,
    reply_id,
    error
from desk.comment_act
where owner = %(owner)s and (%(account_id)s::text is null or account_id = %(account_id)s)
order by act_id desc
limit %(at_most)s;

-- hold_comment --
select pg_try_advisory_lock(hashtextextended(%(name)s, 0));
