-- What YouTube shows now: videos, their counters and the channel's.
-- Each column has its meaning, unit, source and lag. Filled by include/platforms/youtube.

create table youtube.video_counter (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    slot timestamptz not null,
    views bigint,
    likes bigint,
    comments bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, slot)
) partition by range (day);
comment on table youtube.video_counter is 'A video''s counters as they were shown at a time.';
comment on column youtube.video_counter.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.video_counter.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.video_counter.video_id is 'Which video. Unit: YouTube''s id. Source: id. Lag: none.';
comment on column youtube.video_counter.day is 'Which day the slot belongs to. Unit: day in America/Los_Angeles. Source: slot. Lag: none.';
comment on column youtube.video_counter.slot is 'The hour, six hours or day the reading was due in. Unit: time. Source: the cadence. Lag: none.';
comment on column youtube.video_counter.views is 'Views so far; may go down when YouTube takes some back. Unit: count. Source: Data API videos.batchGetStats statistics.viewCount. Lag: none.';
comment on column youtube.video_counter.likes is 'Likes so far; null where they are hidden. Unit: count. Source: Data API videos.batchGetStats statistics.likeCount. Lag: none.';
comment on column youtube.video_counter.comments is 'Comments so far; null where they are switched off. Unit: count. Source: Data API videos.batchGetStats statistics.commentCount. Lag: none.';
comment on column youtube.video_counter.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.video_counter.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.video_counter');

create table youtube.video (
    owner text not null,
    account_id text not null,
    video_id text not null,
    title text,
    description text,
    tags text[],
    category_id text,
    topic_categories text[],
    topic_ids text[],
    default_language text,
    default_audio_language text,
    published_at timestamptz,
    live_broadcast_content text,
    thumbnails jsonb,
    duration_seconds numeric,
    dimension text,
    definition text,
    caption boolean,
    licensed_content boolean,
    projection text,
    has_custom_thumbnail boolean,
    region_allowed text[],
    region_blocked text[],
    content_rating jsonb,
    upload_status text,
    failure_reason text,
    rejection_reason text,
    privacy_status text,
    publish_at timestamptz,
    license text,
    embeddable boolean,
    public_stats_viewable boolean,
    made_for_kids boolean,
    self_declared_made_for_kids boolean,
    contains_synthetic_media boolean,
    views bigint,
    likes bigint,
    dislikes bigint,
    comments bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id)
);
comment on table youtube.video is 'What a video is, as YouTube last showed it.';
comment on column youtube.video.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.video.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.video.video_id is 'Which video. Unit: YouTube''s id. Source: id. Lag: none.';
comment on column youtube.video.title is 'Title. Unit: text. Source: Data API videos.list snippet.title. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.description is 'Description. Unit: text. Source: Data API videos.list snippet.description. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.tags is 'Tags. Unit: texts. Source: Data API videos.list snippet.tags. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.category_id is 'Category, named in youtube.category. Unit: YouTube''s id. Source: Data API videos.list snippet.categoryId. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.topic_categories is 'What YouTube thinks it is about. Unit: Wikipedia addresses. Source: Data API videos.list topicDetails.topicCategories. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.topic_ids is 'The same as ids. Unit: Freebase ids. Source: Data API videos.list topicDetails.relevantTopicIds. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.default_language is 'Language of the texts. Unit: BCP 47. Source: Data API videos.list snippet.defaultLanguage. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.default_audio_language is 'Language that is spoken. Unit: BCP 47. Source: Data API videos.list snippet.defaultAudioLanguage. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.published_at is 'When it came out. Unit: time. Source: Data API videos.list snippet.publishedAt. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.live_broadcast_content is 'Whether it is live. Unit: none, upcoming, live or completed. Source: Data API videos.list snippet.liveBroadcastContent. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.thumbnails is 'Pictures by size. Unit: JSON. Source: Data API videos.list snippet.thumbnails. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.duration_seconds is 'Length. Unit: seconds. Source: Data API videos.list contentDetails.duration. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.dimension is 'Flat or spatial. Unit: 2d or 3d. Source: Data API videos.list contentDetails.dimension. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.definition is 'Definition. Unit: hd or sd. Source: Data API videos.list contentDetails.definition. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.caption is 'Whether it has captions. Unit: yes or no. Source: Data API videos.list contentDetails.caption. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.licensed_content is 'Whether it is licensed content. Unit: yes or no. Source: Data API videos.list contentDetails.licensedContent. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.projection is 'Projection. Unit: rectangular or 360. Source: Data API videos.list contentDetails.projection. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.has_custom_thumbnail is 'Whether it has a thumbnail of its own. Unit: yes or no. Source: Data API videos.list contentDetails.hasCustomThumbnail. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.region_allowed is 'Only countries it may be seen in. Unit: ISO 3166-1. Source: Data API videos.list contentDetails.regionRestriction.allowed. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.region_blocked is 'Countries it may not be seen in. Unit: ISO 3166-1. Source: Data API videos.list contentDetails.regionRestriction.blocked. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.content_rating is 'Age ratings. Unit: JSON. Source: Data API videos.list contentDetails.contentRating. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.upload_status is 'State. Unit: uploaded, processed, failed, rejected or deleted. Source: Data API videos.list status.uploadStatus. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.failure_reason is 'Why it failed. Unit: YouTube''s word. Source: Data API videos.list status.failureReason. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.rejection_reason is 'Why it was rejected. Unit: YouTube''s word. Source: Data API videos.list status.rejectionReason. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.privacy_status is 'Who may see it. Unit: public, unlisted or private. Source: Data API videos.list status.privacyStatus. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.publish_at is 'When it is to come out. Unit: time. Source: Data API videos.list status.publishAt. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.license is 'Licence. Unit: youtube or creativeCommon. Source: Data API videos.list status.license. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.embeddable is 'Whether it may be embedded. Unit: yes or no. Source: Data API videos.list status.embeddable. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.public_stats_viewable is 'Whether its counters are shown. Unit: yes or no. Source: Data API videos.list status.publicStatsViewable. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.made_for_kids is 'Whether YouTube takes it as made for children. Unit: yes or no. Source: Data API videos.list status.madeForKids. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.self_declared_made_for_kids is 'What was declared. Unit: yes or no. Source: Data API videos.list status.selfDeclaredMadeForKids. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.contains_synthetic_media is 'Whether altered or synthetic content is declared. Unit: yes or no. Source: Data API videos.list status.containsSyntheticMedia. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.views is 'Views so far. Unit: count. Source: Data API videos.list statistics.viewCount. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.likes is 'Likes so far. Unit: count. Source: Data API videos.list statistics.likeCount. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.dislikes is 'Dislikes so far, told to owners. Unit: count. Source: Data API videos.list statistics.dislikeCount. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.comments is 'Comments so far. Unit: count. Source: Data API videos.list statistics.commentCount. Lag: up to a week, as it is read weekly.';
comment on column youtube.video.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.video.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.video');

create table youtube.category (
    owner text not null,
    account_id text not null,
    category_id text not null,
    title text,
    assignable boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, category_id)
);
comment on table youtube.category is 'The names of video categories.';
comment on column youtube.category.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.category.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.category.category_id is 'Which category. Unit: YouTube''s id. Source: Data API videoCategories.list id. Lag: none.';
comment on column youtube.category.title is 'Its name. Unit: text. Source: Data API videoCategories.list snippet.title. Lag: none.';
comment on column youtube.category.assignable is 'Whether videos may be put into it. Unit: yes or no. Source: Data API videoCategories.list snippet.assignable. Lag: none.';
comment on column youtube.category.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.category.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.category');

create table youtube.channel_counter (
    owner text not null,
    account_id text not null,
    day date not null,
    slot timestamptz not null,
    title text,
    handle text,
    country text,
    subscribers bigint,
    hidden_subscribers boolean,
    views bigint,
    videos bigint,
    monetized boolean,
    long_uploads_status text,
    made_for_kids boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day, slot)
) partition by range (day);
comment on table youtube.channel_counter is 'The channel''s counters as they were shown at a time.';
comment on column youtube.channel_counter.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.channel_counter.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.channel_counter.day is 'Which day the slot belongs to. Unit: day in America/Los_Angeles. Source: slot. Lag: none.';
comment on column youtube.channel_counter.slot is 'The hour it was read in. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.channel_counter.title is 'Name of the channel. Unit: text. Source: Data API channels.list snippet.title. Lag: none.';
comment on column youtube.channel_counter.handle is 'Handle. Unit: text. Source: Data API channels.list snippet.customUrl. Lag: none.';
comment on column youtube.channel_counter.country is 'Country of the channel. Unit: ISO 3166-1. Source: Data API channels.list snippet.country. Lag: none.';
comment on column youtube.channel_counter.subscribers is 'Subscribers, rounded down by YouTube to three digits; null where they are hidden. Unit: count. Source: Data API channels.list statistics.subscriberCount. Lag: none.';
comment on column youtube.channel_counter.hidden_subscribers is 'Whether the number of subscribers is hidden. Unit: yes or no. Source: Data API channels.list statistics.hiddenSubscriberCount. Lag: none.';
comment on column youtube.channel_counter.views is 'Views of all videos so far. Unit: count. Source: Data API channels.list statistics.viewCount. Lag: none.';
comment on column youtube.channel_counter.videos is 'Public videos. Unit: count. Source: Data API channels.list statistics.videoCount. Lag: none.';
comment on column youtube.channel_counter.monetized is 'Whether the channel is in the Partner Programme. Unit: yes or no. Source: Data API channels.list status.isChannelMonetizationEnabled. Lag: none.';
comment on column youtube.channel_counter.long_uploads_status is 'Whether videos over 15 minutes are allowed. Unit: YouTube''s word. Source: Data API channels.list status.longUploadsStatus. Lag: none.';
comment on column youtube.channel_counter.made_for_kids is 'Whether the channel is made for children. Unit: yes or no. Source: Data API channels.list status.madeForKids. Lag: none.';
comment on column youtube.channel_counter.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.channel_counter.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.channel_counter');
