-- What is collected of LinkedIn posts: include/platforms/linkedin/README.md says how. Rows that grow daily have a
-- partition for each month.

create table linkedin.video_counter (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    impression_count bigint,
    unique_impressions_count bigint,
    click_count bigint,
    like_count bigint,
    comment_count bigint,
    share_count bigint,
    engagement numeric,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);

comment on table linkedin.video_counter is
    'A page''s post since it was posted, as LinkedIn showed it in a slot. Left out by LinkedIn: zero.';
comment on column linkedin.video_counter.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.video_counter.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.video_counter.video_id is
    'The post''s URN (share or ugcPost). Source: share, ugcPost, entity.';
comment on column linkedin.video_counter.day is 'The day (UTC) of the slot. Source: our clock.';
comment on column linkedin.video_counter.slot is
    'The hour, six hours or day the reading counts for; a second reading in it replaces the first. Source: our '
    'clock.';
comment on column linkedin.video_counter.impression_count is
    'Times it was shown. Unit: impressions. Source: organizationalEntityShareStatistics impressionCount. Lag: '
    'about a day.';
comment on column linkedin.video_counter.unique_impressions_count is
    'Members it was shown to. Unit: members. Source: organizationalEntityShareStatistics '
    'uniqueImpressionsCount. Lag: about a day.';
comment on column linkedin.video_counter.click_count is
    'Clicks. Unit: clicks. Source: organizationalEntityShareStatistics clickCount. Lag: about a day.';
comment on column linkedin.video_counter.like_count is
    'Reactions; may be negative when more were taken back. Unit: reactions. Source: '
    'organizationalEntityShareStatistics likeCount. Lag: about a day.';
comment on column linkedin.video_counter.comment_count is
    'Comments. Unit: comments. Source: organizationalEntityShareStatistics commentCount. Lag: about a day.';
comment on column linkedin.video_counter.share_count is
    'Reposts. Unit: reposts. Source: organizationalEntityShareStatistics shareCount. Lag: about a day.';
comment on column linkedin.video_counter.engagement is
    '(clicks + likes + comments + shares) / impressions. Unit: share. Source: '
    'organizationalEntityShareStatistics engagement. Lag: about a day.';
comment on column linkedin.video_counter.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.video_counter.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.video_counter');

create table linkedin.member_post_counter (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    impression bigint,
    members_reached bigint,
    reshare bigint,
    reaction bigint,
    comment bigint,
    post_save bigint,
    post_send bigint,
    link_clicks bigint,
    premium_cta_clicks bigint,
    follower_gained_from_content bigint,
    profile_view_from_content bigint,
    video_play bigint,
    video_viewer bigint,
    video_watch_time bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);

comment on table linkedin.member_post_counter is
    'A member''s post since it was posted, as LinkedIn showed it in a slot.';
comment on column linkedin.member_post_counter.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.member_post_counter.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.member_post_counter.video_id is
    'The post''s URN (share or ugcPost). Source: share, ugcPost, entity.';
comment on column linkedin.member_post_counter.day is 'The day (UTC) of the slot. Source: our clock.';
comment on column linkedin.member_post_counter.slot is
    'The hour, six hours or day the reading counts for; a second reading in it replaces the first. Source: our '
    'clock.';
comment on column linkedin.member_post_counter.impression is
    'Times it was shown. Unit: impressions. Source: memberCreatorPostAnalytics queryType IMPRESSION. Lag: about '
    'a day, best effort.';
comment on column linkedin.member_post_counter.members_reached is
    'Members it was shown to. Unit: members. Source: memberCreatorPostAnalytics queryType MEMBERS_REACHED. Lag: '
    'about a day, best effort.';
comment on column linkedin.member_post_counter.reshare is
    'Reposts. Unit: reposts. Source: memberCreatorPostAnalytics queryType RESHARE. Lag: about a day, best '
    'effort.';
comment on column linkedin.member_post_counter.reaction is
    'Reactions. Unit: reactions. Source: memberCreatorPostAnalytics queryType REACTION. Lag: about a day, best '
    'effort.';
comment on column linkedin.member_post_counter.comment is
    'Comments. Unit: comments. Source: memberCreatorPostAnalytics queryType COMMENT. Lag: about a day, best '
    'effort.';
comment on column linkedin.member_post_counter.post_save is
    'Times it was saved; since version 202604. Unit: saves. Source: memberCreatorPostAnalytics queryType '
    'POST_SAVE. Lag: about a day, best effort.';
comment on column linkedin.member_post_counter.post_send is
    'Times it was sent on; since version 202604. Unit: messages. Source: memberCreatorPostAnalytics queryType '
    'POST_SEND. Lag: about a day, best effort.';
comment on column linkedin.member_post_counter.link_clicks is
    'Clicks on links; since version 202604. Unit: clicks. Source: memberCreatorPostAnalytics queryType '
    'LINK_CLICKS. Lag: about a day, best effort.';
comment on column linkedin.member_post_counter.premium_cta_clicks is
    'Clicks on the premium button; since version 202604. Unit: clicks. Source: memberCreatorPostAnalytics '
    'queryType PREMIUM_CTA_CLICKS. Lag: about a day, best effort.';
comment on column linkedin.member_post_counter.follower_gained_from_content is
    'Followers it brought; since version 202604. Unit: followers. Source: memberCreatorPostAnalytics queryType '
    'FOLLOWER_GAINED_FROM_CONTENT. Lag: about a day, best effort.';
comment on column linkedin.member_post_counter.profile_view_from_content is
    'Visits of the profile from it; since version 202604. Unit: visits. Source: memberCreatorPostAnalytics '
    'queryType PROFILE_VIEW_FROM_CONTENT. Lag: about a day, best effort.';
comment on column linkedin.member_post_counter.video_play is
    'Plays of the video. Unit: plays. Source: memberCreatorVideoAnalytics queryType VIDEO_PLAY. Lag: about a '
    'day, best effort.';
comment on column linkedin.member_post_counter.video_viewer is
    'Members who played it. Unit: members. Source: memberCreatorVideoAnalytics queryType VIDEO_VIEWER. Lag: '
    'about a day, best effort.';
comment on column linkedin.member_post_counter.video_watch_time is
    'Time watched. Unit: milliseconds. Source: memberCreatorVideoAnalytics queryType VIDEO_WATCH_TIME. Lag: '
    'about a day, best effort.';
comment on column linkedin.member_post_counter.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.member_post_counter.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.member_post_counter');

create table linkedin.video_daily (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    video_view bigint,
    viewer bigint,
    time_watched bigint,
    time_watched_for_video_views bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day)
) partition by range (day);

comment on table linkedin.video_daily is
    'A page''s video, day by day. LinkedIn leaves out days on which nothing happened: zero here.';
comment on column linkedin.video_daily.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.video_daily.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.video_daily.video_id is
    'The post''s URN (share or ugcPost). Source: share, ugcPost, entity.';
comment on column linkedin.video_daily.day is 'The day, in UTC. Source: timeRange.';
comment on column linkedin.video_daily.video_view is
    'Views of 3 seconds or more. Unit: views. Source: videoAnalytics type VIDEO_VIEW, aggregation DAY. Lag: '
    'about a day; kept for about 6 months.';
comment on column linkedin.video_daily.viewer is
    'Members who watched, of each day. Unit: members. Source: videoAnalytics type VIEWER, aggregation DAY. Lag: '
    'about a day; kept for about 6 months.';
comment on column linkedin.video_daily.time_watched is
    'Time watched. Unit: milliseconds. Source: videoAnalytics type TIME_WATCHED, aggregation DAY. Lag: about a '
    'day; kept for about 6 months.';
comment on column linkedin.video_daily.time_watched_for_video_views is
    'Time watched in views of 3 seconds or more. Unit: milliseconds. Source: videoAnalytics type '
    'TIME_WATCHED_FOR_VIDEO_VIEWS, aggregation DAY. Lag: about a day; kept for about 6 months.';
comment on column linkedin.video_daily.provisional is
    'Whether LinkedIn may still change it: true for the last three days. Source: our rule.';
comment on column linkedin.video_daily.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.video_daily.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.video_daily');

create table linkedin.video_statistics (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    video_view bigint,
    viewer bigint,
    time_watched bigint,
    time_watched_for_video_views bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day)
) partition by range (day);

comment on table linkedin.video_statistics is
    'A page''s video up to a day: the sums of its days. Only while LinkedIn keeps all of them (about 6 months).';
comment on column linkedin.video_statistics.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.video_statistics.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.video_statistics.video_id is
    'The post''s URN (share or ugcPost). Source: share, ugcPost, entity.';
comment on column linkedin.video_statistics.day is 'The last day that is counted, in UTC. Source: timeRange.';
comment on column linkedin.video_statistics.video_view is
    'Views of 3 seconds or more. Unit: views. Source: videoAnalytics type VIDEO_VIEW, aggregation DAY. Lag: '
    'about a day; kept for about 6 months.';
comment on column linkedin.video_statistics.viewer is
    'Members who watched, each day counted anew. Unit: members. Source: videoAnalytics type VIEWER, aggregation '
    'DAY. Lag: about a day; kept for about 6 months.';
comment on column linkedin.video_statistics.time_watched is
    'Time watched. Unit: milliseconds. Source: videoAnalytics type TIME_WATCHED, aggregation DAY. Lag: about a '
    'day; kept for about 6 months.';
comment on column linkedin.video_statistics.time_watched_for_video_views is
    'Time watched in views of 3 seconds or more. Unit: milliseconds. Source: videoAnalytics type '
    'TIME_WATCHED_FOR_VIDEO_VIEWS, aggregation DAY. Lag: about a day; kept for about 6 months.';
comment on column linkedin.video_statistics.provisional is
    'Whether LinkedIn may still change it: true for the last three days. Source: our rule.';
comment on column linkedin.video_statistics.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.video_statistics.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.video_statistics');

create table linkedin.reaction (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    reaction_type text not null,
    count bigint,
    comment_count bigint,
    top_level_count bigint,
    comments_state text,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, reaction_type)
) partition by range (day);

comment on table linkedin.reaction is
    'Reactions below a post by kind, and its comments, as LinkedIn showed them last on a day.';
comment on column linkedin.reaction.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.reaction.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.reaction.video_id is 'The post''s URN (share or ugcPost). Source: share, ugcPost, entity.';
comment on column linkedin.reaction.day is
    'The day (UTC) on which it was read; the day''s last reading stays. Source: our clock.';
comment on column linkedin.reaction.reaction_type is
    'LIKE, PRAISE, EMPATHY, INTEREST, APPRECIATION, ENTERTAINMENT; an empty text stands for the post as a '
    'whole. Unit: word. Source: socialMetadata reactionSummaries. Lag: minutes.';
comment on column linkedin.reaction.count is
    'Reactions of this kind; of the post as a whole their sum. Unit: reactions. Source: socialMetadata '
    'reactionSummaries.count. Lag: minutes.';
comment on column linkedin.reaction.comment_count is
    'Comments with all replies; only of the post as a whole. Unit: comments. Source: socialMetadata '
    'commentSummary.count. Lag: minutes.';
comment on column linkedin.reaction.top_level_count is
    'Comments without replies; only of the post as a whole. Unit: comments. Source: socialMetadata '
    'commentSummary.topLevelCount. Lag: minutes.';
comment on column linkedin.reaction.comments_state is
    'OPEN or CLOSED; only of the post as a whole. Unit: word. Source: socialMetadata commentsState. Lag: '
    'minutes.';
comment on column linkedin.reaction.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.reaction.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.reaction');
