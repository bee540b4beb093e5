-- What people write on Instagram and Facebook.
-- Each column has its meaning, unit, source and lag. Filled by include/platforms/instagram and facebook.

create table instagram.comment (
    owner text not null,
    account_id text not null,
    comment_id text not null,
    video_id text,
    parent_id text,
    author_id text,
    author_name text,
    text text,
    likes bigint,
    replies bigint,
    published_at timestamptz,
    hidden boolean,
    is_own boolean,
    deleted_at timestamptz,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id)
);
comment on table instagram.comment is 'What people wrote below posts. An edit replaces the text and keeps the old one in comment_earlier; a deletion is marked.';
comment on column instagram.comment.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.comment.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.comment.comment_id is 'Which comment. Unit: the platform''s id. Source: GET /{media}/comments id. Lag: none.';
comment on column instagram.comment.video_id is 'Below which post. Unit: the platform''s id. Source: GET /{media}/comments. Lag: none.';
comment on column instagram.comment.parent_id is 'Which comment it answers; null for one of its own. Unit: the platform''s id. Source: GET /{media}/comments parent_id. Lag: minutes.';
comment on column instagram.comment.author_id is 'Its author; null where Meta does not tell. Unit: the platform''s id. Source: GET /{media}/comments from.id. Lag: minutes.';
comment on column instagram.comment.author_name is 'Its author''s name. Unit: text. Source: GET /{media}/comments username. Lag: minutes.';
comment on column instagram.comment.text is 'What it says. Unit: text. Source: GET /{media}/comments text. Lag: minutes.';
comment on column instagram.comment.likes is 'Likes. Unit: count. Source: GET /{media}/comments like_count. Lag: minutes; of older comments up to 7 days.';
comment on column instagram.comment.replies is 'Answers to it. Unit: count. Source: GET /{media}/comments replies. Lag: minutes; of older comments up to 7 days.';
comment on column instagram.comment.published_at is 'When it was written. Unit: time. Source: GET /{media}/comments timestamp. Lag: none.';
comment on column instagram.comment.hidden is 'Whether it is hidden. Unit: yes or no. Source: GET /{media}/comments hidden. Lag: minutes; of older comments up to 7 days.';
comment on column instagram.comment.is_own is 'Whether the account wrote it itself; null where Meta does not tell. Unit: yes or no. Source: GET /{media}/comments from.id is the account. Lag: none.';
comment on column instagram.comment.deleted_at is 'When a reading first missed it; null: it is there. Unit: time. Source: our clock. Lag: up to 7 days.';
comment on column instagram.comment.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.comment.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.comment');

create table instagram.comment_earlier (
    owner text not null,
    account_id text not null,
    comment_id text not null,
    until timestamptz not null,
    text text,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id, until)
);
comment on table instagram.comment_earlier is 'What a comment said before it was edited.';
comment on column instagram.comment_earlier.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.comment_earlier.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.comment_earlier.comment_id is 'Which comment. Unit: the platform''s id. Source: comment. Lag: none.';
comment on column instagram.comment_earlier.until is 'When the other text was read. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.comment_earlier.text is 'What it said. Unit: text. Source: comment.text. Lag: none.';
comment on column instagram.comment_earlier.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.comment_earlier.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.comment_earlier');

create table facebook.comment (
    owner text not null,
    account_id text not null,
    comment_id text not null,
    video_id text,
    parent_id text,
    author_id text,
    author_name text,
    text text,
    likes bigint,
    replies bigint,
    published_at timestamptz,
    hidden boolean,
    is_own boolean,
    can_hide boolean,
    can_remove boolean,
    permalink text,
    attachment jsonb,
    deleted_at timestamptz,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id)
);
comment on table facebook.comment is 'What people wrote below posts. An edit replaces the text and keeps the old one in comment_earlier; a deletion is marked.';
comment on column facebook.comment.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.comment.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.comment.comment_id is 'Which comment. Unit: the platform''s id. Source: GET /{video}/comments id. Lag: none.';
comment on column facebook.comment.video_id is 'Below which post. Unit: the platform''s id. Source: GET /{video}/comments. Lag: none.';
comment on column facebook.comment.parent_id is 'Which comment it answers; null for one of its own. Unit: the platform''s id. Source: GET /{video}/comments parent.id. Lag: minutes.';
comment on column facebook.comment.author_id is 'Its author; null where Meta does not tell. Unit: the platform''s id. Source: GET /{video}/comments from.id. Lag: minutes.';
comment on column facebook.comment.author_name is 'Its author''s name. Unit: text. Source: GET /{video}/comments from.name. Lag: minutes.';
comment on column facebook.comment.text is 'What it says. Unit: text. Source: GET /{video}/comments message. Lag: minutes.';
comment on column facebook.comment.likes is 'Likes. Unit: count. Source: GET /{video}/comments like_count. Lag: minutes; of older comments up to 7 days.';
comment on column facebook.comment.replies is 'Answers to it. Unit: count. Source: GET /{video}/comments comment_count. Lag: minutes; of older comments up to 7 days.';
comment on column facebook.comment.published_at is 'When it was written. Unit: time. Source: GET /{video}/comments created_time. Lag: none.';
comment on column facebook.comment.hidden is 'Whether it is hidden. Unit: yes or no. Source: GET /{video}/comments is_hidden. Lag: minutes; of older comments up to 7 days.';
comment on column facebook.comment.is_own is 'Whether the account wrote it itself; null where Meta does not tell. Unit: yes or no. Source: GET /{video}/comments from.id is the account. Lag: none.';
comment on column facebook.comment.can_hide is 'Whether we may hide it. Unit: yes or no. Source: GET /{video}/comments can_hide. Lag: minutes.';
comment on column facebook.comment.can_remove is 'Whether we may delete it. Unit: yes or no. Source: GET /{video}/comments can_remove. Lag: minutes.';
comment on column facebook.comment.permalink is 'Its address. Unit: address. Source: GET /{video}/comments permalink_url. Lag: none.';
comment on column facebook.comment.attachment is 'What hangs on it, such as a picture. Unit: JSON. Source: GET /{video}/comments attachment. Lag: minutes.';
comment on column facebook.comment.deleted_at is 'When a reading first missed it; null: it is there. Unit: time. Source: our clock. Lag: up to 7 days.';
comment on column facebook.comment.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.comment.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.comment');

create table facebook.comment_earlier (
    owner text not null,
    account_id text not null,
    comment_id text not null,
    until timestamptz not null,
    text text,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id, until)
);
comment on table facebook.comment_earlier is 'What a comment said before it was edited.';
comment on column facebook.comment_earlier.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.comment_earlier.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.comment_earlier.comment_id is 'Which comment. Unit: the platform''s id. Source: comment. Lag: none.';
comment on column facebook.comment_earlier.until is 'When the other text was read. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.comment_earlier.text is 'What it said. Unit: text. Source: comment.text. Lag: none.';
comment on column facebook.comment_earlier.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.comment_earlier.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.comment_earlier');
-- An edit keeps the text of before; a reading that only misses a comment marks it and keeps everything else of it.
create function instagram.keep_comment() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    missed timestamptz := new.deleted_at;
    seen timestamptz := new.collected_at;
begin
    if new.text is null and new.published_at is null and missed is not null then
        new := old;
        new.deleted_at := coalesce(old.deleted_at, missed);
        new.collected_at := seen;
    elsif new.text is distinct from old.text then
        insert into instagram.comment_earlier (owner, account_id, comment_id, until, text, collected_at)
        values (old.owner, old.account_id, old.comment_id, new.collected_at, old.text, old.collected_at)
        on conflict do nothing;
    end if;
    return new;
end
$$;
revoke all on function instagram.keep_comment() from public;
grant execute on function instagram.keep_comment() to desk_app;
create trigger keep_comment before update on instagram.comment
for each row execute function instagram.keep_comment();
create index comment_by_video on instagram.comment (owner, account_id, video_id, published_at);

-- An edit keeps the text of before; a reading that only misses a comment marks it and keeps everything else of it.
create function facebook.keep_comment() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    missed timestamptz := new.deleted_at;
    seen timestamptz := new.collected_at;
begin
    if new.text is null and new.published_at is null and missed is not null then
        new := old;
        new.deleted_at := coalesce(old.deleted_at, missed);
        new.collected_at := seen;
    elsif new.text is distinct from old.text then
        insert into facebook.comment_earlier (owner, account_id, comment_id, until, text, collected_at)
        values (old.owner, old.account_id, old.comment_id, new.collected_at, old.text, old.collected_at)
        on conflict do nothing;
    end if;
    return new;
end
$$;
revoke all on function facebook.keep_comment() from public;
grant execute on function facebook.keep_comment() to desk_app;
create trigger keep_comment before update on facebook.comment
for each row execute function facebook.keep_comment();
create index comment_by_video on facebook.comment (owner, account_id, video_id, published_at);
