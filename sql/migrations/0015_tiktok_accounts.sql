-- What is collected of TikTok accounts.

create table tiktok.user_counter (
    owner text not null,
    account_id text not null,
    day date not null,
    follower_count bigint,
    following_count bigint,
    likes_count bigint,
    video_count bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
);

comment on table tiktok.user_counter is 'An account''s counters as TikTok showed them last on a day.';
comment on column tiktok.user_counter.owner is 'Whose account it is. Source: desk.';
comment on column tiktok.user_counter.account_id is 'Our name of the account. Source: desk.account.';
comment on column tiktok.user_counter.day is
    'The day (UTC) on which it was read; the day''s last reading stays. Source: our clock.';
comment on column tiktok.user_counter.follower_count is
    'Followers. Unit: followers. Source: GET /v2/user/info/ follower_count. Lag: minutes.';
comment on column tiktok.user_counter.following_count is
    'Accounts it follows. Unit: accounts. Source: GET /v2/user/info/ following_count. Lag: minutes.';
comment on column tiktok.user_counter.likes_count is
    'Likes of all its videos. Unit: likes. Source: GET /v2/user/info/ likes_count. Lag: minutes.';
comment on column tiktok.user_counter.video_count is
    'Public videos. Unit: videos. Source: GET /v2/user/info/ video_count. Lag: minutes.';
comment on column tiktok.user_counter.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column tiktok.user_counter.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('tiktok.user_counter');

create table tiktok.account_daily (
    owner text not null,
    account_id text not null,
    day date not null,
    video_views bigint,
    unique_video_views bigint,
    profile_views bigint,
    likes bigint,
    comments bigint,
    shares bigint,
    followers_count bigint,
    daily_new_followers bigint,
    daily_lost_followers bigint,
    daily_total_followers bigint,
    engaged_audience bigint,
    phone_number_clicks bigint,
    lead_submissions bigint,
    app_download_clicks bigint,
    bio_link_clicks bigint,
    email_clicks bigint,
    address_clicks bigint,
    audience_activity jsonb,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
);

comment on table tiktok.account_daily is 'A business account''s days.';
comment on column tiktok.account_daily.owner is 'Whose account it is. Source: desk.';
comment on column tiktok.account_daily.account_id is 'Our name of the account. Source: desk.account.';
comment on column tiktok.account_daily.day is 'The day, in UTC as far as TikTok tells. Source: metrics.date.';
comment on column tiktok.account_daily.video_views is
    'Views of all videos. Unit: views. Source: GET /business/get/ metrics.video_views. Lag: 1–2 days.';
comment on column tiktok.account_daily.unique_video_views is
    'People who saw a video. Unit: people. Source: GET /business/get/ metrics.unique_video_views. Lag: 1–2 '
    'days.';
comment on column tiktok.account_daily.profile_views is
    'Visits of the profile. Unit: visits. Source: GET /business/get/ metrics.profile_views. Lag: 1–2 days.';
comment on column tiktok.account_daily.likes is
    'Likes. Unit: likes. Source: GET /business/get/ metrics.likes. Lag: 1–2 days.';
comment on column tiktok.account_daily.comments is
    'Comments. Unit: comments. Source: GET /business/get/ metrics.comments. Lag: 1–2 days.';
comment on column tiktok.account_daily.shares is
    'Shares. Unit: shares. Source: GET /business/get/ metrics.shares. Lag: 1–2 days.';
comment on column tiktok.account_daily.followers_count is
    'Followers at the day''s end. Unit: followers. Source: GET /business/get/ metrics.followers_count. Lag: 1–2 '
    'days.';
comment on column tiktok.account_daily.daily_new_followers is
    'Followers won. Unit: followers. Source: GET /business/get/ metrics.daily_new_followers. Lag: 1–2 days.';
comment on column tiktok.account_daily.daily_lost_followers is
    'Followers lost. Unit: followers. Source: GET /business/get/ metrics.daily_lost_followers. Lag: 1–2 days.';
comment on column tiktok.account_daily.daily_total_followers is
    'Followers at the day''s end, as a second field tells. Unit: followers. Source: GET /business/get/ '
    'metrics.daily_total_followers. Lag: 1–2 days.';
comment on column tiktok.account_daily.engaged_audience is
    'People who did something with a video. Unit: people. Source: GET /business/get/ metrics.engaged_audience. '
    'Lag: 1–2 days.';
comment on column tiktok.account_daily.phone_number_clicks is
    'Clicks on the phone number. Unit: clicks. Source: GET /business/get/ metrics.phone_number_clicks. Lag: 1–2 '
    'days.';
comment on column tiktok.account_daily.lead_submissions is
    'Lead forms sent. Unit: forms. Source: GET /business/get/ metrics.lead_submissions. Lag: 1–2 days.';
comment on column tiktok.account_daily.app_download_clicks is
    'Clicks on the app download. Unit: clicks. Source: GET /business/get/ metrics.app_download_clicks. Lag: 1–2 '
    'days.';
comment on column tiktok.account_daily.bio_link_clicks is
    'Clicks on the link of the profile. Unit: clicks. Source: GET /business/get/ metrics.bio_link_clicks. Lag: '
    '1–2 days.';
comment on column tiktok.account_daily.email_clicks is
    'Clicks on the e-mail address. Unit: clicks. Source: GET /business/get/ metrics.email_clicks. Lag: 1–2 '
    'days.';
comment on column tiktok.account_daily.address_clicks is
    'Clicks on the address. Unit: clicks. Source: GET /business/get/ metrics.address_clicks. Lag: 1–2 days.';
comment on column tiktok.account_daily.audience_activity is
    'How many followers were active in each hour. Unit: list of hour and count. Source: GET /business/get/ '
    'metrics.audience_activity. Lag: 1–2 days.';
comment on column tiktok.account_daily.provisional is
    'Whether TikTok may still change it: true for the last three days. Source: our rule.';
comment on column tiktok.account_daily.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column tiktok.account_daily.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('tiktok.account_daily');

create table tiktok.audience (
    owner text not null,
    account_id text not null,
    day date not null,
    dimension text not null,
    value text not null,
    percentage numeric,
    share numeric,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day, dimension, value)
);

comment on table tiktok.audience is
    'Who follows a business account; the last reading of a day. Only from 100 followers on.';
comment on column tiktok.audience.owner is 'Whose account it is. Source: desk.';
comment on column tiktok.audience.account_id is 'Our name of the account. Source: desk.account.';
comment on column tiktok.audience.day is
    'The day (UTC) on which it was read; the day''s last reading stays. Source: our clock.';
comment on column tiktok.audience.dimension is 'country, city, gender or age. Source: the list''s name.';
comment on column tiktok.audience.value is
    'Which part, in TikTok''s words. Unit: word. Source: GET /business/get/ audience_countries, '
    'audience_cities, audience_genders, audience_ages. Lag: 1–2 days.';
comment on column tiktok.audience.percentage is
    'Its part, as TikTok tells it. Unit: as told; usually a fraction. Source: GET /business/get/ percentage. '
    'Lag: 1–2 days.';
comment on column tiktok.audience.share is
    'Its part, brought to 0–1. Unit: share, 0–1. Source: GET /business/get/ percentage. Lag: 1–2 days.';
comment on column tiktok.audience.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column tiktok.audience.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('tiktok.audience');
