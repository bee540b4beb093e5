-- What Facebook tells: videos, posts, Pages, money.
-- Each column has its meaning, unit, source and lag. Filled by include/platforms/facebook.

create table facebook.video_counter (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    views bigint,
    post_views bigint,
    post_id text,
    length numeric,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);
comment on table facebook.video_counter is 'Counters of videos and reels as Facebook showed them; one row for each slot. One that goes down is kept as it is.';
comment on column facebook.video_counter.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.video_counter.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.video_counter.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column facebook.video_counter.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.video_counter.slot is 'Beginning of the hour, six hours or day it was due in; a second reading in it replaces the first. Unit: time. Source: config/analytics.yaml counters. Lag: none.';
comment on column facebook.video_counter.views is 'Views. Unit: count. Source: GET /{page}/video_reels, /videos views. Lag: none to minutes.';
comment on column facebook.video_counter.post_views is 'Views of the post. Unit: count. Source: GET /{page}/video_reels, /videos post_views. Lag: none to minutes.';
comment on column facebook.video_counter.post_id is 'Its post. Unit: the platform''s id. Source: GET /{page}/video_reels, /videos post_id. Lag: none to minutes.';
comment on column facebook.video_counter.length is 'How long it is. Unit: seconds. Source: GET /{page}/video_reels, /videos length. Lag: none to minutes.';
comment on column facebook.video_counter.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.video_counter.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.video_counter');

create table facebook.video_insight (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    total_video_views bigint,
    total_video_views_autoplayed bigint,
    total_video_views_clicked_to_play bigint,
    total_video_views_organic bigint,
    total_video_views_paid bigint,
    total_video_views_sound_on bigint,
    total_video_10s_views bigint,
    total_video_15s_views bigint,
    total_video_30s_views bigint,
    total_video_60s_excludes_shorter_views bigint,
    total_video_complete_views bigint,
    total_video_avg_time_watched bigint,
    total_video_view_total_time bigint,
    blue_reels_play_count bigint,
    fb_reels_total_plays bigint,
    fb_reels_replay_count bigint,
    post_video_avg_time_watched bigint,
    post_video_view_time bigint,
    post_video_followers bigint,
    comments bigint,
    shares bigint,
    reactions bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);
comment on table facebook.video_insight is 'Insights of videos and reels, totals since they came out; one row for each slot. A reel has no total_video_ numbers, a video no reels ones.';
comment on column facebook.video_insight.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.video_insight.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.video_insight.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column facebook.video_insight.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.video_insight.slot is 'Beginning of the hour, six hours or day it was due in; a second reading in it replaces the first. Unit: time. Source: config/analytics.yaml counters. Lag: none.';
comment on column facebook.video_insight.total_video_views is 'Views of 3 seconds and more, or nearly whole. Unit: count. Source: GET /{video}/video_insights total_video_views. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_views_autoplayed is 'Of these, begun by themselves. Unit: count. Source: GET /{video}/video_insights total_video_views_autoplayed. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_views_clicked_to_play is 'Of these, begun by a click. Unit: count. Source: GET /{video}/video_insights total_video_views_clicked_to_play. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_views_organic is 'Of these, unpaid. Unit: count. Source: GET /{video}/video_insights total_video_views_organic. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_views_paid is 'Of these, paid. Unit: count. Source: GET /{video}/video_insights total_video_views_paid. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_views_sound_on is 'Of these, with sound. Unit: count. Source: GET /{video}/video_insights total_video_views_sound_on. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_10s_views is 'Views of 10 seconds and more. Unit: count. Source: GET /{video}/video_insights total_video_10s_views. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_15s_views is 'Views of 15 seconds and more. Unit: count. Source: GET /{video}/video_insights total_video_15s_views. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_30s_views is 'Views of 30 seconds and more. Unit: count. Source: GET /{video}/video_insights total_video_30s_views. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_60s_excludes_shorter_views is 'Views of a minute and more. Unit: count. Source: GET /{video}/video_insights total_video_60s_excludes_shorter_views. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_complete_views is 'Views of 97 % and more. Unit: count. Source: GET /{video}/video_insights total_video_complete_views. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_avg_time_watched is 'Average time watched. Unit: milliseconds. Source: GET /{video}/video_insights total_video_avg_time_watched. Lag: up to 48 hours.';
comment on column facebook.video_insight.total_video_view_total_time is 'Time watched. Unit: milliseconds. Source: GET /{video}/video_insights total_video_view_total_time. Lag: up to 48 hours.';
comment on column facebook.video_insight.blue_reels_play_count is 'Plays of a reel without replays. Unit: count. Source: GET /{video}/video_insights blue_reels_play_count. Lag: up to 48 hours.';
comment on column facebook.video_insight.fb_reels_total_plays is 'Plays of a reel with replays. Unit: count. Source: GET /{video}/video_insights fb_reels_total_plays. Lag: up to 48 hours.';
comment on column facebook.video_insight.fb_reels_replay_count is 'Replays of a reel. Unit: count. Source: GET /{video}/video_insights fb_reels_replay_count. Lag: up to 48 hours.';
comment on column facebook.video_insight.post_video_avg_time_watched is 'Average time a reel was watched. Unit: milliseconds. Source: GET /{video}/video_insights post_video_avg_time_watched. Lag: up to 48 hours.';
comment on column facebook.video_insight.post_video_view_time is 'Time a reel was watched. Unit: milliseconds. Source: GET /{video}/video_insights post_video_view_time. Lag: up to 48 hours.';
comment on column facebook.video_insight.post_video_followers is 'Follows a reel won. Unit: count. Source: GET /{video}/video_insights post_video_followers. Lag: up to 48 hours.';
comment on column facebook.video_insight.comments is 'Comments. Unit: count. Source: GET /{video}/video_insights total_video_stories_by_action_type, post_video_social_actions. Lag: up to 48 hours.';
comment on column facebook.video_insight.shares is 'Shares. Unit: count. Source: GET /{video}/video_insights total_video_stories_by_action_type, post_video_social_actions. Lag: up to 48 hours.';
comment on column facebook.video_insight.reactions is 'Reactions of all kinds. Unit: count. Source: GET /{video}/video_insights total_video_reactions_by_type_total, post_video_likes_by_reaction_type. Lag: up to 48 hours.';
comment on column facebook.video_insight.provisional is 'Whether Meta may still change the numbers. Unit: yes or no. Source: age of the post or day. Lag: none.';
comment on column facebook.video_insight.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.video_insight.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.video_insight');

create table facebook.reaction (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    reaction text not null,
    count bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot, reaction)
) partition by range (day);
comment on table facebook.reaction is 'Reactions to videos by kind, totals since they came out; one row for each slot.';
comment on column facebook.reaction.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.reaction.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.reaction.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column facebook.reaction.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.reaction.slot is 'Beginning of the hour, six hours or day it was due in; a second reading in it replaces the first. Unit: time. Source: config/analytics.yaml counters. Lag: none.';
comment on column facebook.reaction.reaction is 'Which. Unit: like, love, wow, haha, sorry, anger. Source: GET /{video}/video_insights total_video_reactions_by_type_total, post_video_likes_by_reaction_type. Lag: none.';
comment on column facebook.reaction.count is 'How many. Unit: count. Source: GET /{video}/video_insights total_video_reactions_by_type_total, post_video_likes_by_reaction_type. Lag: up to 48 hours.';
comment on column facebook.reaction.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.reaction.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.reaction');

create table facebook.post (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    post_id text,
    post_media_view bigint,
    post_total_media_view_unique bigint,
    post_clicks bigint,
    post_reactions_like_total bigint,
    post_video_views bigint,
    post_video_avg_time_watched bigint,
    post_video_view_time bigint,
    post_video_complete_views_30s bigint,
    post_clicks_by_type jsonb,
    post_reactions_by_type_total jsonb,
    post_activity_by_action_type jsonb,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);
comment on table facebook.post is 'Insights of the posts that videos and reels stand in, totals since they came out; one row for each slot.';
comment on column facebook.post.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.post.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.post.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column facebook.post.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.post.slot is 'Beginning of the hour, six hours or day it was due in; a second reading in it replaces the first. Unit: time. Source: config/analytics.yaml counters. Lag: none.';
comment on column facebook.post.post_id is 'Its post. Unit: the platform''s id. Source: GET /{video} post_id. Lag: none.';
comment on column facebook.post.post_media_view is 'How often seen. Unit: count. Source: GET /{post}/insights post_media_view. Lag: up to 48 hours.';
comment on column facebook.post.post_total_media_view_unique is 'By how many people: the reach. Unit: count. Source: GET /{post}/insights post_total_media_view_unique. Lag: up to 48 hours.';
comment on column facebook.post.post_clicks is 'Clicks. Unit: count. Source: GET /{post}/insights post_clicks. Lag: up to 48 hours.';
comment on column facebook.post.post_reactions_like_total is 'Likes. Unit: count. Source: GET /{post}/insights post_reactions_like_total. Lag: up to 48 hours.';
comment on column facebook.post.post_video_views is 'Views of its video. Unit: count. Source: GET /{post}/insights post_video_views. Lag: up to 48 hours.';
comment on column facebook.post.post_video_avg_time_watched is 'Average time watched. Unit: milliseconds. Source: GET /{post}/insights post_video_avg_time_watched. Lag: up to 48 hours.';
comment on column facebook.post.post_video_view_time is 'Time watched. Unit: milliseconds. Source: GET /{post}/insights post_video_view_time. Lag: up to 48 hours.';
comment on column facebook.post.post_video_complete_views_30s is 'Complete views, or of 30 seconds. Unit: count. Source: GET /{post}/insights post_video_complete_views_30s. Lag: up to 48 hours.';
comment on column facebook.post.post_clicks_by_type is 'Clicks by kind. Unit: count by kind. Source: GET /{post}/insights post_clicks_by_type. Lag: up to 48 hours.';
comment on column facebook.post.post_reactions_by_type_total is 'Reactions by kind. Unit: count by kind. Source: GET /{post}/insights post_reactions_by_type_total. Lag: up to 48 hours.';
comment on column facebook.post.post_activity_by_action_type is 'Likes, comments, shares. Unit: count by kind. Source: GET /{post}/insights post_activity_by_action_type. Lag: up to 48 hours.';
comment on column facebook.post.provisional is 'Whether Meta may still change the numbers. Unit: yes or no. Source: age of the post or day. Lag: none.';
comment on column facebook.post.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.post.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.post');

create table facebook.retention (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    step smallint not null,
    share numeric,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, step)
);
comment on table facebook.retention is 'Which share of viewers is still watching, by fortieth of the video; the last reading of a day.';
comment on column facebook.retention.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.retention.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.retention.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column facebook.retention.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.retention.step is 'How far into the video. Unit: fortieth, 0 to 39. Source: GET /{video}/video_insights total_video_retention_graph, post_video_retention_graph. Lag: none.';
comment on column facebook.retention.share is 'Still watching. Unit: 0 to 1, may exceed it. Source: GET /{video}/video_insights total_video_retention_graph, post_video_retention_graph. Lag: up to 48 hours.';
comment on column facebook.retention.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.retention.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.retention');

create table facebook.audience (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    dimension text not null,
    value text not null,
    view_time bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, dimension, value)
);
comment on table facebook.audience is 'How long videos were watched by whom and where from, totals since they came out; not for reels.';
comment on column facebook.audience.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.audience.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.audience.video_id is 'Which post. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column facebook.audience.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.audience.dimension is 'What it is divided by. Unit: country, region, age_gender or distribution. Source: GET /{video}/video_insights total_video_view_time_by_…. Lag: none.';
comment on column facebook.audience.value is 'Which part. Unit: ISO country, region, F.18-24, page_owned. Source: GET /{video}/video_insights total_video_view_time_by_…. Lag: none.';
comment on column facebook.audience.view_time is 'Time watched. Unit: milliseconds. Source: GET /{video}/video_insights total_video_view_time_by_…. Lag: up to 48 hours.';
comment on column facebook.audience.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.audience.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.audience');

create table facebook.page_counter (
    owner text not null,
    account_id text not null,
    day date not null,
    followers_count bigint,
    fan_count bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
);
comment on table facebook.page_counter is 'Levels of Pages, as the last reading of a day showed them.';
comment on column facebook.page_counter.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.page_counter.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.page_counter.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.page_counter.followers_count is 'Followers. Unit: count. Source: GET /{page} followers_count. Lag: none to minutes.';
comment on column facebook.page_counter.fan_count is 'Likes of the Page. Unit: count. Source: GET /{page} fan_count. Lag: none to minutes.';
comment on column facebook.page_counter.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.page_counter.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.page_counter');

create table facebook.page_daily (
    owner text not null,
    account_id text not null,
    day date not null,
    page_media_view bigint,
    page_total_media_view_unique bigint,
    page_post_engagements bigint,
    page_total_actions bigint,
    page_views_total bigint,
    page_follows bigint,
    page_daily_follows bigint,
    page_daily_follows_unique bigint,
    page_daily_unfollows_unique bigint,
    page_video_views bigint,
    page_video_views_paid bigint,
    page_video_views_organic bigint,
    page_video_views_autoplayed bigint,
    page_video_views_click_to_play bigint,
    page_video_view_time bigint,
    page_video_complete_views_30s bigint,
    page_actions_post_reactions_like_total bigint,
    page_actions_post_reactions_love_total bigint,
    page_actions_post_reactions_wow_total bigint,
    page_actions_post_reactions_haha_total bigint,
    page_actions_post_reactions_sorry_total bigint,
    page_actions_post_reactions_anger_total bigint,
    page_actions_post_reactions_total bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
) partition by range (day);
comment on table facebook.page_daily is 'What happened on Pages by day; nothing below 100 likes.';
comment on column facebook.page_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.page_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.page_daily.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.page_daily.page_media_view is 'How often anything of it was seen. Unit: count. Source: GET /{page}/insights page_media_view. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_total_media_view_unique is 'By how many people; not to be added up over days. Unit: count. Source: GET /{page}/insights page_total_media_view_unique. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_post_engagements is 'Reactions, comments, shares and clicks. Unit: count. Source: GET /{page}/insights page_post_engagements. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_total_actions is 'Clicks on its buttons and contacts. Unit: count. Source: GET /{page}/insights page_total_actions. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_views_total is 'Visits of the Page. Unit: count. Source: GET /{page}/insights page_views_total. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_follows is 'Followers at the day''s end. Unit: count. Source: GET /{page}/insights page_follows. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_daily_follows is 'Follows. Unit: count. Source: GET /{page}/insights page_daily_follows. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_daily_follows_unique is 'People who began to follow. Unit: count. Source: GET /{page}/insights page_daily_follows_unique. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_daily_unfollows_unique is 'People who ceased to follow. Unit: count. Source: GET /{page}/insights page_daily_unfollows_unique. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_video_views is 'Views of its videos of 3 seconds and more. Unit: count. Source: GET /{page}/insights page_video_views. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_video_views_paid is 'Of these, paid. Unit: count. Source: GET /{page}/insights page_video_views_paid. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_video_views_organic is 'Of these, unpaid. Unit: count. Source: GET /{page}/insights page_video_views_organic. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_video_views_autoplayed is 'Of these, begun by themselves. Unit: count. Source: GET /{page}/insights page_video_views_autoplayed. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_video_views_click_to_play is 'Of these, begun by a click. Unit: count. Source: GET /{page}/insights page_video_views_click_to_play. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_video_view_time is 'Time its videos were watched. Unit: milliseconds. Source: GET /{page}/insights page_video_view_time. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_video_complete_views_30s is 'Complete views, or of 30 seconds. Unit: count. Source: GET /{page}/insights page_video_complete_views_30s. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_actions_post_reactions_like_total is 'Reactions: like. Unit: count. Source: GET /{page}/insights page_actions_post_reactions_like_total. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_actions_post_reactions_love_total is 'Reactions: love. Unit: count. Source: GET /{page}/insights page_actions_post_reactions_love_total. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_actions_post_reactions_wow_total is 'Reactions: wow. Unit: count. Source: GET /{page}/insights page_actions_post_reactions_wow_total. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_actions_post_reactions_haha_total is 'Reactions: haha. Unit: count. Source: GET /{page}/insights page_actions_post_reactions_haha_total. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_actions_post_reactions_sorry_total is 'Reactions: sorry. Unit: count. Source: GET /{page}/insights page_actions_post_reactions_sorry_total. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_actions_post_reactions_anger_total is 'Reactions: anger. Unit: count. Source: GET /{page}/insights page_actions_post_reactions_anger_total. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.page_actions_post_reactions_total is 'Reactions of all kinds. Unit: count. Source: GET /{page}/insights page_actions_post_reactions_total. Lag: 24 to 48 hours.';
comment on column facebook.page_daily.provisional is 'Whether Meta may still change the numbers. Unit: yes or no. Source: age of the post or day. Lag: none.';
comment on column facebook.page_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.page_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.page_daily');

create table facebook.revenue_daily (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    earning_source text not null,
    currency text,
    micro_amount bigint,
    earnings numeric,
    approximate_earnings numeric,
    ad_break_earnings numeric,
    ad_impressions bigint,
    ad_cpm numeric,
    qualified_views bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, earning_source)
) partition by range (day);
comment on table facebook.revenue_daily is 'What Pages and their videos earned by day: estimates, revised for about 30 days.';
comment on column facebook.revenue_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column facebook.revenue_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column facebook.revenue_daily.video_id is 'Which video; empty: the Page as a whole. Unit: the platform''s id. Source: the publication. Lag: none.';
comment on column facebook.revenue_daily.day is 'Which day. Unit: day in California (Meta''s days). Source: the reading. Lag: none.';
comment on column facebook.revenue_daily.earning_source is 'From what; empty: all of it. Unit: Facebook''s name, such as REELS. Source: GET /{page}/insights content_monetization_earnings by earning_source. Lag: none.';
comment on column facebook.revenue_daily.currency is 'Of micro_amount and earnings. Unit: ISO 4217. Source: GET /{page}/insights content_monetization_earnings currency. Lag: up to 48 hours.';
comment on column facebook.revenue_daily.micro_amount is 'Earned, as Facebook tells it. Unit: undocumented, millionths of the currency''s unit by its name. Source: GET /{page}/insights content_monetization_earnings microAmount. Lag: up to 48 hours.';
comment on column facebook.revenue_daily.earnings is 'Earned. Unit: money in currency. Source: micro_amount divided by micro_amounts_per_unit of config/analytics.yaml. Lag: up to 48 hours.';
comment on column facebook.revenue_daily.approximate_earnings is 'Earned, without bonuses. Unit: US dollars. Source: GET /{page}/insights monetization_approximate_earnings. Lag: up to 48 hours.';
comment on column facebook.revenue_daily.ad_break_earnings is 'Earned with ads in the video. Unit: US cents. Source: GET /{post}/insights post_video_ad_break_earnings. Lag: up to 48 hours.';
comment on column facebook.revenue_daily.ad_impressions is 'Ads shown. Unit: count. Source: GET /{post}/insights post_video_ad_break_ad_impressions. Lag: up to 48 hours.';
comment on column facebook.revenue_daily.ad_cpm is 'What a thousand ads earned. Unit: US cents. Source: GET /{post}/insights post_video_ad_break_ad_cpm. Lag: up to 48 hours.';
comment on column facebook.revenue_daily.qualified_views is 'Views that count for money. Unit: count. Source: GET /{post}/insights creator_monetization_qualified_views. Lag: up to 48 hours.';
comment on column facebook.revenue_daily.provisional is 'Whether Meta may still change the numbers. Unit: yes or no. Source: age of the post or day. Lag: none.';
comment on column facebook.revenue_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column facebook.revenue_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('facebook.revenue_daily');
