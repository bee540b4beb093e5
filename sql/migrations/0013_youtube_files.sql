-- YouTube's bulk reports, and what they tell by day: countries, reach.
-- Each column has its meaning, unit, source and lag. Filled by include/platforms/youtube.

create table youtube.country_daily (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    day date not null,
    country text not null,
    views bigint,
    engaged_views bigint,
    likes bigint,
    dislikes bigint,
    comments bigint,
    shares bigint,
    watch_time_minutes numeric,
    videos_added_to_playlists bigint,
    videos_removed_from_playlists bigint,
    subscribers_gained bigint,
    subscribers_lost bigint,
    red_views bigint,
    red_watch_time_minutes numeric,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, country)
) partition by range (day);
comment on table youtube.country_daily is 'A day''s numbers of a video by country; from the bulk reports, for all videos of the channel.';
comment on column youtube.country_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.country_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.country_daily.video_id is 'Which video; '''' where the report names none. Unit: YouTube''s id. Source: Reporting API channel_basic_a3 video_id. Lag: none.';
comment on column youtube.country_daily.day is 'Which day. Unit: day in America/Los_Angeles. Source: Reporting API channel_basic_a3 date. Lag: none.';
comment on column youtube.country_daily.country is 'Country of the viewers; ZZ is unknown. Unit: ISO 3166-1. Source: Reporting API channel_basic_a3 country_code. Lag: none.';
comment on column youtube.country_daily.views is 'Views. Unit: count. Source: Reporting API channel_basic_a3 views. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.engaged_views is 'Engaged views. Unit: count. Source: Reporting API channel_basic_a3 engaged_views. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.likes is 'Likes. Unit: count. Source: Reporting API channel_basic_a3 likes. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.dislikes is 'Dislikes. Unit: count. Source: Reporting API channel_basic_a3 dislikes. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.comments is 'Comments. Unit: count. Source: Reporting API channel_basic_a3 comments. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.shares is 'Shares. Unit: count. Source: Reporting API channel_basic_a3 shares. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.watch_time_minutes is 'Time watched. Unit: minutes. Source: Reporting API channel_basic_a3 watch_time_minutes. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.videos_added_to_playlists is 'Times put into playlists. Unit: count. Source: Reporting API channel_basic_a3 videos_added_to_playlists. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.videos_removed_from_playlists is 'Times taken out of playlists. Unit: count. Source: Reporting API channel_basic_a3 videos_removed_from_playlists. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.subscribers_gained is 'Subscribers who came. Unit: count. Source: Reporting API channel_basic_a3 subscribers_gained. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.subscribers_lost is 'Subscribers who left. Unit: count. Source: Reporting API channel_basic_a3 subscribers_lost. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.red_views is 'Views by Premium members. Unit: count. Source: Reporting API channel_basic_a3 red_views. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.red_watch_time_minutes is 'Time watched by Premium members. Unit: minutes. Source: Reporting API channel_basic_a3 red_watch_time_minutes. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.country_daily.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.country_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.country_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.country_daily');

create table youtube.reach_daily (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    day date not null,
    thumbnail_impressions bigint,
    thumbnail_click_rate numeric,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day)
) partition by range (day);
comment on table youtube.reach_daily is 'How often a video''s thumbnail was shown in a day, and clicked; only the bulk reports tell.';
comment on column youtube.reach_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.reach_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.reach_daily.video_id is 'Which video. Unit: YouTube''s id. Source: Reporting API channel_reach_basic_a1 video_id. Lag: none.';
comment on column youtube.reach_daily.day is 'Which day. Unit: day in America/Los_Angeles. Source: Reporting API channel_reach_basic_a1 date. Lag: none.';
comment on column youtube.reach_daily.thumbnail_impressions is 'Times the thumbnail was shown. Unit: count. Source: Reporting API channel_reach_basic_a1 video_thumbnail_impressions. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.reach_daily.thumbnail_click_rate is 'Share of those that became a view, weighed by impressions; null where it was never shown. Unit: 0 to 1. Source: Reporting API channel_reach_basic_a1 video_thumbnail_impressions_ctr. Lag: about 48 hours; a later file replaces the day.';
comment on column youtube.reach_daily.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.reach_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.reach_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.reach_daily');

create table youtube.reporting_job (
    owner text not null,
    account_id text not null,
    job_id text not null,
    report_type text,
    name text,
    created_at timestamptz,
    expires_at timestamptz,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, job_id)
);
comment on table youtube.reporting_job is 'The channel''s jobs at the Reporting API, which make a file a day each.';
comment on column youtube.reporting_job.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.reporting_job.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.reporting_job.job_id is 'Which job. Unit: YouTube''s id. Source: Reporting API jobs id. Lag: none.';
comment on column youtube.reporting_job.report_type is 'What its files hold. Unit: YouTube''s word. Source: Reporting API jobs reportTypeId. Lag: none.';
comment on column youtube.reporting_job.name is 'Its name. Unit: text. Source: Reporting API jobs name. Lag: none.';
comment on column youtube.reporting_job.created_at is 'When it was made; its files begin 30 days before. Unit: time. Source: Reporting API jobs createTime. Lag: none.';
comment on column youtube.reporting_job.expires_at is 'When it ends; null for ever. Unit: time. Source: Reporting API jobs expireTime. Lag: none.';
comment on column youtube.reporting_job.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.reporting_job.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.reporting_job');

create table youtube.report_file (
    owner text not null,
    account_id text not null,
    job_id text not null,
    report_id text not null,
    report_type text,
    day date,
    starts_at timestamptz,
    ends_at timestamptz,
    created_at timestamptz,
    expires_at timestamptz,
    read_at timestamptz,
    bytes bigint,
    rows bigint,
    sha256 text,
    lost boolean,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, job_id, report_id)
);
comment on table youtube.report_file is 'The files of reporting jobs: which were read, which wait, which are lost.';
comment on column youtube.report_file.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.report_file.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.report_file.job_id is 'Which job. Unit: YouTube''s id. Source: Reporting API jobs.reports jobId. Lag: none.';
comment on column youtube.report_file.report_id is 'Which file. Unit: YouTube''s id. Source: Reporting API jobs.reports id. Lag: none.';
comment on column youtube.report_file.report_type is 'What it holds. Unit: YouTube''s word. Source: Reporting API jobs.reports reportTypeId of its job. Lag: none.';
comment on column youtube.report_file.day is 'Which day it tells of. Unit: day in America/Los_Angeles. Source: Reporting API jobs.reports startTime. Lag: none.';
comment on column youtube.report_file.starts_at is 'When that day begins. Unit: time. Source: Reporting API jobs.reports startTime. Lag: none.';
comment on column youtube.report_file.ends_at is 'When that day ends. Unit: time. Source: Reporting API jobs.reports endTime. Lag: none.';
comment on column youtube.report_file.created_at is 'When it was made; of several of a day the last one counts. Unit: time. Source: Reporting API jobs.reports createTime. Lag: none.';
comment on column youtube.report_file.expires_at is 'When YouTube throws it away. Unit: time. Source: 60 days after createTime, 30 for days before the job. Lag: none.';
comment on column youtube.report_file.read_at is 'When it was downloaded; null: not yet, or a later one replaced it. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.report_file.bytes is 'Its size. Unit: bytes. Source: the download. Lag: none.';
comment on column youtube.report_file.rows is 'Rows it became. Unit: count. Source: the download. Lag: none.';
comment on column youtube.report_file.sha256 is 'Digest of its content. Unit: SHA-256, hexadecimal. Source: the download. Lag: none.';
comment on column youtube.report_file.lost is 'Whether it had expired when it was to be read. Unit: yes or no. Source: 404 of the download. Lag: none.';
comment on column youtube.report_file.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.report_file.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.report_file');
