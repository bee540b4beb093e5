-- Reading staging views by their names: what a video's numbers and the JSON files are made of. The views are made anew
-- whenever their files change, so nothing here may depend on them. Everything acts with the rights of who asks.

-- Rows of a staging view (`staging.stg_<platform>__<grain>`) for an account's videos; none while there is no such view.
-- Acts with the rights of who asks.
create function desk.days_of_video(source text, of_account text, of_video text)
returns setof jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass(source) is not null then
        return query execute format(
            'select to_jsonb(s) from %s as s where s.account_id = $1 and s.video_id = $2 order by s.day',
            to_regclass(source)
        ) using of_account, of_video;
    end if;
end
$$;
revoke all on function desk.days_of_video(text, text, text) from public;
grant execute on function desk.days_of_video(text, text, text) to desk_app;

-- Days of an account's videos that were read after a moment and up to another.
create function desk.days_read(source text, of_account text, after timestamptz, until timestamptz)
returns setof date
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass(source) is not null then
        return query execute format(
            'select distinct s.day from %s as s '
            'where s.account_id = $1 and s.collected_at > $2 and s.collected_at <= $3 order by s.day',
            to_regclass(source)
        ) using of_account, after, until;
    end if;
end
$$;
revoke all on function desk.days_read(text, text, timestamptz, timestamptz) from public;
grant execute on function desk.days_read(text, text, timestamptz, timestamptz) to desk_app;

-- The videos of one day that were read in that time, each with the sums of its own days until then: what a video had by
-- the end of a day where the platform does not tell it.
create function desk.videos_read(source text, of_account text, of_day date, after timestamptz, until timestamptz)
returns setof jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass(source) is not null then
        return query execute format(
            'with read as (select * from %1$s as s where s.account_id = $1 and s.day = $2 '
            'and s.collected_at > $3 and s.collected_at <= $4), '
            'sums as (select s.video_id, min(s.day) as sum_first_day, count(*) as sum_days, '
            'sum(s.views) as sum_views, sum(s.likes) as sum_likes, sum(s.comments) as sum_comments, '
            'sum(s.shares) as sum_shares, sum(s.saves) as sum_saves, sum(s.watch_seconds) as sum_watch_seconds, '
            'sum(s.impressions) as sum_impressions, sum(s.impressions * s.click_rate) as sum_clicks '
            'from %1$s as s where s.account_id = $1 and s.day <= $2 '
            'and s.video_id in (select r.video_id from read as r) group by s.video_id) '
            'select to_jsonb(r) || to_jsonb(t) from read as r inner join sums as t on r.video_id = t.video_id',
            to_regclass(source)
        ) using of_account, of_day, after, until;
    end if;
end
$$;
revoke all on function desk.videos_read(text, text, date, timestamptz, timestamptz) from public;
grant execute on function desk.videos_read(text, text, date, timestamptz, timestamptz) to desk_app;

-- The last rows up to a day, of the account's videos: what is told of a video's audience and where it came from.
create function desk.last_of_videos(source text, of_account text, of_day date)
returns setof jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass(source) is not null then
        return query execute format(
            'select to_jsonb(s) from %1$s as s inner join (select l.video_id, max(l.day) as day from %1$s as l '
            'where l.account_id = $1 and l.day <= $2 and l.video_id is not null group by l.video_id) as l '
            'on s.video_id = l.video_id and s.day = l.day where s.account_id = $1',
            to_regclass(source)
        ) using of_account, of_day;
    end if;
end
$$;
revoke all on function desk.last_of_videos(text, text, date) from public;
grant execute on function desk.last_of_videos(text, text, date) to desk_app;
