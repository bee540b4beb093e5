-- One row for each publication and day, from its first reading on. Lifetimes that were not read on the day are those of
-- the day before: its row is all that is looked at, so a day costs the same however long the history is. Build days in
-- order. A reading from before the publication was out is not ours.
delete from marts.video_daily
where owner = %(owner)s and day = %(day)s::date;

insert into marts.video_daily (
    owner,
    day,
    publication_id,
    release_id,
    title_id,
    segment,
    age_bucket,
    platform,
    account_id,
    placement,
    video_id,
    published_on,
    age_days,
    views_total,
    likes_total,
    comments_total,
    shares_total,
    saves_total,
    reach_total,
    watch_seconds_total,
    views_delta,
    likes_delta,
    comments_delta,
    shares_delta,
    saves_delta,
    reach_delta,
    watch_seconds_delta,
    views_at_day_1,
    views_at_day_7,
    views_at_day_28,
    views,
    engaged_views,
    likes,
    dislikes,
    comments,
    shares,
    saves,
    impressions,
    click_rate,
    watch_seconds,
    average_view_seconds,
    completion_rate,
    followers_gained,
    followers_lost,
    measured,
    measured_on,
    provisional,
    went_down,
    collected_at
)
with read as materialized (
    select
        account_id,
        platform,
        video_id,
        views_total,
        likes_total,
        comments_total,
        shares_total,
        saves_total,
        reach_total,
        watch_seconds_total,
        views,
        engaged_views,
        likes,
        dislikes,
        comments,
        shares,
        saves,
        impressions,
        click_rate,
        watch_seconds,
        average_view_seconds,
        completion_rate,
        followers_gained,
        followers_lost,
        provisional,
        collected_at
    from staging.stg_youtube__video_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        account_id,
        platform,
        video_id,
        views_total,
        likes_total,
        comments_total,
        shares_total,
        saves_total,
        reach_total,
        watch_seconds_total,
        views,
        engaged_views,
        likes,
        dislikes,
        comments,
        shares,
        saves,
        impressions,
        click_rate,
        watch_seconds,
        average_view_seconds,
        completion_rate,
        followers_gained,
        followers_lost,
        provisional,
        collected_at
    from staging.stg_instagram__video_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        account_id,
        platform,
        video_id,
        views_total,
        likes_total,
        comments_total,
        shares_total,
        saves_total,
        reach_total,
        watch_seconds_total,
        views,
        engaged_views,
        likes,
        dislikes,
        comments,
        shares,
        saves,
        impressions,
        click_rate,
        watch_seconds,
        average_view_seconds,
        completion_rate,
        followers_gained,
        followers_lost,
        provisional,
        collected_at
    from staging.stg_facebook__video_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        account_id,
        platform,
        video_id,
        views_total,
        likes_total,
        comments_total,
        shares_total,
        saves_total,
        reach_total,
        watch_seconds_total,
        views,
        engaged_views,
        likes,
        dislikes,
        comments,
        shares,
        saves,
        impressions,
        click_rate,
        watch_seconds,
        average_view_seconds,
        completion_rate,
        followers_gained,
        followers_lost,
        provisional,
        collected_at
    from staging.stg_tiktok__video_daily
    where owner = %(owner)s and day = %(day)s::date
    union all
    select
        account_id,
        platform,
        video_id,
        views_total,
        likes_total,
        comments_total,
        shares_total,
        saves_total,
        reach_total,
        watch_seconds_total,
        views,
        engaged_views,
        likes,
        dislikes,
        comments,
        shares,
        saves,
        impressions,
        click_rate,
        watch_seconds,
        average_view_seconds,
        completion_rate,
        followers_gained,
        followers_lost,
        provisional,
        collected_at
    from staging.stg_linkedin__video_daily
    where owner = %(owner)s and day = %(day)s::date
),

before as materialized (
    select
        publication_id,
        views_at_day_1,
        views_at_day_7,
        views_at_day_28,
        measured_on,
        collected_at,
        views_total,
        likes_total,
        comments_total,
        shares_total,
        saves_total,
        reach_total,
        watch_seconds_total
    from marts.video_daily
    where owner = %(owner)s and day = %(day)s::date - 1
)

select
    p.owner,
    %(day)s::date as day,
    p.publication_id,
    p.release_id,
    r.title_id,
    r.segment,
    r.age_bucket,
    p.platform,
    p.account_id,
    p.placement,
    p.video_id,
    (p.published_at at time zone 'UTC')::date as published_on,
    %(day)s::date - (p.published_at at time zone 'UTC')::date as age_days,
    coalesce(n.views_total, b.views_total) as views_total,
    coalesce(n.likes_total, b.likes_total) as likes_total,
    coalesce(n.comments_total, b.comments_total) as comments_total,
    coalesce(n.shares_total, b.shares_total) as shares_total,
    coalesce(n.saves_total, b.saves_total) as saves_total,
    coalesce(n.reach_total, b.reach_total) as reach_total,
    coalesce(n.watch_seconds_total, b.watch_seconds_total) as watch_seconds_total,
    n.views_total - coalesce(b.views_total, 0) as views_delta,
    n.likes_total - coalesce(b.likes_total, 0) as likes_delta,
    n.comments_total - coalesce(b.comments_total, 0) as comments_delta,
    n.shares_total - coalesce(b.shares_total, 0) as shares_delta,
    n.saves_total - coalesce(b.saves_total, 0) as saves_delta,
    n.reach_total - coalesce(b.reach_total, 0) as reach_delta,
    n.watch_seconds_total - coalesce(b.watch_seconds_total, 0) as watch_seconds_delta,
    case
        when %(day)s::date - (p.published_at at time zone 'UTC')::date <= 1 then coalesce(n.views_total, b.views_total)
        else b.views_at_day_1
    end as views_at_day_1,
    case
        when %(day)s::date - (p.published_at at time zone 'UTC')::date <= 7 then coalesce(n.views_total, b.views_total)
        else b.views_at_day_7
    end as views_at_day_7,
    case
        when %(day)s::date - (p.published_at at time zone 'UTC')::date <= 28 then coalesce(n.views_total, b.views_total)
        else b.views_at_day_28
    end as views_at_day_28,
    n.views,
    n.engaged_views,
    n.likes,
    n.dislikes,
    n.comments,
    n.shares,
    n.saves,
    n.impressions,
    n.click_rate,
    n.watch_seconds,
    n.average_view_seconds,
    n.completion_rate,
    n.followers_gained,
    n.followers_lost,
    num_nonnulls(n.views_total, n.likes_total, n.comments_total, n.shares_total, n.saves_total, n.reach_total, n.watch_seconds_total) > 0 as measured,
    case
        when
            num_nonnulls(
                n.views_total, n.likes_total, n.comments_total, n.shares_total, n.saves_total, n.reach_total, n.watch_seconds_total
            ) > 0 then %(day)s::date
        else b.measured_on
    end as measured_on,
    coalesce(n.provisional, true) as provisional,
    array_remove(
        array[
            case when n.views_total < b.views_total then 'views' end,
            case when n.likes_total < b.likes_total then 'likes' end,
            case when n.comments_total < b.comments_total then 'comments' end,
            case when n.shares_total < b.shares_total then 'shares' end,
            case when n.saves_total < b.saves_total then 'saves' end,
            case when n.reach_total < b.reach_total then 'reach' end,
            case when n.watch_seconds_total < b.watch_seconds_total then 'watch_seconds' end
        ], null
    ) as went_down,
    coalesce(n.collected_at, b.collected_at) as collected_at
from desk.publication as p
inner join desk.release as r on p.owner = r.owner and p.release_id = r.release_id
left join read as n
    on p.account_id = n.account_id and p.platform = n.platform and p.video_id = n.video_id
left join before as b on p.publication_id = b.publication_id
where
    p.owner = %(owner)s and p.state = 'published' and p.video_id is not null and p.published_at is not null
    and %(day)s::date >= (p.published_at at time zone 'UTC')::date - 1
    and (n.video_id is not null or b.publication_id is not null);
