-- What YouTube tells by day: channel, videos, where views came from, devices.
-- Each column has its meaning, unit, source and lag. Filled by include/platforms/youtube.

create table youtube.channel_daily (
    owner text not null,
    account_id text not null,
    day date not null,
    views bigint,
    engaged_views bigint,
    likes bigint,
    dislikes bigint,
    comments bigint,
    shares bigint,
    estimated_minutes_watched bigint,
    average_view_duration numeric,
    average_view_percentage numeric,
    subscribers_gained bigint,
    subscribers_lost bigint,
    videos_added_to_playlists bigint,
    videos_removed_from_playlists bigint,
    red_views bigint,
    estimated_red_minutes_watched bigint,
    card_impressions bigint,
    card_clicks bigint,
    card_teaser_impressions bigint,
    card_teaser_clicks bigint,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day)
) partition by range (day);
comment on table youtube.channel_daily is 'The channel''s numbers of a day, videos we did not publish included.';
comment on column youtube.channel_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.channel_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.channel_daily.day is 'Which day. Unit: day in America/Los_Angeles. Source: dimension day. Lag: none.';
comment on column youtube.channel_daily.views is 'Views; since 2026-08-27 every play of a first frame, for Shorts every start since 2025-04-30. Unit: count. Source: Analytics API reports.query views. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.engaged_views is 'Views past the first frame or clicked: the older meaning, and the basis of revenue. Unit: count. Source: Analytics API reports.query engagedViews. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.likes is 'Likes of the day. Unit: count. Source: Analytics API reports.query likes. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.dislikes is 'Dislikes of the day, told to owners. Unit: count. Source: Analytics API reports.query dislikes. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.comments is 'Comments of the day. Unit: count. Source: Analytics API reports.query comments. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.shares is 'Uses of the Share button. Unit: count. Source: Analytics API reports.query shares. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.estimated_minutes_watched is 'Time watched. Unit: minutes. Source: Analytics API reports.query estimatedMinutesWatched. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.average_view_duration is 'Time watched by engaged view. Unit: seconds. Source: Analytics API reports.query averageViewDuration. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.average_view_percentage is 'Share of the video watched by engaged view; over 100 where it is watched again. Unit: percent. Source: Analytics API reports.query averageViewPercentage. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.subscribers_gained is 'Subscribers who came; for a video only those from its watch page. Unit: count. Source: Analytics API reports.query subscribersGained. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.subscribers_lost is 'Subscribers who left; for a video only those from its watch page. Unit: count. Source: Analytics API reports.query subscribersLost. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.videos_added_to_playlists is 'Times it was put into playlists: what other platforms call saves. Unit: count. Source: Analytics API reports.query videosAddedToPlaylists. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.videos_removed_from_playlists is 'Times it was taken out of playlists. Unit: count. Source: Analytics API reports.query videosRemovedFromPlaylists. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.red_views is 'Views by Premium members. Unit: count. Source: Analytics API reports.query redViews. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.estimated_red_minutes_watched is 'Time watched by Premium members. Unit: minutes. Source: Analytics API reports.query estimatedRedMinutesWatched. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.card_impressions is 'Times cards were shown. Unit: count. Source: Analytics API reports.query cardImpressions. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.card_clicks is 'Clicks on cards. Unit: count. Source: Analytics API reports.query cardClicks. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.card_teaser_impressions is 'Times teasers of cards were shown. Unit: count. Source: Analytics API reports.query cardTeaserImpressions. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.card_teaser_clicks is 'Clicks on teasers of cards. Unit: count. Source: Analytics API reports.query cardTeaserClicks. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.channel_daily.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.channel_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.channel_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.channel_daily');

create table youtube.video_daily (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    views bigint,
    engaged_views bigint,
    likes bigint,
    dislikes bigint,
    comments bigint,
    shares bigint,
    estimated_minutes_watched bigint,
    average_view_duration numeric,
    average_view_percentage numeric,
    subscribers_gained bigint,
    subscribers_lost bigint,
    videos_added_to_playlists bigint,
    videos_removed_from_playlists bigint,
    red_views bigint,
    estimated_red_minutes_watched bigint,
    card_impressions bigint,
    card_clicks bigint,
    card_teaser_impressions bigint,
    card_teaser_clicks bigint,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day)
) partition by range (day);
comment on table youtube.video_daily is 'A video''s own numbers of a day.';
comment on column youtube.video_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.video_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.video_daily.video_id is 'Which video. Unit: YouTube''s id. Source: id. Lag: none.';
comment on column youtube.video_daily.day is 'Which day. Unit: day in America/Los_Angeles. Source: dimension day. Lag: none.';
comment on column youtube.video_daily.views is 'Views; since 2026-08-27 every play of a first frame, for Shorts every start since 2025-04-30. Unit: count. Source: Analytics API reports.query views. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.engaged_views is 'Views past the first frame or clicked: the older meaning, and the basis of revenue. Unit: count. Source: Analytics API reports.query engagedViews. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.likes is 'Likes of the day. Unit: count. Source: Analytics API reports.query likes. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.dislikes is 'Dislikes of the day, told to owners. Unit: count. Source: Analytics API reports.query dislikes. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.comments is 'Comments of the day. Unit: count. Source: Analytics API reports.query comments. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.shares is 'Uses of the Share button. Unit: count. Source: Analytics API reports.query shares. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.estimated_minutes_watched is 'Time watched. Unit: minutes. Source: Analytics API reports.query estimatedMinutesWatched. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.average_view_duration is 'Time watched by engaged view. Unit: seconds. Source: Analytics API reports.query averageViewDuration. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.average_view_percentage is 'Share of the video watched by engaged view; over 100 where it is watched again. Unit: percent. Source: Analytics API reports.query averageViewPercentage. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.subscribers_gained is 'Subscribers who came; for a video only those from its watch page. Unit: count. Source: Analytics API reports.query subscribersGained. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.subscribers_lost is 'Subscribers who left; for a video only those from its watch page. Unit: count. Source: Analytics API reports.query subscribersLost. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.videos_added_to_playlists is 'Times it was put into playlists: what other platforms call saves. Unit: count. Source: Analytics API reports.query videosAddedToPlaylists. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.videos_removed_from_playlists is 'Times it was taken out of playlists. Unit: count. Source: Analytics API reports.query videosRemovedFromPlaylists. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.red_views is 'Views by Premium members. Unit: count. Source: Analytics API reports.query redViews. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.estimated_red_minutes_watched is 'Time watched by Premium members. Unit: minutes. Source: Analytics API reports.query estimatedRedMinutesWatched. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.card_impressions is 'Times cards were shown. Unit: count. Source: Analytics API reports.query cardImpressions. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.card_clicks is 'Clicks on cards. Unit: count. Source: Analytics API reports.query cardClicks. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.card_teaser_impressions is 'Times teasers of cards were shown. Unit: count. Source: Analytics API reports.query cardTeaserImpressions. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.card_teaser_clicks is 'Clicks on teasers of cards. Unit: count. Source: Analytics API reports.query cardTeaserClicks. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.video_daily.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.video_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.video_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.video_daily');

create table youtube.traffic_daily (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    day date not null,
    source text not null,
    views bigint,
    engaged_views bigint,
    estimated_minutes_watched bigint,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, source)
) partition by range (day);
comment on table youtube.traffic_daily is 'Where a day''s views came from.';
comment on column youtube.traffic_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.traffic_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.traffic_daily.video_id is 'Which video; '''' is the channel as a whole. Unit: YouTube''s id. Source: dimension video. Lag: none.';
comment on column youtube.traffic_daily.day is 'Which day. Unit: day in America/Los_Angeles. Source: dimension day. Lag: none.';
comment on column youtube.traffic_daily.source is 'Where from. Unit: YouTube''s word, such as SHORTS or YT_SEARCH. Source: dimension insightTrafficSourceType. Lag: none.';
comment on column youtube.traffic_daily.views is 'Views; since 2026-08-27 every play of a first frame, for Shorts every start since 2025-04-30. Unit: count. Source: Analytics API reports.query views. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.traffic_daily.engaged_views is 'Views past the first frame or clicked: the older meaning, and the basis of revenue. Unit: count. Source: Analytics API reports.query engagedViews. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.traffic_daily.estimated_minutes_watched is 'Time watched. Unit: minutes. Source: Analytics API reports.query estimatedMinutesWatched. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.traffic_daily.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.traffic_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.traffic_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.traffic_daily');

create table youtube.device_daily (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    day date not null,
    device_type text not null,
    operating_system text not null default '',
    views bigint,
    engaged_views bigint,
    estimated_minutes_watched bigint,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, device_type, operating_system)
) partition by range (day);
comment on table youtube.device_daily is 'On which devices and systems a day''s views were.';
comment on column youtube.device_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.device_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.device_daily.video_id is 'Which video; '''' is the channel as a whole. Unit: YouTube''s id. Source: dimension video. Lag: none.';
comment on column youtube.device_daily.day is 'Which day. Unit: day in America/Los_Angeles. Source: dimension day. Lag: none.';
comment on column youtube.device_daily.device_type is 'Kind of device. Unit: YouTube''s word, such as MOBILE. Source: dimension deviceType. Lag: none.';
comment on column youtube.device_daily.operating_system is 'System; '''' is all of them, as for single videos. Unit: YouTube''s word, such as ANDROID. Source: dimension operatingSystem. Lag: none.';
comment on column youtube.device_daily.views is 'Views; since 2026-08-27 every play of a first frame, for Shorts every start since 2025-04-30. Unit: count. Source: Analytics API reports.query views. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.device_daily.engaged_views is 'Views past the first frame or clicked: the older meaning, and the basis of revenue. Unit: count. Source: Analytics API reports.query engagedViews. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.device_daily.estimated_minutes_watched is 'Time watched. Unit: minutes. Source: Analytics API reports.query estimatedMinutesWatched. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.device_daily.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.device_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.device_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.device_daily');
