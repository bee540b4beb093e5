-- What is collected of LinkedIn's pages and members: their days, their followers, and the comments below posts.

create table linkedin.account_daily (
    owner text not null,
    account_id text not null,
    day date not null,
    impression_count bigint,
    unique_impressions_count bigint,
    click_count bigint,
    like_count bigint,
    comment_count bigint,
    share_count bigint,
    engagement numeric,
    organic_follower_gain bigint,
    paid_follower_gain bigint,
    follower_count bigint,
    provisional boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
);

comment on table linkedin.account_daily is
    'An author''s days: a page''s posts together and its new followers, or a member''s posts together.';
comment on column linkedin.account_daily.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.account_daily.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.account_daily.day is 'The day, in UTC. Source: timeRange, dateRange.';
comment on column linkedin.account_daily.impression_count is
    'Times posts were shown. Unit: impressions. Source: organizationalEntityShareStatistics impressionCount; '
    'memberCreatorPostAnalytics IMPRESSION. Lag: about a day.';
comment on column linkedin.account_daily.unique_impressions_count is
    'Members posts were shown to. Unit: members. Source: organizationalEntityShareStatistics '
    'uniqueImpressionsCount. Lag: about a day.';
comment on column linkedin.account_daily.click_count is
    'Clicks. Unit: clicks. Source: organizationalEntityShareStatistics clickCount. Lag: about a day.';
comment on column linkedin.account_daily.like_count is
    'Reactions; negative when more were taken back that day. Unit: reactions. Source: '
    'organizationalEntityShareStatistics likeCount; memberCreatorPostAnalytics REACTION. Lag: about a day.';
comment on column linkedin.account_daily.comment_count is
    'Comments. Unit: comments. Source: organizationalEntityShareStatistics commentCount; '
    'memberCreatorPostAnalytics COMMENT. Lag: about a day.';
comment on column linkedin.account_daily.share_count is
    'Reposts. Unit: reposts. Source: organizationalEntityShareStatistics shareCount; memberCreatorPostAnalytics '
    'RESHARE. Lag: about a day.';
comment on column linkedin.account_daily.engagement is
    '(clicks + likes + comments + shares) / impressions. Unit: share. Source: '
    'organizationalEntityShareStatistics engagement. Lag: about a day.';
comment on column linkedin.account_daily.organic_follower_gain is
    'Followers won without advertising. Unit: followers. Source: organizationalEntityFollowerStatistics '
    'followerGains.organicFollowerGain. Lag: about a day.';
comment on column linkedin.account_daily.paid_follower_gain is
    'Followers won by advertising. Unit: followers. Source: organizationalEntityFollowerStatistics '
    'followerGains.paidFollowerGain. Lag: about a day.';
comment on column linkedin.account_daily.follower_count is
    'A member''s followers at the day''s end. Unit: followers. Source: memberFollowersCount q=dateRange '
    'memberFollowersCount. Lag: about a day.';
comment on column linkedin.account_daily.provisional is
    'Whether LinkedIn may still change it: true for the last three days. Source: our rule.';
comment on column linkedin.account_daily.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.account_daily.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.account_daily');

create table linkedin.follower_counter (
    owner text not null,
    account_id text not null,
    day date not null,
    follower_count bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
);

comment on table linkedin.follower_counter is 'How many follow an author, as LinkedIn showed it last on a day.';
comment on column linkedin.follower_counter.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.follower_counter.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.follower_counter.day is
    'The day (UTC) on which it was read; the day''s last reading stays. Source: our clock.';
comment on column linkedin.follower_counter.follower_count is
    'Followers. Unit: followers. Source: networkSizes firstDegreeSize; memberFollowersCount q=me '
    'memberFollowersCount. Lag: minutes.';
comment on column linkedin.follower_counter.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.follower_counter.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.follower_counter');

create table linkedin.follower_part (
    owner text not null,
    account_id text not null,
    day date not null,
    dimension text not null,
    value text not null,
    organic_follower_count bigint,
    paid_follower_count bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day, dimension, value)
);

comment on table linkedin.follower_part is 'Who follows a page; the last reading of a day.';
comment on column linkedin.follower_part.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.follower_part.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.follower_part.day is
    'The day (UTC) on which it was read; the day''s last reading stays. Source: our clock.';
comment on column linkedin.follower_part.dimension is
    'function, seniority, industry, country, geo, staff_count_range or association_type. Source: the list''s '
    'name.';
comment on column linkedin.follower_part.value is
    'Which part: LinkedIn''s URN or word. Unit: URN or word. Source: organizationalEntityFollowerStatistics '
    'followerCountsBy…. Lag: about 2 days.';
comment on column linkedin.follower_part.organic_follower_count is
    'Followers won without advertising. Unit: followers. Source: organizationalEntityFollowerStatistics '
    'followerCounts.organicFollowerCount. Lag: about 2 days.';
comment on column linkedin.follower_part.paid_follower_count is
    'Followers won by advertising. Unit: followers. Source: organizationalEntityFollowerStatistics '
    'followerCounts.paidFollowerCount. Lag: about 2 days.';
comment on column linkedin.follower_part.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.follower_part.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.follower_part');

create table linkedin.comment (
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
    edited_at timestamptz,
    is_own boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id)
);

comment on table linkedin.comment is
    'Comments below a page''s posts as they stand now; a deleted one stays, see linkedin.comment_gone.';
comment on column linkedin.comment.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.comment.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.comment.comment_id is
    'The comment''s URN, which names its thread, too. Source: socialActions/{urn}/comments commentUrn.';
comment on column linkedin.comment.video_id is 'The post''s URN (share or ugcPost). Source: share, ugcPost, entity.';
comment on column linkedin.comment.parent_id is
    'The comment it answers; null on the first level. Unit: URN. Source: socialActions/{urn}/comments '
    'parentComment. Lag: minutes.';
comment on column linkedin.comment.author_id is
    'Who wrote it. Unit: URN. Source: socialActions/{urn}/comments actor. Lag: minutes.';
comment on column linkedin.comment.author_name is
    'Who wrote it, by name: null, LinkedIn tells the URN only. Source: none.';
comment on column linkedin.comment.text is
    'What it says now. Unit: text. Source: socialActions/{urn}/comments message.text. Lag: minutes.';
comment on column linkedin.comment.likes is
    'Reactions to it. Unit: reactions. Source: socialActions/{urn}/comments likesSummary.totalLikes. Lag: '
    'minutes.';
comment on column linkedin.comment.replies is
    'Answers to it. Unit: comments. Source: socialActions/{urn}/comments '
    'commentsSummary.aggregatedTotalComments. Lag: minutes.';
comment on column linkedin.comment.published_at is
    'When it was written. Unit: UTC. Source: socialActions/{urn}/comments created.time. Lag: none.';
comment on column linkedin.comment.edited_at is
    'When it was changed last; null when it never was. Unit: UTC. Source: socialActions/{urn}/comments '
    'lastModified.time. Lag: minutes.';
comment on column linkedin.comment.is_own is 'Whether the account itself wrote it. Source: actor.';
comment on column linkedin.comment.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.comment.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.comment');

create table linkedin.comment_version (
    owner text not null,
    account_id text not null,
    comment_id text not null,
    said_at timestamptz not null,
    text text,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id, said_at)
);

comment on table linkedin.comment_version is
    'Every wording of a comment that was read: what an edited one said before stays here.';
comment on column linkedin.comment_version.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.comment_version.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.comment_version.comment_id is 'The comment''s URN. Source: commentUrn.';
comment on column linkedin.comment_version.said_at is
    'From when on it said so. Unit: UTC. Source: socialActions/{urn}/comments lastModified.time. Lag: minutes.';
comment on column linkedin.comment_version.text is
    'What it said. Unit: text. Source: socialActions/{urn}/comments message.text. Lag: minutes.';
comment on column linkedin.comment_version.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.comment_version.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.comment_version');

create table linkedin.comment_gone (
    owner text not null,
    account_id text not null,
    comment_id text not null,
    deleted_at timestamptz,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, comment_id)
);

comment on table linkedin.comment_gone is
    'Comments that were there and are not any more; null in deleted_at: it is back.';
comment on column linkedin.comment_gone.owner is 'Whose account it is. Source: desk.';
comment on column linkedin.comment_gone.account_id is 'Our name of the account. Source: desk.account.';
comment on column linkedin.comment_gone.comment_id is 'The comment''s URN. Source: commentUrn.';
comment on column linkedin.comment_gone.deleted_at is
    'When a complete reading no longer had it. Unit: UTC. Source: our clock. Lag: the time between two '
    'readings.';
comment on column linkedin.comment_gone.collected_at is
    'When this row was last read with a change. Unit: UTC. Source: our clock.';
comment on column linkedin.comment_gone.extra is
    'Fields we do not know, and values that do not fit their column. Source: the platform''s answer.';

call desk.collect_into('linkedin.comment_gone');
