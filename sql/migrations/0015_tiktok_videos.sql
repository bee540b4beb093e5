-- What is collected of TikTok's videos: include/platforms/tiktok/README.md says how. Rows that grow daily have a
-- partition for each month.

create table tiktok.video (
    owner text not null,
    account_id text not null,
    video_id text not null,
    title text,
    video_description text,
    created_at timestamptz,
    duration bigint,
    width bigint,
    height bigint,
    share_url text,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id)
);

comment on table tiktok.video is 'What a video is called and how long it is, as TikTok shows it now.';
comment on column tiktok.video.owner is 'Whose account it is. Source: desk.';
comment on column tiktok.video.account_id is 'Our name of the account. Source: desk.account.';
comment on column tiktok.video.video_id is
    'TikTok''s id of the video (beyond 2^53, therefore text). Source: id, item_id.';
comment on column tiktok.video.title is
    'Title. Unit: at most 150 characters. Source: POST /v2/video/query/ title. Lag: minutes.';
comment on column tiktok.video.video_description is
    'Beginning of the caption, with its hashtags. Unit: at most 150 characters. Source: POST /v2/video/query/ '
    'video_description. Lag: minutes.';
comment on column tiktok.video.created_at is
    'When it was posted. Unit: UTC. Source: POST /v2/video/query/ create_time. Lag: none.';
comment on column tiktok.video.duration is 'Length. Unit: seconds. Source: POST /v2/video/query/ duration. Lag: none.';
comment on column tiktok.video.width is 'Width. Unit: pixels. Source: POST /v2/video/query/ width. Lag: none.';
comment on column tiktok.video.height is 'Height. Unit: pixels. Source: POST /v2/video/query/ height. Lag: none.';
comment on column tiktok.video.share_url is
    'Address where people watch it. Unit: address. Source: POST /v2/video/query/ share_url. Lag: none.';
comment on column tiktok.video.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column tiktok.video.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('tiktok.video');

create table tiktok.video_counter (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    view_count bigint,
    like_count bigint,
    comment_count bigint,
    share_count bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);

comment on table tiktok.video_counter is
    'A video''s counters as TikTok showed them in a slot; one that goes down is kept as it is.';
comment on column tiktok.video_counter.owner is 'Whose account it is. Source: desk.';
comment on column tiktok.video_counter.account_id is 'Our name of the account. Source: desk.account.';
comment on column tiktok.video_counter.video_id is
    'TikTok''s id of the video (beyond 2^53, therefore text). Source: id, item_id.';
comment on column tiktok.video_counter.day is 'The day (UTC) of the slot. Source: our clock.';
comment on column tiktok.video_counter.slot is
    'The hour, six hours or day the reading counts for; a second reading in it replaces the first. Source: our '
    'clock.';
comment on column tiktok.video_counter.view_count is
    'Views since it was posted. Unit: views. Source: POST /v2/video/query/ view_count. Lag: minutes.';
comment on column tiktok.video_counter.like_count is
    'Likes. Unit: likes. Source: POST /v2/video/query/ like_count. Lag: minutes.';
comment on column tiktok.video_counter.comment_count is
    'Comments. Unit: comments. Source: POST /v2/video/query/ comment_count. Lag: minutes.';
comment on column tiktok.video_counter.share_count is
    'Shares. Unit: shares. Source: POST /v2/video/query/ share_count. Lag: minutes.';
comment on column tiktok.video_counter.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column tiktok.video_counter.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('tiktok.video_counter');

create table tiktok.video_insight (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    video_views bigint,
    likes bigint,
    comments bigint,
    shares bigint,
    favorites bigint,
    reach bigint,
    total_time_watched numeric,
    average_time_watched numeric,
    full_video_watched_rate numeric,
    new_followers bigint,
    profile_views bigint,
    website_clicks bigint,
    phone_number_clicks bigint,
    lead_submissions bigint,
    app_download_clicks bigint,
    email_clicks bigint,
    address_clicks bigint,
    caption text,
    media_type text,
    is_ad boolean,
    video_duration numeric,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day)
) partition by range (day);

comment on table tiktok.video_insight is 'A video''s business insights since it was posted, one reading a day.';
comment on column tiktok.video_insight.owner is 'Whose account it is. Source: desk.';
comment on column tiktok.video_insight.account_id is 'Our name of the account. Source: desk.account.';
comment on column tiktok.video_insight.video_id is
    'TikTok''s id of the video (beyond 2^53, therefore text). Source: id, item_id.';
comment on column tiktok.video_insight.day is
    'The day (UTC) on which it was read; the day''s last reading stays. Source: our clock.';
comment on column tiktok.video_insight.video_views is
    'Views, organic and paid together. Unit: views. Source: GET /business/video/list/ video_views. Lag: up to a '
    'day; not updated from 365 days after posting on.';
comment on column tiktok.video_insight.likes is
    'Likes. Unit: likes. Source: GET /business/video/list/ likes. Lag: up to a day; not updated from 365 days '
    'after posting on.';
comment on column tiktok.video_insight.comments is
    'Comments. Unit: comments. Source: GET /business/video/list/ comments. Lag: up to a day; not updated from '
    '365 days after posting on.';
comment on column tiktok.video_insight.shares is
    'Shares. Unit: shares. Source: GET /business/video/list/ shares. Lag: up to a day; not updated from 365 '
    'days after posting on.';
comment on column tiktok.video_insight.favorites is
    'Times it was saved. Unit: saves. Source: GET /business/video/list/ favorites. Lag: up to a day; not '
    'updated from 365 days after posting on.';
comment on column tiktok.video_insight.reach is
    'People who saw it. Blank (null) when nothing happened for more than 7 days. Unit: people. Source: GET '
    '/business/video/list/ reach. Lag: up to a day; not updated from 365 days after posting on.';
comment on column tiktok.video_insight.total_time_watched is
    'Time watched by all. Blank (null) when nothing happened for more than 7 days. Unit: seconds. Source: GET '
    '/business/video/list/ total_time_watched. Lag: up to a day; not updated from 365 days after posting on.';
comment on column tiktok.video_insight.average_time_watched is
    'Time watched in one view. Blank (null) when nothing happened for more than 7 days. Unit: seconds. Source: '
    'GET /business/video/list/ average_time_watched. Lag: up to a day; not updated from 365 days after posting '
    'on.';
comment on column tiktok.video_insight.full_video_watched_rate is
    'Share of views that reached the end. Blank (null) when nothing happened for more than 7 days. Unit: share, '
    '0–1. Source: GET /business/video/list/ full_video_watched_rate. Lag: up to a day; not updated from 365 '
    'days after posting on.';
comment on column tiktok.video_insight.new_followers is
    'Followers it brought. Unit: followers. Source: GET /business/video/list/ new_followers. Lag: up to a day; '
    'not updated from 365 days after posting on.';
comment on column tiktok.video_insight.profile_views is
    'Visits of the profile from it. Unit: visits. Source: GET /business/video/list/ profile_views. Lag: up to a '
    'day; not updated from 365 days after posting on.';
comment on column tiktok.video_insight.website_clicks is
    'Clicks on the website. Unit: clicks. Source: GET /business/video/list/ website_clicks. Lag: up to a day; '
    'not updated from 365 days after posting on.';
comment on column tiktok.video_insight.phone_number_clicks is
    'Clicks on the phone number. Unit: clicks. Source: GET /business/video/list/ phone_number_clicks. Lag: up '
    'to a day; not updated from 365 days after posting on.';
comment on column tiktok.video_insight.lead_submissions is
    'Lead forms sent. Unit: forms. Source: GET /business/video/list/ lead_submissions. Lag: up to a day; not '
    'updated from 365 days after posting on.';
comment on column tiktok.video_insight.app_download_clicks is
    'Clicks on the app download. Unit: clicks. Source: GET /business/video/list/ app_download_clicks. Lag: up '
    'to a day; not updated from 365 days after posting on.';
comment on column tiktok.video_insight.email_clicks is
    'Clicks on the e-mail address. Unit: clicks. Source: GET /business/video/list/ email_clicks. Lag: up to a '
    'day; not updated from 365 days after posting on.';
comment on column tiktok.video_insight.address_clicks is
    'Clicks on the address. Unit: clicks. Source: GET /business/video/list/ address_clicks. Lag: up to a day; '
    'not updated from 365 days after posting on.';
comment on column tiktok.video_insight.caption is
    'Whole caption. Unit: text. Source: GET /business/video/list/ caption. Lag: none.';
comment on column tiktok.video_insight.media_type is
    'Video or photo. Unit: word. Source: GET /business/video/list/ media_type. Lag: none.';
comment on column tiktok.video_insight.is_ad is
    'Whether it runs as an advertisement. Unit: yes or no. Source: GET /business/video/list/ is_ad. Lag: none.';
comment on column tiktok.video_insight.video_duration is
    'Length. Unit: seconds. Source: GET /business/video/list/ video_duration. Lag: none.';
comment on column tiktok.video_insight.provisional is
    'Whether TikTok may still change it: true until 365 days after posting. Source: our rule.';
comment on column tiktok.video_insight.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column tiktok.video_insight.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('tiktok.video_insight');

create table tiktok.video_part (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    dimension text not null,
    value text not null,
    percentage numeric,
    share numeric,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, dimension, value)
) partition by range (day);

comment on table tiktok.video_part is
    'How a video''s views divide: by where they came from and who watched; one reading a day, since it was posted.';
comment on column tiktok.video_part.owner is 'Whose account it is. Source: desk.';
comment on column tiktok.video_part.account_id is 'Our name of the account. Source: desk.account.';
comment on column tiktok.video_part.video_id is
    'TikTok''s id of the video (beyond 2^53, therefore text). Source: id, item_id.';
comment on column tiktok.video_part.day is
    'The day (UTC) on which it was read; the day''s last reading stays. Source: our clock.';
comment on column tiktok.video_part.dimension is
    'impression_source, audience_type, gender, country or city. Source: the list''s name.';
comment on column tiktok.video_part.value is
    'Which part, in TikTok''s words. Unit: word. Source: GET /business/video/list/ impression_sources, '
    'audience_types, audience_genders, audience_countries, audience_cities. Lag: up to a day; not updated from '
    '365 days after posting on.';
comment on column tiktok.video_part.percentage is
    'Its part, as TikTok tells it. Unit: as told; usually a fraction. Source: GET /business/video/list/ '
    'percentage. Lag: up to a day; not updated from 365 days after posting on.';
comment on column tiktok.video_part.share is
    'Its part, brought to 0–1: whether TikTok tells fractions or per cent is not documented. Unit: share, 0–1. '
    'Source: GET /business/video/list/ percentage. Lag: up to a day; not updated from 365 days after posting '
    'on.';
comment on column tiktok.video_part.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column tiktok.video_part.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('tiktok.video_part');

create table tiktok.retention (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    second bigint not null,
    watching numeric,
    liking numeric,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, second)
);

comment on table tiktok.retention is
    'How many still watch, and how many like, at each second of a video; the latest reading of a day.';
comment on column tiktok.retention.owner is 'Whose account it is. Source: desk.';
comment on column tiktok.retention.account_id is 'Our name of the account. Source: desk.account.';
comment on column tiktok.retention.video_id is
    'TikTok''s id of the video (beyond 2^53, therefore text). Source: id, item_id.';
comment on column tiktok.retention.day is
    'The day (UTC) on which it was read; the day''s last reading stays. Source: our clock.';
comment on column tiktok.retention.second is
    'Second of the video, from 0. Unit: seconds. Source: GET /business/video/list/ video_view_retention.second. '
    'Lag: up to a day; not updated from 365 days after posting on.';
comment on column tiktok.retention.watching is
    'Part of the viewers still watching. Unit: share as told, usually 0–1. Source: GET /business/video/list/ '
    'video_view_retention.percentage. Lag: up to a day; not updated from 365 days after posting on.';
comment on column tiktok.retention.liking is
    'Part of the likes given at this second. Unit: share as told, usually 0–1. Source: GET '
    '/business/video/list/ engagement_likes.percentage. Lag: up to a day; not updated from 365 days after '
    'posting on.';
comment on column tiktok.retention.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column tiktok.retention.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('tiktok.retention');

-- How the hashtags of an account's own videos do, by the last reading of each video. Hashtags are those of the whole
-- caption where the account has business insights, else of its first 150 characters.
create view tiktok.hashtag_performance with (security_invoker = true) as
select
    v.owner,
    v.account_id,
    tags.name as hashtag,
    count(distinct v.video_id) as videos,
    sum(c.view_count) as views,
    sum(c.like_count) as likes,
    sum(c.comment_count) as comments,
    sum(c.share_count) as shares,
    max(v.created_at) as last_used_at,
    max(c.slot) as read_at
from tiktok.video as v
inner join lateral (
    select
        k.view_count,
        k.like_count,
        k.comment_count,
        k.share_count,
        k.slot
    from tiktok.video_counter as k
    where k.owner = v.owner and k.account_id = v.account_id and k.video_id = v.video_id
    order by k.day desc, k.slot desc
    limit 1
) as c on true
left join lateral (
    select i.caption
    from tiktok.video_insight as i
    where i.owner = v.owner and i.account_id = v.account_id and i.video_id = v.video_id and i.caption is not null
    order by i.day desc
    limit 1
) as i on true
cross join lateral (
    select distinct lower(t.tag[1]) as name
    from regexp_matches(coalesce(i.caption, v.video_description, ''), '#([[:alnum:]_]+)', 'g') as t (tag)
) as tags

group by v.owner, v.account_id, tags.name;
comment on view tiktok.hashtag_performance is
    'How the hashtags of own videos do: each counts the last reading of the videos whose caption has it.';
grant select on tiktok.hashtag_performance to desk_app;
