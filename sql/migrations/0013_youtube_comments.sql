-- What people write on YouTube.
-- Each column has its meaning, unit, source and lag. Filled by include/platforms/youtube.

create table youtube.comment (
    owner text not null,
    account_id text not null,
    comment_id text not null,
    video_id text,
    parent_id text,
    author_id text,
    author_name text,
    author_picture text,
    is_own boolean,
    text text,
    likes bigint,
    replies bigint,
    moderation_status text,
    hidden boolean,
    published_at timestamptz,
    edited_at timestamptz,
    deleted_at timestamptz,
    last_seen_at timestamptz,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id)
);
comment on table youtube.comment is 'What people wrote below videos. An edit replaces the text and keeps the old one in comment_earlier; a deletion is marked.';
comment on column youtube.comment.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.comment.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.comment.comment_id is 'Which comment. Unit: YouTube''s id. Source: Data API commentThreads.list, comments.list id. Lag: none.';
comment on column youtube.comment.video_id is 'Below which video. Unit: YouTube''s id. Source: Data API commentThreads.list, comments.list snippet.videoId. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.parent_id is 'Which comment it answers; null for a comment of its own. Unit: YouTube''s id. Source: Data API commentThreads.list, comments.list snippet.parentId. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.author_id is 'Channel of its author. Unit: YouTube''s id. Source: Data API commentThreads.list, comments.list snippet.authorChannelId.value. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.author_name is 'Name of its author as it is shown. Unit: text. Source: Data API commentThreads.list, comments.list snippet.authorDisplayName. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.author_picture is 'Picture of its author. Unit: address. Source: Data API commentThreads.list, comments.list snippet.authorProfileImageUrl. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.is_own is 'Whether the channel wrote it itself. Unit: yes or no. Source: snippet.authorChannelId.value is the channel. Lag: none.';
comment on column youtube.comment.text is 'What it says. Unit: text, up to about 10,000 characters. Source: Data API commentThreads.list, comments.list snippet.textOriginal. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.likes is 'Likes. Unit: count. Source: Data API commentThreads.list, comments.list snippet.likeCount. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.replies is 'Answers; null for an answer. Unit: count. Source: Data API commentThreads.list, comments.list snippet.totalReplyCount. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.moderation_status is 'Whether it is shown. Unit: published, heldForReview, likelySpam or rejected. Source: Data API commentThreads.list, comments.list snippet.moderationStatus. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.hidden is 'Whether it is not shown to others. Unit: yes or no. Source: Data API commentThreads.list, comments.list snippet.moderationStatus. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.published_at is 'When it was written. Unit: time. Source: Data API commentThreads.list, comments.list snippet.publishedAt. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.edited_at is 'When it was last changed; null: never. Unit: time. Source: Data API commentThreads.list, comments.list snippet.updatedAt. Lag: hours for new ones; edits, answers and deletions up to 30 days.';
comment on column youtube.comment.deleted_at is 'When a reading of everything below the video first missed it; null: it is there. Unit: time. Source: comment_sweep. Lag: up to 30 days.';
comment on column youtube.comment.last_seen_at is 'When it was last listed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.comment.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.comment.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.comment');

create table youtube.comment_earlier (
    owner text not null,
    account_id text not null,
    comment_id text not null,
    until timestamptz not null,
    text text,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id, until)
);
comment on table youtube.comment_earlier is 'What a comment said before it was edited.';
comment on column youtube.comment_earlier.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.comment_earlier.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.comment_earlier.comment_id is 'Which comment. Unit: YouTube''s id. Source: youtube.comment. Lag: none.';
comment on column youtube.comment_earlier.until is 'Until when it said so: when we last saw it. Unit: time. Source: youtube.comment.last_seen_at. Lag: none.';
comment on column youtube.comment_earlier.text is 'What it said. Unit: text. Source: youtube.comment.text. Lag: none.';
comment on column youtube.comment_earlier.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.comment_earlier.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.comment_earlier');

create table youtube.comment_sweep (
    owner text not null,
    account_id text not null,
    video_id text not null,
    swept_at timestamptz not null,
    whole boolean not null,
    reaches_to timestamptz,
    comments bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, swept_at)
);
comment on table youtube.comment_sweep is 'When everything below a video was read, and how far; what it did not show is deleted.';
comment on column youtube.comment_sweep.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.comment_sweep.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.comment_sweep.video_id is 'Which video. Unit: YouTube''s id. Source: id. Lag: none.';
comment on column youtube.comment_sweep.swept_at is 'When. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.comment_sweep.whole is 'Whether all of it was read. Unit: yes or no. Source: the pages'' end. Lag: none.';
comment on column youtube.comment_sweep.reaches_to is 'The oldest comment that was reached; null: all. Unit: time. Source: snippet.publishedAt. Lag: none.';
comment on column youtube.comment_sweep.comments is 'Comments that were read. Unit: count. Source: the pages. Lag: none.';
comment on column youtube.comment_sweep.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.comment_sweep.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.comment_sweep');

create index comment_by_video on youtube.comment (owner, account_id, video_id);

-- Keeps what a comment said before: its text is about to be replaced by another.
create function youtube.keep_earlier() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if old.text is distinct from new.text and old.text is not null then
        insert into youtube.comment_earlier (owner, account_id, comment_id, until, text, collected_at)
        values (old.owner, old.account_id, old.comment_id, coalesce(old.last_seen_at, old.collected_at), old.text,
            new.collected_at)
        on conflict do nothing;
    end if;
    return new;
end
$$;
create trigger keep_earlier before update on youtube.comment
for each row execute function youtube.keep_earlier();

-- Marks what a reading of a video's comments did not show. Of one that was not whole only comments of their own that are
-- as new as what it reached: answers to older ones may lie beyond.
create function youtube.mark_deleted() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    update youtube.comment as c
    set deleted_at = new.swept_at
    where
        c.owner = new.owner and c.account_id = new.account_id and c.video_id = new.video_id and c.deleted_at is null
        and c.last_seen_at < new.swept_at
        and (new.whole or (c.parent_id is null and c.published_at > new.reaches_to));
    return new;
end
$$;
create trigger mark_deleted after insert on youtube.comment_sweep
for each row execute function youtube.mark_deleted();
