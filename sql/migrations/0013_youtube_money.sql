-- Who watches on YouTube, how long, and what it earns.
-- Each column has its meaning, unit, source and lag. Filled by include/platforms/youtube.

create table youtube.demographics (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    day date not null,
    age_group text not null,
    gender text not null,
    first_day date,
    viewer_percentage numeric,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, age_group, gender)
) partition by range (day);
comment on table youtube.demographics is 'Who watched a video since it came out, or the channel in four weeks, as known for a day. Few views: no rows.';
comment on column youtube.demographics.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.demographics.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.demographics.video_id is 'Which video; '''' is the channel as a whole. Unit: YouTube''s id. Source: dimension video. Lag: none.';
comment on column youtube.demographics.day is 'Last day that counts. Unit: day in America/Los_Angeles. Source: our question (endDate). Lag: none.';
comment on column youtube.demographics.age_group is 'Age. Unit: YouTube''s word, such as age18-24. Source: dimension ageGroup. Lag: none.';
comment on column youtube.demographics.gender is 'Gender. Unit: female, male or user_specified. Source: dimension gender. Lag: none.';
comment on column youtube.demographics.first_day is 'First day that counts. Unit: day in America/Los_Angeles. Source: our question (startDate). Lag: none.';
comment on column youtube.demographics.viewer_percentage is 'Share of the signed-in viewers; all rows of a video and day are 100 together. Unit: percent. Source: Analytics API reports.query viewerPercentage. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.demographics.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.demographics.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.demographics');

create table youtube.retention (
    owner text not null,
    account_id text not null,
    video_id text not null,
    day date not null,
    position numeric not null,
    first_day date,
    audience_watch_ratio numeric,
    relative_retention_performance numeric,
    started_watching bigint,
    stopped_watching bigint,
    total_segment_impressions bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, position)
) partition by range (day);
comment on table youtube.retention is 'At which point of a video people still watch, since it came out, as known for a day. Few views: no rows.';
comment on column youtube.retention.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.retention.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.retention.video_id is 'Which video. Unit: YouTube''s id. Source: id. Lag: none.';
comment on column youtube.retention.day is 'Last day that counts. Unit: day in America/Los_Angeles. Source: our question (endDate). Lag: none.';
comment on column youtube.retention.position is 'Which point of the video. Unit: 0.01 to 1 of its length. Source: dimension elapsedVideoTimeRatio. Lag: none.';
comment on column youtube.retention.first_day is 'First day that counts. Unit: day in America/Los_Angeles. Source: our question (startDate). Lag: none.';
comment on column youtube.retention.audience_watch_ratio is 'Views of this point by views of the video; over 1 where it is watched again. Unit: ratio. Source: Analytics API reports.query audienceWatchRatio. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.retention.relative_retention_performance is 'Compared with all videos of this length; 0.5 is the median. Unit: 0 to 1. Source: Analytics API reports.query relativeRetentionPerformance. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.retention.started_watching is 'Views that began here. Unit: count. Source: Analytics API reports.query startedWatching. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.retention.stopped_watching is 'Views that ended here. Unit: count. Source: Analytics API reports.query stoppedWatching. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.retention.total_segment_impressions is 'Views of this point. Unit: count. Source: Analytics API reports.query totalSegmentImpressions. Lag: 48 to 72 hours, restated until then.';
comment on column youtube.retention.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.retention.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.retention');

create table youtube.revenue_daily (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    day date not null,
    currency text not null,
    estimated_revenue numeric,
    estimated_ad_revenue numeric,
    estimated_red_partner_revenue numeric,
    gross_revenue numeric,
    cpm numeric,
    playback_based_cpm numeric,
    monetized_playbacks bigint,
    ad_impressions bigint,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, currency)
) partition by range (day);
comment on table youtube.revenue_daily is 'What the channel ('''') and each video earned in a day.';
comment on column youtube.revenue_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.revenue_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.revenue_daily.video_id is 'Which video; '''' is the channel as a whole. Unit: YouTube''s id. Source: dimension video. Lag: none.';
comment on column youtube.revenue_daily.day is 'Which day. Unit: day in America/Los_Angeles. Source: dimension day. Lag: none.';
comment on column youtube.revenue_daily.currency is 'What the money is in. Unit: ISO 4217. Source: our question (parameter currency). Lag: none.';
comment on column youtube.revenue_daily.estimated_revenue is 'Net earnings from everything Google sells. Unit: currency. Source: Analytics API reports.query estimatedRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_daily.estimated_ad_revenue is 'Net earnings from ads. Unit: currency. Source: Analytics API reports.query estimatedAdRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_daily.estimated_red_partner_revenue is 'Net earnings from Premium. Unit: currency. Source: Analytics API reports.query estimatedRedPartnerRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_daily.gross_revenue is 'Earnings before YouTube''s share. Unit: currency. Source: Analytics API reports.query grossRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_daily.cpm is 'Gross earnings by 1000 ad impressions. Unit: currency. Source: Analytics API reports.query cpm. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_daily.playback_based_cpm is 'Gross earnings by 1000 monetised playbacks. Unit: currency. Source: Analytics API reports.query playbackBasedCpm. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_daily.monetized_playbacks is 'Playbacks with an ad, within about 2 percent. Unit: count. Source: Analytics API reports.query monetizedPlaybacks. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_daily.ad_impressions is 'Ads shown; not told by video. Unit: count. Source: Analytics API reports.query adImpressions. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_daily.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.revenue_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.revenue_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.revenue_daily');

create table youtube.revenue_ad_type_daily (
    owner text not null,
    account_id text not null,
    day date not null,
    ad_type text not null,
    currency text not null,
    gross_revenue numeric,
    ad_impressions bigint,
    cpm numeric,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, day, ad_type, currency)
) partition by range (day);
comment on table youtube.revenue_ad_type_daily is 'What each kind of ad brought in a day.';
comment on column youtube.revenue_ad_type_daily.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.revenue_ad_type_daily.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.revenue_ad_type_daily.day is 'Which day. Unit: day in America/Los_Angeles. Source: dimension day. Lag: none.';
comment on column youtube.revenue_ad_type_daily.ad_type is 'Kind of ad. Unit: YouTube''s word, such as auctionInstream. Source: dimension adType. Lag: none.';
comment on column youtube.revenue_ad_type_daily.currency is 'What the money is in. Unit: ISO 4217. Source: our question (parameter currency). Lag: none.';
comment on column youtube.revenue_ad_type_daily.gross_revenue is 'Earnings before YouTube''s share. Unit: currency. Source: Analytics API reports.query grossRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_ad_type_daily.ad_impressions is 'Ads shown; not told by video. Unit: count. Source: Analytics API reports.query adImpressions. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_ad_type_daily.cpm is 'Gross earnings by 1000 ad impressions. Unit: currency. Source: Analytics API reports.query cpm. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_ad_type_daily.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.revenue_ad_type_daily.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.revenue_ad_type_daily.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.revenue_ad_type_daily');

create table youtube.revenue_country_monthly (
    owner text not null,
    account_id text not null,
    month date not null,
    country text not null,
    currency text not null,
    estimated_revenue numeric,
    estimated_ad_revenue numeric,
    estimated_red_partner_revenue numeric,
    gross_revenue numeric,
    cpm numeric,
    playback_based_cpm numeric,
    monetized_playbacks bigint,
    ad_impressions bigint,
    provisional boolean not null default true,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, month, country, currency)
);
comment on table youtube.revenue_country_monthly is 'What the viewers of a country brought in a month, as far as it has passed.';
comment on column youtube.revenue_country_monthly.owner is 'Whose account it is. Unit: user name. Source: the account. Lag: none.';
comment on column youtube.revenue_country_monthly.account_id is 'Which account. Unit: our name of it. Source: the account. Lag: none.';
comment on column youtube.revenue_country_monthly.month is 'First day of the month. Unit: day in America/Los_Angeles. Source: our question (startDate). Lag: none.';
comment on column youtube.revenue_country_monthly.country is 'Country of the viewers; ZZ is unknown. Unit: ISO 3166-1. Source: dimension country. Lag: none.';
comment on column youtube.revenue_country_monthly.currency is 'What the money is in. Unit: ISO 4217. Source: our question (parameter currency). Lag: none.';
comment on column youtube.revenue_country_monthly.estimated_revenue is 'Net earnings from everything Google sells. Unit: currency. Source: Analytics API reports.query estimatedRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_country_monthly.estimated_ad_revenue is 'Net earnings from ads. Unit: currency. Source: Analytics API reports.query estimatedAdRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_country_monthly.estimated_red_partner_revenue is 'Net earnings from Premium. Unit: currency. Source: Analytics API reports.query estimatedRedPartnerRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_country_monthly.gross_revenue is 'Earnings before YouTube''s share. Unit: currency. Source: Analytics API reports.query grossRevenue. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_country_monthly.cpm is 'Gross earnings by 1000 ad impressions. Unit: currency. Source: Analytics API reports.query cpm. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_country_monthly.playback_based_cpm is 'Gross earnings by 1000 monetised playbacks. Unit: currency. Source: Analytics API reports.query playbackBasedCpm. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_country_monthly.monetized_playbacks is 'Playbacks with an ad, within about 2 percent. Unit: count. Source: Analytics API reports.query monetizedPlaybacks. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_country_monthly.ad_impressions is 'Ads shown; not told by video. Unit: count. Source: Analytics API reports.query adImpressions. Lag: 48 to 72 hours; restated until the middle of the next month.';
comment on column youtube.revenue_country_monthly.provisional is 'Whether YouTube may still change the row. Unit: yes or no. Source: the day''s age when it was read. Lag: none.';
comment on column youtube.revenue_country_monthly.collected_at is 'When the row was last read or changed. Unit: time. Source: our clock. Lag: none.';
comment on column youtube.revenue_country_monthly.extra is 'Fields without a column, and values of another kind. Unit: JSON. Source: the answer. Lag: none.';
call desk.collect_into('youtube.revenue_country_monthly');
