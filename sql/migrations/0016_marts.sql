-- Marts: what is asked about all platforms in one way. Built by include/analytics/warehouse.py from sql/staging, by sql/marts.

-- one row for each publication and day, from its first reading on
create table marts.video_daily (
    owner text not null,
    day date not null,
    publication_id uuid not null,
    release_id uuid not null,
    title_id text not null,
    segment text not null,
    age_bucket text not null,
    platform text not null,
    account_id text not null,
    placement text not null,
    video_id text not null,
    published_on date not null,
    age_days integer not null,
    views_total bigint,
    likes_total bigint,
    comments_total bigint,
    shares_total bigint,
    saves_total bigint,
    reach_total bigint,
    watch_seconds_total numeric,
    views_delta bigint,
    likes_delta bigint,
    comments_delta bigint,
    shares_delta bigint,
    saves_delta bigint,
    reach_delta bigint,
    watch_seconds_delta numeric,
    views_at_day_1 bigint,
    views_at_day_7 bigint,
    views_at_day_28 bigint,
    views bigint,
    engaged_views bigint,
    likes bigint,
    dislikes bigint,
    comments bigint,
    shares bigint,
    saves bigint,
    impressions bigint,
    click_rate numeric,
    watch_seconds numeric,
    average_view_seconds numeric,
    completion_rate numeric,
    followers_gained bigint,
    followers_lost bigint,
    measured boolean not null,
    measured_on date,
    provisional boolean not null,
    went_down text[] not null default '{}',
    collected_at timestamptz,
    primary key (owner, day, publication_id)
) partition by range (day);
create index video_daily_by_publication on marts.video_daily (publication_id, day);

-- one row for each account and day, from its first reading on
create table marts.account_daily (
    owner text not null,
    day date not null,
    platform text not null,
    account_id text not null,
    followers_total bigint,
    posts_total bigint,
    followers_delta bigint,
    posts_delta bigint,
    followers_gained bigint,
    followers_lost bigint,
    views bigint,
    reach bigint,
    interactions bigint,
    profile_views bigint,
    measured boolean not null,
    measured_on date,
    provisional boolean not null,
    went_down text[] not null default '{}',
    collected_at timestamptz,
    primary key (owner, day, account_id)
) partition by range (day);

-- money of a day: of an account as a whole (video_id null), and of each publication
create table marts.revenue_daily (
    owner text not null,
    day date not null,
    platform text not null,
    account_id text not null,
    video_id text,
    publication_id uuid,
    currency text,
    source text not null,
    counts boolean not null,
    earnings numeric,
    ad_revenue numeric,
    creator_fund numeric,
    bonus_programs numeric,
    gross_revenue numeric,
    cpm numeric,
    playback_cpm numeric,
    monetized_playbacks bigint,
    ad_impressions bigint,
    provisional boolean not null,
    collected_at timestamptz not null
) partition by range (day);
create index revenue_daily_by_day on marts.revenue_daily (owner, day);
create index revenue_daily_by_publication on marts.revenue_daily (publication_id, day);

-- the same by calendar month, so that a sum over years reads a few rows a publication
create table marts.revenue_monthly (
    owner text not null,
    month date not null,
    platform text not null,
    account_id text not null,
    video_id text,
    publication_id uuid,
    currency text,
    days integer not null,
    earnings numeric,
    ad_revenue numeric,
    creator_fund numeric,
    bonus_programs numeric,
    gross_revenue numeric,
    monetized_playbacks bigint,
    ad_impressions bigint,
    provisional boolean not null
);
create index revenue_monthly_by_month on marts.revenue_monthly (owner, month);
create index revenue_monthly_by_publication on marts.revenue_monthly (publication_id, month);

-- where viewers came from
create table marts.traffic_daily (
    owner text not null,
    day date not null,
    platform text not null,
    account_id text not null,
    video_id text,
    publication_id uuid,
    source text not null,
    views bigint,
    watch_seconds numeric,
    share numeric,
    provisional boolean not null,
    collected_at timestamptz not null
) partition by range (day);
create index traffic_daily_by_day on marts.traffic_daily (owner, day);
create index traffic_daily_by_publication on marts.traffic_daily (publication_id, day);

-- who the viewers are
create table marts.audience_daily (
    owner text not null,
    day date not null,
    platform text not null,
    account_id text not null,
    video_id text,
    publication_id uuid,
    dimension text not null,
    value text not null,
    views bigint,
    share numeric,
    followers bigint,
    provisional boolean not null,
    collected_at timestamptz not null
) partition by range (day);
create index audience_daily_by_day on marts.audience_daily (owner, day);
create index audience_daily_by_publication on marts.audience_daily (publication_id, day);

-- one row for each release
create table marts.content_piece (
    owner text not null,
    release_id uuid not null,
    title_id text not null,
    segment text not null,
    age_bucket text not null,
    title text,
    category text,
    language text,
    campaign text,
    tags text[] not null default '{}',
    cost numeric,
    cost_currency text,
    duration_seconds numeric,
    publications integer not null,
    platforms text[] not null,
    first_published_at timestamptz,
    last_published_at timestamptz,
    created_at timestamptz not null,
    primary key (owner, release_id)
);

-- one row for each publication that is out: how it stands
create table marts.content_performance (
    owner text not null,
    publication_id uuid not null,
    release_id uuid not null,
    title_id text not null,
    segment text not null,
    age_bucket text not null,
    platform text not null,
    account_id text not null,
    placement text not null,
    video_id text not null,
    url text,
    published_at timestamptz not null,
    day date,
    age_days integer,
    views_total bigint,
    likes_total bigint,
    comments_total bigint,
    shares_total bigint,
    saves_total bigint,
    reach_total bigint,
    watch_seconds_total numeric,
    views_at_day_1 bigint,
    views_at_day_7 bigint,
    views_at_day_28 bigint,
    views_last_7_days bigint,
    engagement_rate numeric,
    like_rate numeric,
    comment_rate numeric,
    share_rate numeric,
    earnings numeric,
    currency text,
    earnings_per_thousand_views numeric,
    measured_on date,
    missing_since timestamptz,
    primary key (owner, publication_id)
);

-- comments of all platforms, threaded
create table marts.interaction (
    owner text not null,
    platform text not null,
    account_id text not null,
    comment_id text not null,
    video_id text,
    publication_id uuid,
    parent_id text,
    root_id text not null,
    depth integer not null,
    author_id text,
    author_name text,
    text text,
    likes bigint,
    replies bigint,
    published_at timestamptz,
    edited_at timestamptz,
    hidden boolean,
    deleted_at timestamptz,
    is_own boolean,
    collected_at timestamptz not null,
    primary key (owner, platform, account_id, comment_id)
);
create index interaction_by_publication on marts.interaction (publication_id, published_at);
create index interaction_by_root on marts.interaction (owner, platform, account_id, root_id);
create index interaction_by_parent on marts.interaction (owner, platform, account_id, parent_id)
where parent_id is not null;

do $$
declare
    name text;
begin
    foreach name in array array[
        'video_daily', 'account_daily', 'revenue_daily', 'revenue_monthly', 'traffic_daily', 'audience_daily',
        'content_piece', 'content_performance', 'interaction'
    ] loop
        call desk.collect_into(format('marts.%I', name)::regclass);
    end loop;
end
$$;

comment on table marts.video_daily is
'One row for each publication and day, from its first reading on: lifetime, what the day added, the platform''s own day.';
comment on table marts.account_daily is 'One row for each account and day, from its first reading on.';
comment on table marts.revenue_daily is 'Money of a day, of an account as a whole and of each publication.';
comment on table marts.revenue_monthly is 'Money of a calendar month: the rows of revenue_daily that count, added up.';
comment on table marts.traffic_daily is 'Where the viewers of a day came from.';
comment on table marts.audience_daily is 'Who the viewers of a day (or the followers on it) are.';
comment on table marts.content_piece is 'One row for each release: what it is and where it is out.';
comment on table marts.content_performance is 'One row for each publication that is out: how it stands on the last day built.';
comment on table marts.interaction is 'Comments of all platforms, each with the comment its thread begins with.';

-- what columns of several tables mean; the rest is said one by one below
do $$
declare
    at record;
begin
    for at in
        select
            c.oid::regclass as target,
            a.attname as name,
            case a.attname
                when 'owner' then 'The user it belongs to. Source: desk.publication, desk.account.'
                when 'day' then 'The day in the platform''s own zone (docs/warehouse.md). Unit: date.'
                when 'month' then 'The first day of the calendar month. Unit: date.'
                when 'platform' then 'youtube, tiktok, instagram, facebook or linkedin.'
                when 'account_id' then 'The account, by the name its owner gave it. Source: desk.account.'
                when 'publication_id' then
                    'The publication; null for the account as a whole and for a comment under a video we did not publish.'
                    ' Source: desk.publication.'
                when 'release_id' then 'The release. Source: desk.release.'
                when 'title_id' then 'The release''s title id. Source: desk.release.'
                when 'segment' then 'The release''s segment. Source: desk.release.'
                when 'age_bucket' then 'The release''s age bucket. Source: desk.release.'
                when 'placement' then 'video, short, reel, story, feed or post. Source: desk.publication.'
                when 'video_id' then 'The platform''s id of the video; null for the account as a whole.'
                when 'age_days' then 'Days since published_on. Unit: days.'
                when 'views_total' then 'Views since publication. Unit: count. Source: the last reading of or before the day.'
                when 'likes_total' then 'Likes (all reactions) since publication. Unit: count. Source: as views_total.'
                when 'comments_total' then 'Comments since publication. Unit: count. Source: as views_total.'
                when 'shares_total' then 'Shares since publication. Unit: count. Source: as views_total.'
                when 'saves_total' then 'Saves since publication. Unit: count. Source: as views_total.'
                when 'reach_total' then 'Accounts reached since publication. Unit: accounts. Source: as views_total.'
                when 'watch_seconds_total' then 'Watch time since publication. Unit: seconds. Source: as views_total.'
                when 'views_at_day_1' then 'views_total one day after publication; null when it was not read by then. Unit: count.'
                when 'views_at_day_7' then 'views_total seven days after publication, as above. Unit: count.'
                when 'views_at_day_28' then 'views_total 28 days after publication, as above. Unit: count.'
                when 'measured' then 'False when no lifetime was read on the day: it is that of the day before.'
                when 'measured_on' then 'The day the lifetime was read on. Unit: date.'
                when 'provisional' then 'True while the platform may still change the day, or nothing was read of it yet.'
                when 'went_down' then
                    'Which lifetimes are lower than the day before: the platform took some back. Unit: names of metrics.'
                when 'collected_at' then 'When it was read from the platform. Unit: UTC.'
                when 'currency' then 'The money''s currency. Unit: ISO 4217.'
                when 'earnings' then 'What the owner earned. Unit: currency. Source: the platform, or an import.'
                when 'ad_revenue' then 'Of it: advertising. Unit: currency.'
                when 'creator_fund' then 'Of it: a fund or reward programme for creators. Unit: currency.'
                when 'bonus_programs' then 'Of it: bonus programmes. Unit: currency.'
                when 'gross_revenue' then 'What advertisers paid, before the platform''s part. Unit: currency.'
                when 'monetized_playbacks' then 'Playbacks with at least one ad. Unit: count.'
                when 'ad_impressions' then 'Ads shown. Unit: count.'
                when 'share' then 'Part of the whole. Unit: 0 to 1.'
                when 'views' then 'Views of the day, as the platform counts them for a day; null where it has no such number. Unit: count.'
                when 'watch_seconds' then 'Watch time of the day, the platform''s own. Unit: seconds.'
                when 'followers_gained' then 'Followers won on the day, the platform''s own. Unit: count.'
                when 'followers_lost' then 'Followers lost on the day, the platform''s own. Unit: count.'
                when 'published_at' then 'When it was published. Unit: UTC.'
            end as meaning
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'marts'::regnamespace and c.relkind in ('r', 'p')
    loop
        if at.meaning is not null then
            execute format('comment on column %s.%I is %L', at.target, at.name, at.meaning);
        end if;
    end loop;
end
$$;

comment on column marts.video_daily.published_on is 'The day of publication. Unit: date, UTC. Source: desk.publication.';
comment on column marts.video_daily.views_delta is
'views_total less that of the day before (of the first row: all of it); null when the day was not measured. Unit: count.';
comment on column marts.video_daily.likes_delta is 'likes_total less that of the day before, as views_delta. Unit: count.';
comment on column marts.video_daily.comments_delta is 'comments_total less the day before''s, as views_delta. Unit: count.';
comment on column marts.video_daily.shares_delta is 'shares_total less the day before''s, as views_delta. Unit: count.';
comment on column marts.video_daily.saves_delta is 'saves_total less that of the day before, as views_delta. Unit: count.';
comment on column marts.video_daily.reach_delta is
'reach_total less that of the day before: accounts reached for the first time. Unit: accounts.';
comment on column marts.video_daily.watch_seconds_delta is 'watch_seconds_total less the day before''s. Unit: seconds.';
comment on column marts.video_daily.engaged_views is 'Views that stayed, by the platform''s own rule. Unit: count.';
comment on column marts.video_daily.likes is 'Likes of the day, the platform''s own. Unit: count.';
comment on column marts.video_daily.dislikes is 'Dislikes of the day, the platform''s own. Unit: count.';
comment on column marts.video_daily.comments is 'Comments of the day, the platform''s own. Unit: count.';
comment on column marts.video_daily.shares is 'Shares of the day, the platform''s own. Unit: count.';
comment on column marts.video_daily.saves is 'Saves (to playlists, collections) of the day, the platform''s own. Unit: count.';
comment on column marts.video_daily.impressions is 'How often its picture was shown on the day. Unit: count.';
comment on column marts.video_daily.click_rate is 'Clicks for each impression of the day. Unit: 0 to 1.';
comment on column marts.video_daily.average_view_seconds is 'Average watch time of a view on the day. Unit: seconds.';
comment on column marts.video_daily.completion_rate is
'Average part of the video that was watched on the day; above 1 when it was watched again. Unit: 0 to 1.';

comment on column marts.account_daily.followers_total is 'Followers at the end of the day, or when last read. Unit: count.';
comment on column marts.account_daily.posts_total is 'Videos and posts of the account. Unit: count.';
comment on column marts.account_daily.followers_delta is
'followers_total less that of the day before; null on the first row and when the day was not measured. Unit: count.';
comment on column marts.account_daily.posts_delta is 'posts_total less that of the day before, as followers_delta. Unit: count.';
comment on column marts.account_daily.reach is 'Accounts reached on the day, the platform''s own. Unit: accounts.';
comment on column marts.account_daily.interactions is 'Likes, comments, shares and saves of the day together. Unit: count.';
comment on column marts.account_daily.profile_views is 'Visits of the profile or page on the day. Unit: count.';

comment on column marts.revenue_daily.source is 'api: the platform told it; import: a file did (./desk import).';
comment on column marts.revenue_daily.counts is
'True for the row to add up, where the platform and a file tell the same money: the platform''s.';
comment on column marts.revenue_daily.cpm is 'What advertisers paid for a thousand ads. Unit: currency.';
comment on column marts.revenue_daily.playback_cpm is 'What advertisers paid for a thousand playbacks with ads. Unit: currency.';
comment on column marts.revenue_monthly.days is 'Days of the month that have a row. Unit: days.';

comment on column marts.traffic_daily.source is 'Where from, by the platform''s own word (docs of the platform''s staging).';
comment on column marts.audience_daily.dimension is 'age, gender, country, city, device and others the platform has.';
comment on column marts.audience_daily.value is 'The group, by the platform''s own word: 18-24, F, DE.';
comment on column marts.audience_daily.followers is 'Followers in the group. Unit: count.';

comment on column marts.content_piece.title is 'Its title. Source: the release''s metadata.';
comment on column marts.content_piece.category is 'Its category. Source: the release''s metadata.';
comment on column marts.content_piece.language is 'Its language. Unit: BCP 47. Source: the release''s metadata.';
comment on column marts.content_piece.campaign is 'Its campaign. Source: the release''s metadata.';
comment on column marts.content_piece.tags is 'Its tags. Source: the release''s metadata.';
comment on column marts.content_piece.cost is 'What it cost to make. Unit: cost_currency. Source: the release''s metadata.';
comment on column marts.content_piece.cost_currency is 'Currency of cost. Unit: ISO 4217. Source: the release''s metadata.';
comment on column marts.content_piece.duration_seconds is 'How long the video is. Unit: seconds. Source: the file.';
comment on column marts.content_piece.publications is 'How many of its publications are out. Unit: count.';
comment on column marts.content_piece.platforms is 'Platforms it is out on, in the order of the alphabet.';
comment on column marts.content_piece.first_published_at is 'When the first of its publications came out. Unit: UTC.';
comment on column marts.content_piece.last_published_at is 'When the last of its publications came out. Unit: UTC.';
comment on column marts.content_piece.created_at is 'When the release was first seen. Unit: UTC. Source: desk.release.';

comment on column marts.content_performance.url is 'Its address. Source: desk.publication.';
comment on column marts.content_performance.views_last_7_days is
'views_total less that of seven days before (all of it for a younger publication). Unit: count.';
comment on column marts.content_performance.engagement_rate is
'Likes, comments, shares and saves for each view, as far as they are known. Unit: a ratio.';
comment on column marts.content_performance.like_rate is 'Likes for each view. Unit: a ratio.';
comment on column marts.content_performance.comment_rate is 'Comments for each view. Unit: a ratio.';
comment on column marts.content_performance.share_rate is 'Shares for each view. Unit: a ratio.';
comment on column marts.content_performance.earnings is
'All it earned so far; null when nothing is known or it came in several currencies (revenue_monthly has each).';
comment on column marts.content_performance.earnings_per_thousand_views is 'earnings for a thousand of views_total. Unit: currency.';
comment on column marts.content_performance.missing_since is
'Since when the platform no longer shows the video (deleted, private); its history stays. Unit: UTC.';

comment on column marts.interaction.comment_id is 'The platform''s id of the comment.';
comment on column marts.interaction.parent_id is 'The comment it answers; null for one under the video itself.';
comment on column marts.interaction.root_id is 'The comment its thread begins with; its own id when it begins one.';
comment on column marts.interaction.depth is '0 under the video itself, 1 for an answer, 2 for an answer to that. Unit: steps.';
comment on column marts.interaction.author_id is 'The platform''s id of who wrote it.';
comment on column marts.interaction.author_name is 'The name shown of who wrote it.';
comment on column marts.interaction.text is 'What it says now.';
comment on column marts.interaction.likes is 'Likes of the comment. Unit: count.';
comment on column marts.interaction.replies is 'Answers to the comment. Unit: count.';
comment on column marts.interaction.edited_at is 'When its text was last seen changed. Unit: UTC.';
comment on column marts.interaction.hidden is 'True when it is hidden from the public or held for review.';
comment on column marts.interaction.deleted_at is 'When it was seen gone; the row stays. Unit: UTC.';
comment on column marts.interaction.is_own is 'True when the account itself wrote it.';
