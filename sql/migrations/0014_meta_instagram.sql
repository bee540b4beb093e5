-- What Instagram tells: posts, stories, accounts.
-- Each column has its meaning, unit, source and lag. Filled by include/platforms/instagram.

create table instagram.video_counter (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    like_count bigint,
    comments_count bigint,
    saved_count bigint,
    shares_count bigint,
    reposts_count bigint,
    total_like_count bigint,
    total_comments_count bigint,
    total_views_count bigint,
    media_type text,
    media_product_type text,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);
comment on table instagram.video_counter is 'Counters of posts as Instagram showed them; one row for each slot. One that goes down is kept as it is.';
comment on column instagram.video_counter.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.video_counter.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.video_counter.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column instagram.video_counter.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column instagram.video_counter.slot is 'Beginning of the hour, six hours or day it was due in; a second reading in it replaces the first. Unit: time. Source: config/analytics.yaml counters. Lag: none.';
comment on column instagram.video_counter.like_count is 'Likes; null when they are hidden. Unit: count. Source: GET /{ig-user}/media like_count. Lag: none to minutes.';
comment on column instagram.video_counter.comments_count is 'Comments and answers. Unit: count. Source: GET /{ig-user}/media comments_count. Lag: none to minutes.';
comment on column instagram.video_counter.saved_count is 'Saves; Facebook Login only. Unit: count. Source: GET /{ig-user}/media saved_count. Lag: none to minutes.';
comment on column instagram.video_counter.shares_count is 'Shares; Facebook Login only. Unit: count. Source: GET /{ig-user}/media shares_count. Lag: none to minutes.';
comment on column instagram.video_counter.reposts_count is 'Reposts; Facebook Login only. Unit: count. Source: GET /{ig-user}/media reposts_count. Lag: none to minutes.';
comment on column instagram.video_counter.total_like_count is 'Likes here and on Facebook; Facebook Login only. Unit: count. Source: GET /{ig-user}/media total_like_count. Lag: none to minutes.';
comment on column instagram.video_counter.total_comments_count is 'Comments here and on Facebook; Facebook Login only. Unit: count. Source: GET /{ig-user}/media total_comments_count. Lag: none to minutes.';
comment on column instagram.video_counter.total_views_count is 'Views on all surfaces, which is not `views`; Facebook Login only. Unit: count. Source: GET /{ig-user}/media total_views_count. Lag: none to minutes.';
comment on column instagram.video_counter.media_type is 'Kind of file; a reel is VIDEO. Unit: IMAGE, VIDEO or CAROUSEL_ALBUM. Source: GET /{ig-user}/media media_type. Lag: none to minutes.';
comment on column instagram.video_counter.media_product_type is 'Kind of post. Unit: FEED, REELS, STORY or AD. Source: GET /{ig-user}/media media_product_type. Lag: none to minutes.';
comment on column instagram.video_counter.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.video_counter.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.video_counter');

create table instagram.media_insight (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    views bigint,
    reach bigint,
    likes bigint,
    comments bigint,
    saved bigint,
    shares bigint,
    reposts bigint,
    total_interactions bigint,
    ig_reels_avg_watch_time bigint,
    ig_reels_video_view_total_time bigint,
    reels_skip_rate numeric,
    follows bigint,
    profile_visits bigint,
    total_views bigint,
    total_likes bigint,
    total_comments bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);
comment on table instagram.media_insight is 'Insights of posts, totals since they came out; one row for each slot.';
comment on column instagram.media_insight.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.media_insight.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.media_insight.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column instagram.media_insight.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column instagram.media_insight.slot is 'Beginning of the hour, six hours or day it was due in; a second reading in it replaces the first. Unit: time. Source: config/analytics.yaml counters. Lag: none.';
comment on column instagram.media_insight.views is 'How often seen, repeats included. Unit: count. Source: GET /{media}/insights views. Lag: up to 48 hours.';
comment on column instagram.media_insight.reach is 'Accounts that saw it, estimated. Unit: count. Source: GET /{media}/insights reach. Lag: up to 48 hours.';
comment on column instagram.media_insight.likes is 'Likes. Unit: count. Source: GET /{media}/insights likes. Lag: up to 48 hours.';
comment on column instagram.media_insight.comments is 'Comments. Unit: count. Source: GET /{media}/insights comments. Lag: up to 48 hours.';
comment on column instagram.media_insight.saved is 'Saves. Unit: count. Source: GET /{media}/insights saved. Lag: up to 48 hours.';
comment on column instagram.media_insight.shares is 'Shares. Unit: count. Source: GET /{media}/insights shares. Lag: up to 48 hours.';
comment on column instagram.media_insight.reposts is 'Reposts. Unit: count. Source: GET /{media}/insights reposts. Lag: up to 48 hours.';
comment on column instagram.media_insight.total_interactions is 'Likes, saves, comments and shares, minus undone ones. Unit: count. Source: GET /{media}/insights total_interactions. Lag: up to 48 hours.';
comment on column instagram.media_insight.ig_reels_avg_watch_time is 'Average time watched; reels only. Unit: milliseconds. Source: GET /{media}/insights ig_reels_avg_watch_time. Lag: up to 48 hours.';
comment on column instagram.media_insight.ig_reels_video_view_total_time is 'Time watched, replays included; reels only. Unit: milliseconds. Source: GET /{media}/insights ig_reels_video_view_total_time. Lag: up to 48 hours.';
comment on column instagram.media_insight.reels_skip_rate is 'Views that left in the first 3 seconds; reels only, since December 2025. Unit: percent. Source: GET /{media}/insights reels_skip_rate. Lag: up to 48 hours.';
comment on column instagram.media_insight.follows is 'Follows won; not for reels. Unit: count. Source: GET /{media}/insights follows. Lag: up to 48 hours.';
comment on column instagram.media_insight.profile_visits is 'Visits of the profile; not for reels. Unit: count. Source: GET /{media}/insights profile_visits. Lag: up to 48 hours.';
comment on column instagram.media_insight.total_views is 'Views on all surfaces; Facebook Login only. Unit: count. Source: GET /{media}/insights total_views. Lag: up to 48 hours.';
comment on column instagram.media_insight.total_likes is 'Likes on all surfaces; Facebook Login only. Unit: count. Source: GET /{media}/insights total_likes. Lag: up to 48 hours.';
comment on column instagram.media_insight.total_comments is 'Comments on all surfaces; Facebook Login only. Unit: count. Source: GET /{media}/insights total_comments. Lag: up to 48 hours.';
comment on column instagram.media_insight.provisional is 'Whether Meta may still change the numbers. Unit: yes or no. Source: age of the post or day. Lag: none.';
comment on column instagram.media_insight.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.media_insight.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.media_insight');

create table instagram.story (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    views bigint,
    reach bigint,
    total_interactions bigint,
    shares bigint,
    reposts bigint,
    replies bigint,
    follows bigint,
    profile_visits bigint,
    link_clicks bigint,
    total_views bigint,
    navigation bigint,
    swipe_forward bigint,
    tap_back bigint,
    tap_exit bigint,
    tap_forward bigint,
    profile_activity bigint,
    profile_actions jsonb,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);
comment on table instagram.story is 'Insights of stories while they were shown (24 hours); no row: fewer than 5 viewers.';
comment on column instagram.story.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.story.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.story.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column instagram.story.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column instagram.story.slot is 'Beginning of the hour, six hours or day it was due in; a second reading in it replaces the first. Unit: time. Source: config/analytics.yaml counters. Lag: none.';
comment on column instagram.story.views is 'How often seen. Unit: count. Source: GET /{media}/insights views. Lag: none to minutes.';
comment on column instagram.story.reach is 'Accounts that saw it. Unit: count. Source: GET /{media}/insights reach. Lag: none to minutes.';
comment on column instagram.story.total_interactions is 'Interactions. Unit: count. Source: GET /{media}/insights total_interactions. Lag: none to minutes.';
comment on column instagram.story.shares is 'Shares. Unit: count. Source: GET /{media}/insights shares. Lag: none to minutes.';
comment on column instagram.story.reposts is 'Reposts. Unit: count. Source: GET /{media}/insights reposts. Lag: none to minutes.';
comment on column instagram.story.replies is 'Answers; 0 for people in the EEA and Japan. Unit: count. Source: GET /{media}/insights replies. Lag: none to minutes.';
comment on column instagram.story.follows is 'Follows won. Unit: count. Source: GET /{media}/insights follows. Lag: none to minutes.';
comment on column instagram.story.profile_visits is 'Visits of the profile. Unit: count. Source: GET /{media}/insights profile_visits. Lag: none to minutes.';
comment on column instagram.story.link_clicks is 'Clicks on links; Facebook Login only. Unit: count. Source: GET /{media}/insights link_clicks. Lag: none to minutes.';
comment on column instagram.story.total_views is 'Views on all surfaces; Facebook Login only. Unit: count. Source: GET /{media}/insights total_views. Lag: none to minutes.';
comment on column instagram.story.navigation is 'Moves inside and away from it. Unit: count. Source: GET /{media}/insights navigation. Lag: none to minutes.';
comment on column instagram.story.swipe_forward is 'Swipes to the next account. Unit: count. Source: GET /{media}/insights navigation by story_navigation_action_type. Lag: none to minutes.';
comment on column instagram.story.tap_back is 'Taps back. Unit: count. Source: GET /{media}/insights navigation by story_navigation_action_type. Lag: none to minutes.';
comment on column instagram.story.tap_exit is 'Exits. Unit: count. Source: GET /{media}/insights navigation by story_navigation_action_type. Lag: none to minutes.';
comment on column instagram.story.tap_forward is 'Taps to the next story. Unit: count. Source: GET /{media}/insights navigation by story_navigation_action_type. Lag: none to minutes.';
comment on column instagram.story.profile_activity is 'What people did on the profile. Unit: count. Source: GET /{media}/insights profile_activity. Lag: none to minutes.';
comment on column instagram.story.profile_actions is 'The same by action (bio_link_clicked, call, direction, email, other, text). Unit: count by action. Source: GET /{media}/insights profile_activity by action_type. Lag: none to minutes.';
comment on column instagram.story.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.story.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.story');

create table instagram.hashtag (
    owner text not null,
    account_id text not null,
    video_id text not null,
    hashtag text not null,
    day date,
    place bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, hashtag)
);
comment on table instagram.hashtag is 'Hashtags in the captions of our posts.';
comment on column instagram.hashtag.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.hashtag.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.hashtag.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column instagram.hashtag.hashtag is 'Which hashtag. Unit: lower case, without #. Source: GET /{ig-user}/media caption. Lag: none.';
comment on column instagram.hashtag.day is 'When the post came out. Unit: day in California. Source: the publication. Lag: none.';
comment on column instagram.hashtag.place is 'Its place among the post''s hashtags. Unit: number from 1. Source: GET /{ig-user}/media caption. Lag: none to minutes.';
comment on column instagram.hashtag.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.hashtag.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.hashtag');

create table instagram.account_counter (
    owner text not null,
    account_id text not null,
    day date not null,
    followers_count bigint,
    follows_count bigint,
    media_count bigint,
    username text,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
);
comment on table instagram.account_counter is 'Levels of accounts, as the last reading of a day showed them.';
comment on column instagram.account_counter.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.account_counter.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.account_counter.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column instagram.account_counter.followers_count is 'Followers. Unit: count. Source: GET /{ig-user} followers_count. Lag: none to minutes.';
comment on column instagram.account_counter.follows_count is 'Accounts it follows. Unit: count. Source: GET /{ig-user} follows_count. Lag: none to minutes.';
comment on column instagram.account_counter.media_count is 'Posts, without stories. Unit: count. Source: GET /{ig-user} media_count. Lag: none to minutes.';
comment on column instagram.account_counter.username is 'Its name. Unit: text. Source: GET /{ig-user} username. Lag: none to minutes.';
comment on column instagram.account_counter.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.account_counter.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.account_counter');

create table instagram.account_daily (
    owner text not null,
    account_id text not null,
    day date not null,
    reach bigint,
    follower_count bigint,
    views bigint,
    accounts_engaged bigint,
    total_interactions bigint,
    likes bigint,
    comments bigint,
    saves bigint,
    shares bigint,
    reposts bigint,
    replies bigint,
    profile_links_taps bigint,
    profile_views bigint,
    website_clicks bigint,
    content_views bigint,
    follows bigint,
    unfollows bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
) partition by range (day);
comment on table instagram.account_daily is 'What accounts did by day.';
comment on column instagram.account_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.account_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.account_daily.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column instagram.account_daily.reach is 'Accounts reached, estimated; not to be added up over days. Unit: count. Source: GET /{ig-user}/insights reach. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.follower_count is 'New followers; null below 100 followers and for days older than 30. Unit: count. Source: GET /{ig-user}/insights follower_count. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.views is 'Views. Unit: count. Source: GET /{ig-user}/insights views. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.accounts_engaged is 'Accounts that did something. Unit: count. Source: GET /{ig-user}/insights accounts_engaged. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.total_interactions is 'Interactions. Unit: count. Source: GET /{ig-user}/insights total_interactions. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.likes is 'Likes. Unit: count. Source: GET /{ig-user}/insights likes. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.comments is 'Comments. Unit: count. Source: GET /{ig-user}/insights comments. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.saves is 'Saves. Unit: count. Source: GET /{ig-user}/insights saves. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.shares is 'Shares. Unit: count. Source: GET /{ig-user}/insights shares. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.reposts is 'Reposts. Unit: count. Source: GET /{ig-user}/insights reposts. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.replies is 'Answers to stories. Unit: count. Source: GET /{ig-user}/insights replies. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.profile_links_taps is 'Taps on the profile''s buttons. Unit: count. Source: GET /{ig-user}/insights profile_links_taps. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.profile_views is 'Visits of the profile. Unit: count. Source: GET /{ig-user}/insights profile_views. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.website_clicks is 'Clicks on the website. Unit: count. Source: GET /{ig-user}/insights website_clicks. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.content_views is 'Views of content. Unit: count. Source: GET /{ig-user}/insights content_views. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.follows is 'Accounts that began to follow. Unit: count. Source: GET /{ig-user}/insights follows_and_unfollows FOLLOWER, difference of two spans. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.unfollows is 'Accounts that ceased to follow. Unit: count. Source: GET /{ig-user}/insights follows_and_unfollows NON_FOLLOWER, difference of two spans. Lag: 24 to 48 hours.';
comment on column instagram.account_daily.provisional is 'Whether Meta may still change the numbers. Unit: yes or no. Source: age of the post or day. Lag: none.';
comment on column instagram.account_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.account_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.account_daily');

create table instagram.account_insight (
    owner text not null,
    account_id text not null,
    day date not null,
    metric text not null,
    dimension text not null,
    value text not null,
    count bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day, metric, dimension, value)
) partition by range (day);
comment on table instagram.account_insight is 'What accounts did by day, divided by one dimension.';
comment on column instagram.account_insight.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.account_insight.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.account_insight.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column instagram.account_insight.metric is 'What is counted. Unit: Instagram''s name. Source: GET /{ig-user}/insights metric. Lag: none.';
comment on column instagram.account_insight.dimension is 'What it is divided by. Unit: media_product_type, follow_type or contact_button_type. Source: GET /{ig-user}/insights breakdown. Lag: none.';
comment on column instagram.account_insight.value is 'Which part. Unit: Instagram''s name, such as REEL or FOLLOWER. Source: GET /{ig-user}/insights dimension_values. Lag: none.';
comment on column instagram.account_insight.count is 'How many. Unit: count. Source: GET /{ig-user}/insights results value. Lag: 24 to 48 hours.';
comment on column instagram.account_insight.provisional is 'Whether Meta may still change the numbers. Unit: yes or no. Source: age of the post or day. Lag: none.';
comment on column instagram.account_insight.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.account_insight.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.account_insight');

create table instagram.demographics (
    owner text not null,
    account_id text not null,
    day date not null,
    metric text not null,
    timeframe text not null,
    dimension text not null,
    value text not null,
    count bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day, metric, timeframe, dimension, value)
);
comment on table instagram.demographics is 'Who follows an account, and who is engaged; snapshots, from 100 followers on, at most 45 parts.';
comment on column instagram.demographics.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.demographics.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.demographics.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column instagram.demographics.metric is 'Who is counted. Unit: follower_demographics or engaged_audience_demographics. Source: GET /{ig-user}/insights metric. Lag: none.';
comment on column instagram.demographics.timeframe is 'Of what time. Unit: this_month. Source: GET /{ig-user}/insights timeframe. Lag: none.';
comment on column instagram.demographics.dimension is 'What they are divided by. Unit: age, gender, country or city. Source: GET /{ig-user}/insights breakdown. Lag: none.';
comment on column instagram.demographics.value is 'Which part. Unit: 18-24; F, M, U; ISO country; city and region. Source: GET /{ig-user}/insights dimension_values. Lag: none.';
comment on column instagram.demographics.count is 'How many people. Unit: count. Source: GET /{ig-user}/insights results value. Lag: up to 48 hours.';
comment on column instagram.demographics.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.demographics.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.demographics');

create table instagram.online_followers (
    owner text not null,
    account_id text not null,
    day date not null,
    hour smallint not null,
    followers bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day, hour)
);
comment on table instagram.online_followers is 'How many followers were online, by hour.';
comment on column instagram.online_followers.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column instagram.online_followers.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column instagram.online_followers.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column instagram.online_followers.hour is 'Which hour. Unit: 0 to 23, California. Source: GET /{ig-user}/insights online_followers. Lag: none.';
comment on column instagram.online_followers.followers is 'How many. Unit: count. Source: GET /{ig-user}/insights online_followers. Lag: up to 48 hours.';
comment on column instagram.online_followers.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column instagram.online_followers.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('instagram.online_followers');
