-- What people bring in files, what others say about our channels, costs, and what was done to comments.
-- Tables of the schema market are collected tables (see 0012_collecting.sql): owner, account, key, collected_at, extra.

-- one row for each `./desk import`: what came of it, and what it replaced
create table desk.import_receipt (
    import_id bigint generated always as identity primary key,
    owner text not null,
    kind text not null, -- youtube_studio, tiktok_rewards, meta_bonus, tubebuddy, vidiq, costs
    account_id text not null, -- '' where the file is about no account
    file_name text not null,
    sha256 text not null,
    bytes bigint not null,
    rows_read integer not null,
    rows_imported integer not null,
    rows_skipped jsonb not null, -- [{row, line, reason}]
    columns jsonb not null, -- their name → ours
    first_day date, -- the days the rows are about
    last_day date,
    rows_replaced integer not null, -- rows of earlier imports that went because of this one
    imported_at timestamptz not null default clock_timestamp(),
    by_whom text not null default '' -- who did it, where somebody was named
);
comment on table desk.import_receipt is 'Every file that was imported: its rows, columns, days, and what it replaced.';
create index import_receipt_by_owner on desk.import_receipt (owner, kind, account_id, import_id desc);

-- what a release cost, from files of costs
create table desk.release_cost (
    owner text not null,
    import_id bigint not null,
    row_number integer not null, -- of the file, below its header
    release_id uuid, -- null: no release of this name (yet)
    title_id text,
    title text,
    segment text,
    age_bucket text,
    day date,
    category text,
    amount numeric not null,
    currency text,
    note text,
    primary key (owner, import_id, row_number),
    foreign key (owner, release_id) references desk.release (owner, release_id)
);
comment on table desk.release_cost is 'What releases cost, row by row of the files of costs.';
create index release_cost_by_release on desk.release_cost (owner, release_id);

-- what was done to a comment on a platform, written down before and after: the table of who moderated what
create table desk.comment_act (
    act_id bigint generated always as identity primary key,
    owner text not null,
    account_id text not null,
    platform text not null,
    comment_id text not null,
    video_id text,
    action text not null check (action in ('reply', 'hide', 'unhide', 'hold', 'reject', 'delete')),
    text text, -- of a reply
    text_sha256 text, -- of a reply: the same words to the same comment are one reply
    who text not null, -- the user who asked for it
    begun_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    -- begun: no answer yet · done: the platform did it · nothing: nothing was done
    -- unknown: the answer was lost · found: a later look found the reply
    outcome text not null default 'begun' check (outcome in ('begun', 'done', 'nothing', 'unknown', 'found')),
    reply_id text,
    error jsonb,
    foreign key (owner, account_id) references desk.account on delete cascade
);
comment on table desk.comment_act is 'What was done to comments on the platforms, by whom, and what came of it.';
create unique index comment_act_one_reply on desk.comment_act (owner, account_id, comment_id, text_sha256)
where action = 'reply' and outcome <> 'nothing';
create index comment_act_by_comment on desk.comment_act (owner, account_id, comment_id, act_id desc);

do $$
declare
    name text;
begin
    foreach name in array array['import_receipt', 'release_cost', 'comment_act'] loop
        execute format('alter table desk.%I enable row level security', name);
        execute format('alter table desk.%I force row level security', name);
        execute format(
            'create policy own_rows on desk.%I to desk_app '
            'using (owner = desk.asking_owner()) with check (owner = desk.asking_owner())', name
        );
        execute format('grant select, insert, update, delete on desk.%I to desk_app', name);
    end loop;
end
$$;

create table market.youtube_studio_row (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    first_day date not null,
    day date not null,
    title text,
    published_on date,
    matched text not null,
    duration_seconds numeric,
    views bigint,
    watch_seconds numeric,
    average_view_seconds numeric,
    average_percentage numeric,
    likes bigint,
    dislikes bigint,
    comments bigint,
    shares bigint,
    subscribers bigint,
    subscribers_gained bigint,
    subscribers_lost bigint,
    impressions bigint,
    click_rate numeric,
    currency text,
    estimated_revenue numeric,
    ad_revenue numeric,
    premium_revenue numeric,
    gross_revenue numeric,
    cpm numeric,
    playback_cpm numeric,
    rpm numeric,
    monetized_playbacks bigint,
    ad_impressions bigint,
    period_known boolean not null,
    import_id bigint not null,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, first_day)
);

create table market.tiktok_reward (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    first_day date not null,
    day date not null,
    country text not null default '',
    title text,
    published_on date,
    matched text not null,
    currency text,
    rewards numeric,
    additional_rewards numeric,
    qualified_views bigint,
    views bigint,
    rpm numeric,
    period_known boolean not null,
    import_id bigint not null,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, first_day, country)
);

create table market.meta_bonus (
    owner text not null,
    account_id text not null,
    video_id text not null default '',
    first_day date not null,
    day date not null,
    program text not null default '',
    platform text not null,
    title text,
    published_on date,
    matched text not null,
    currency text,
    amount numeric,
    plays bigint,
    period_known boolean not null,
    import_id bigint not null,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, video_id, day, first_day, program)
);

create table market.keyword (
    owner text not null,
    account_id text not null,
    source text not null,
    day date not null,
    keyword text not null,
    country text not null default '',
    language text,
    search_volume numeric,
    competition numeric,
    overall_score numeric,
    unweighted_score numeric,
    optimization numeric,
    monthly_searches numeric,
    video_count bigint,
    rank bigint,
    video_id text,
    import_id bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, source, day, keyword, country)
);

create table market.video_score (
    owner text not null,
    account_id text not null,
    source text not null,
    day date not null,
    video_id text not null,
    title text,
    published_on date,
    matched text not null,
    seo_score numeric,
    overall_score numeric,
    views_per_hour numeric,
    best_practices numeric,
    tags text,
    rank bigint,
    import_id bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, source, day, video_id)
);

create table market.channel (
    owner text not null,
    account_id text not null,
    source text not null,
    day date not null,
    channel_id text,
    title text,
    country text,
    channel_type text,
    grade text,
    followers bigint,
    views bigint,
    uploads bigint,
    following bigint,
    likes bigint,
    engagement_rate numeric,
    rank bigint,
    rank_followers bigint,
    rank_views bigint,
    rank_country bigint,
    rank_channel_type bigint,
    followers_gained_30 bigint,
    views_gained_30 bigint,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, source, day)
);

create table market.channel_daily (
    owner text not null,
    account_id text not null,
    source text not null,
    day date not null,
    followers bigint,
    views bigint,
    uploads bigint,
    following bigint,
    likes bigint,
    average_likes numeric,
    average_comments numeric,
    collected_at timestamptz not null,
    extra jsonb not null default '{}',
    primary key (owner, account_id, source, day)
);

call desk.collect_into('market.youtube_studio_row');
call desk.collect_into('market.tiktok_reward');
call desk.collect_into('market.meta_bonus');
call desk.collect_into('market.keyword');
call desk.collect_into('market.video_score');
call desk.collect_into('market.channel');
call desk.collect_into('market.channel_daily');

-- Meaning. Unit. Source. Lag: from these comments docs/data.md is made.
comment on table market.youtube_studio_row is 'YouTube Studio tables that a person exported and imported, by video and period.';
comment on table market.tiktok_reward is 'TikTok Creator Rewards from imported files, by video and period; TikTok has no API for them.';
comment on table market.meta_bonus is 'Instagram and Facebook bonuses from imported files, by program and period; there is no API for them.';
comment on table market.keyword is 'Keywords as TubeBuddy or vidIQ judge them.';
comment on table market.video_score is 'Videos as TubeBuddy or vidIQ judge them.';
comment on table market.channel is 'What Social Blade or vidIQ said of a channel of ours on a day: totals, ranks, growth.';
comment on table market.channel_daily is 'The history of a channel by day, as Social Blade or vidIQ keep it.';

do $$
declare
    told text;
    spoken record;
    meanings jsonb := '{
        "owner": "Whose it is. Unit: user name. Source: ours. Lag: none.",
        "account_id": "The account it is about, empty where none was named. Unit: our name. Source: --account, or the only one. Lag: none.",
        "video_id": "The video it is about; empty: the account as a whole; title~… where the file has no id and no video of ours fits. Unit: id. Source: file. Lag: none.",
        "first_day": "First day of the period; equal to day for one day. Unit: day. Source: file. Lag: none.",
        "day": "The day, or the last day of the period. Unit: day in the dashboard''s zone. Source: file or answer. Lag: none.",
        "country": "Country, empty where none is told. Unit: ISO code or name. Source: file or answer. Lag: none.",
        "title": "The title as it was told. Unit: text. Source: file or answer. Lag: none.",
        "published_on": "The day of publication as it was told. Unit: day. Source: file. Lag: none.",
        "matched": "How the video was found: id, title (and publish date), none (kept as one we did not publish), account. Unit: word. Source: ours. Lag: none.",
        "duration_seconds": "Length of the video. Unit: seconds. Source: file. Lag: none.",
        "views": "Views in the period, of channels: lifetime. Unit: count. Source: file or answer. Lag: 2 days.",
        "watch_seconds": "Watch time in the period. Unit: seconds (the file has hours). Source: file. Lag: 2 days.",
        "average_view_seconds": "Average view duration. Unit: seconds. Source: file. Lag: 2 days.",
        "average_percentage": "Average part of the video that was watched. Unit: share, 1 is all of it. Source: file. Lag: 2 days.",
        "likes": "Likes, of channels: lifetime. Unit: count. Source: file or answer. Lag: 2 days.",
        "dislikes": "Dislikes in the period. Unit: count. Source: file. Lag: 2 days.",
        "comments": "Comments in the period. Unit: count. Source: file. Lag: 2 days.",
        "shares": "Shares in the period. Unit: count. Source: file. Lag: 2 days.",
        "subscribers": "Net new subscribers. Unit: count. Source: file. Lag: 2 days.",
        "subscribers_gained": "New subscribers. Unit: count. Source: file. Lag: 2 days.",
        "subscribers_lost": "Lost subscribers. Unit: count. Source: file. Lag: 2 days.",
        "impressions": "Thumbnail impressions. Unit: count. Source: file. Lag: 2 days.",
        "click_rate": "Click-through rate of impressions. Unit: share 0–1 (the file has percent). Source: file. Lag: 2 days.",
        "currency": "Currency of the money in the row. Unit: ISO 4217 code, null where the file tells none. Source: column, header or sign. Lag: none.",
        "estimated_revenue": "Estimated net revenue in the period. Unit: currency. Source: file. Lag: 2 days, final after the month.",
        "ad_revenue": "Of it from ads. Unit: currency. Source: file. Lag: 2 days.",
        "premium_revenue": "Of it from YouTube Premium. Unit: currency. Source: file. Lag: 2 days.",
        "gross_revenue": "Gross revenue before YouTube''s share. Unit: currency. Source: file. Lag: 2 days.",
        "cpm": "What advertisers pay for 1,000 ad impressions. Unit: currency. Source: file. Lag: 2 days.",
        "playback_cpm": "What advertisers pay for 1,000 monetised playbacks. Unit: currency. Source: file. Lag: 2 days.",
        "rpm": "Revenue per 1,000 views. Unit: currency. Source: file. Lag: 2 days.",
        "monetized_playbacks": "Playbacks with an ad. Unit: count. Source: file. Lag: 2 days.",
        "ad_impressions": "Ads shown. Unit: count. Source: file. Lag: 2 days.",
        "period_known": "False where the file names no day: it is then that of the import, and no revenue is counted by day. Unit: yes or no. Source: ours. Lag: none.",
        "import_id": "Which import brought it. Unit: number in desk.import_receipt. Source: ours. Lag: none.",
        "collected_at": "When we got it. Unit: time. Source: ours. Lag: none.",
        "extra": "Columns and fields we do not know. Unit: as told. Source: file or answer. Lag: none.",
        "rewards": "Estimated rewards. Unit: currency. Source: file. Lag: 2 days, may still change.",
        "additional_rewards": "Additional rewards. Unit: currency. Source: file. Lag: 2 days.",
        "qualified_views": "Views that count for rewards. Unit: count. Source: file. Lag: 2 days.",
        "program": "The bonus or earning source. Unit: text. Source: file. Lag: none.",
        "platform": "instagram or facebook. Unit: name. Source: file or account. Lag: none.",
        "amount": "Earned in the period. Unit: currency. Source: file. Lag: 2 days.",
        "plays": "Plays that count for the bonus. Unit: count. Source: file. Lag: 2 days.",
        "source": "Who says so: tubebuddy, vidiq or social_blade. Unit: name. Source: ours. Lag: none.",
        "keyword": "The keyword. Unit: text. Source: file. Lag: none.",
        "language": "Language of the keyword. Unit: as told. Source: file. Lag: none.",
        "search_volume": "How often it is searched. Unit: 0–100, grades in words by our own table. Source: file. Lag: the vendor''s.",
        "competition": "How many videos compete for it. Unit: 0–100. Source: file. Lag: the vendor''s.",
        "overall_score": "The vendor''s score. Unit: 0–100. Source: file. Lag: the vendor''s.",
        "unweighted_score": "The score without regard to the channel. Unit: 0–100. Source: file. Lag: the vendor''s.",
        "optimization": "How well the results are optimised for it. Unit: 0–100. Source: file. Lag: the vendor''s.",
        "monthly_searches": "Searches a month, estimated. Unit: count. Source: file. Lag: the vendor''s.",
        "video_count": "Videos found for it. Unit: count. Source: file. Lag: the vendor''s.",
        "rank": "Place: of our video for a keyword; of the channel, Social Blade''s own rank. Unit: 1 is the first. Source: file or answer. Lag: the vendor''s.",
        "seo_score": "The vendor''s score of titles, tags and description. Unit: as told. Source: file. Lag: the vendor''s.",
        "views_per_hour": "Views per hour. Unit: count. Source: file. Lag: the vendor''s.",
        "best_practices": "The vendor''s best-practice score. Unit: as told. Source: file. Lag: the vendor''s.",
        "tags": "Tags of the video. Unit: text. Source: file. Lag: none.",
        "channel_id": "The channel''s id there. Unit: id. Source: answer data.id. Lag: none.",
        "channel_type": "The kind of channel. Unit: text. Source: answer general.channel_type. Lag: the vendor''s.",
        "grade": "Social Blade''s grade. Unit: A++ to D-. Source: answer misc.grade. Lag: 1 day.",
        "followers": "Followers or subscribers, lifetime. Unit: count. Source: answer statistics.total or daily. Lag: 1 day.",
        "uploads": "Posts there are. Unit: count. Source: answer. Lag: 1 day.",
        "following": "Accounts it follows. Unit: count. Source: answer. Lag: 1 day.",
        "engagement_rate": "Engagement rate as told. Unit: as told. Source: answer statistics.total. Lag: 1 day.",
        "rank_followers": "Rank by followers. Unit: 1 is the first. Source: answer ranks.subscribers. Lag: 1 day.",
        "rank_views": "Rank by views. Unit: 1 is the first. Source: answer ranks.views. Lag: 1 day.",
        "rank_country": "Rank in its country. Unit: 1 is the first. Source: answer ranks.country. Lag: 1 day.",
        "rank_channel_type": "Rank among its kind. Unit: 1 is the first. Source: answer ranks.channel_type. Lag: 1 day.",
        "followers_gained_30": "Followers gained in 30 days. Unit: count. Source: answer statistics.growth. Lag: 1 day.",
        "views_gained_30": "Views gained in 30 days. Unit: count. Source: answer statistics.growth. Lag: 1 day.",
        "average_likes": "Likes per post. Unit: count. Source: answer daily. Lag: 1 day.",
        "average_comments": "Comments per post. Unit: count. Source: answer daily. Lag: 1 day."
    }';
begin
    for spoken in
        select c.table_name, c.column_name from information_schema.columns as c where c.table_schema = 'market'
    loop
        told := meanings ->> spoken.column_name;
        if told is null then
            raise exception 'market.%.% has no meaning', spoken.table_name, spoken.column_name;
        end if;
        execute format('comment on column market.%I.%I is %L', spoken.table_name, spoken.column_name, told);
    end loop;
end
$$;

-- Deletes what was collected of an account in these schemas, with the rights of who asks: row-level security stays in
-- force. Tables are found by their columns, so that a new one cannot be forgotten. Returns how many rows went, and which
-- days they were of.
create function desk.forget_account(schemas text[], of_account text, out rows_gone bigint, out days date[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    target record;
    gone bigint;
    of_days date[];
begin
    rows_gone := 0;
    days := '{}';
    for target in
        select
            format('%I.%I', n.nspname, c.relname) as name,
            exists (
                select from pg_attribute as d
                where d.attrelid = c.oid and d.attname = 'day' and d.atttypid = 'date'::regtype and not d.attisdropped
            ) as by_day
        from pg_class as c
        inner join pg_namespace as n on c.relnamespace = n.oid
        where
            n.nspname = any(schemas) and n.nspname <> 'desk' and c.relkind in ('r', 'p') and not c.relispartition
            and (
                select count(*) from pg_attribute as a
                where a.attrelid = c.oid and a.attname in ('owner', 'account_id') and not a.attisdropped
            ) = 2
        order by 1
    loop
        execute format(
            'with gone as (delete from %s where account_id = $1 returning %s as day) '
            'select count(*), coalesce(array_agg(distinct day) filter (where day is not null), ''{}'') from gone',
            target.name, case when target.by_day then 'day' else 'null::date' end
        ) into gone, of_days using of_account;
        rows_gone := rows_gone + gone;
        days := (select array_agg(distinct d order by d) from unnest(days || of_days) as u (d));
    end loop;
    days := coalesce(days, '{}');
end
$$;
revoke all on function desk.forget_account(text[], text) from public;
grant execute on function desk.forget_account(text[], text) to desk_app;

-- Deletes rows of these schemas that were collected before a moment; as above.
create function desk.forget_older(schemas text[], before timestamptz, out rows_gone bigint, out days date[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    target record;
    gone bigint;
    of_days date[];
begin
    rows_gone := 0;
    days := '{}';
    for target in
        select
            format('%I.%I', n.nspname, c.relname) as name,
            exists (
                select from pg_attribute as d
                where d.attrelid = c.oid and d.attname = 'day' and d.atttypid = 'date'::regtype and not d.attisdropped
            ) as by_day
        from pg_class as c
        inner join pg_namespace as n on c.relnamespace = n.oid
        where
            n.nspname = any(schemas) and n.nspname <> 'desk' and c.relkind in ('r', 'p') and not c.relispartition
            and (
                select count(*) from pg_attribute as a
                where a.attrelid = c.oid and a.attname in ('owner', 'collected_at') and not a.attisdropped
            ) = 2
        order by 1
    loop
        execute format(
            'with gone as (delete from %s where collected_at < $1 returning %s as day) '
            'select count(*), coalesce(array_agg(distinct day) filter (where day is not null), ''{}'') from gone',
            target.name, case when target.by_day then 'day' else 'null::date' end
        ) into gone, of_days using before;
        rows_gone := rows_gone + gone;
        days := (select array_agg(distinct d order by d) from unnest(days || of_days) as u (d));
    end loop;
    days := coalesce(days, '{}');
end
$$;
revoke all on function desk.forget_older(text[], timestamptz) from public;
grant execute on function desk.forget_older(text[], timestamptz) to desk_app;

-- Owners that have an account on a platform, connected or not: who is cleaned up after. Names only.
create function desk.owners_on(of_platform text) returns table (owner text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct a.owner
    from desk.account as a
    where a.platform = of_platform
    order by a.owner;
end;
grant create on schema desk to desk_dispatch;
alter function desk.owners_on(text) owner to desk_dispatch;
revoke create on schema desk from desk_dispatch;
revoke all on function desk.owners_on(text) from public;
grant execute on function desk.owners_on(text) to desk_app;
