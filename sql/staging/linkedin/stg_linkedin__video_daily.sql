-- One row per LinkedIn post and day: what the day's last reading showed, and the day's own views of a page's video.
create view staging.stg_linkedin__video_daily with (security_invoker = true) as
select -- noqa: ST06
    'linkedin' as platform,
    r.owner,
    r.account_id,
    r.video_id,
    r.day,
    max(r.views_total) as views_total,
    max(r.likes_total) as likes_total,
    max(r.comments_total) as comments_total,
    max(r.shares_total) as shares_total,
    max(r.saves_total) as saves_total,
    max(r.reach_total) as reach_total,
    max(r.watch_seconds_total) as watch_seconds_total,
    max(r.views) as views,
    null::bigint as engaged_views,
    null::bigint as likes,
    null::bigint as dislikes,
    null::bigint as comments,
    null::bigint as shares,
    null::bigint as saves,
    null::bigint as impressions,
    max(r.clicks_total)::numeric / nullif(max(r.impressions_total), 0) as click_rate,
    max(r.watch_seconds) as watch_seconds,
    max(r.watch_seconds) / nullif(max(r.views), 0) as average_view_seconds,
    null::numeric as completion_rate,
    null::bigint as followers_gained,
    null::bigint as followers_lost,
    coalesce(bool_or(r.provisional), false) as provisional,
    max(r.collected_at) as collected_at
from (
    select *
    from (
        select distinct on (page_post.owner, page_post.account_id, page_post.video_id, page_post.day)
            page_post.owner,
            page_post.account_id,
            page_post.video_id,
            page_post.day,
            null::bigint as views_total,
            page_post.like_count as likes_total,
            page_post.comment_count as comments_total,
            page_post.share_count as shares_total,
            null::bigint as saves_total,
            page_post.unique_impressions_count as reach_total,
            null::numeric as watch_seconds_total,
            null::bigint as views,
            page_post.impression_count as impressions_total,
            page_post.click_count as clicks_total,
            null::numeric as watch_seconds,
            null::boolean as provisional,
            page_post.collected_at
        from linkedin.video_counter as page_post
        order by
            page_post.owner asc, page_post.account_id asc, page_post.video_id asc, page_post.day asc,
            page_post.slot desc
    ) as page_posts
    union all
    select *
    from (
        select distinct on (member_post.owner, member_post.account_id, member_post.video_id, member_post.day)
            member_post.owner,
            member_post.account_id,
            member_post.video_id,
            member_post.day,
            member_post.video_play as views_total,
            member_post.reaction as likes_total,
            member_post.comment as comments_total,
            member_post.reshare as shares_total,
            member_post.post_save as saves_total,
            member_post.members_reached as reach_total,
            member_post.video_watch_time / 1000.0 as watch_seconds_total,
            null::bigint as views,
            member_post.impression as impressions_total,
            member_post.link_clicks as clicks_total,
            null::numeric as watch_seconds,
            null::boolean as provisional,
            member_post.collected_at
        from linkedin.member_post_counter as member_post
        order by
            member_post.owner asc, member_post.account_id asc, member_post.video_id asc, member_post.day asc,
            member_post.slot desc
    ) as member_posts
    union all
    select
        s.owner,
        s.account_id,
        s.video_id,
        s.day,
        s.video_view as views_total,
        null::bigint as likes_total,
        null::bigint as comments_total,
        null::bigint as shares_total,
        null::bigint as saves_total,
        null::bigint as reach_total,
        s.time_watched / 1000.0 as watch_seconds_total,
        null::bigint as views,
        null::bigint as impressions_total,
        null::bigint as clicks_total,
        null::numeric as watch_seconds,
        s.provisional,
        s.collected_at
    from linkedin.video_statistics as s
    union all
    select
        d.owner,
        d.account_id,
        d.video_id,
        d.day,
        null::bigint as views_total,
        null::bigint as likes_total,
        null::bigint as comments_total,
        null::bigint as shares_total,
        null::bigint as saves_total,
        null::bigint as reach_total,
        null::numeric as watch_seconds_total,
        d.video_view as views,
        null::bigint as impressions_total,
        null::bigint as clicks_total,
        d.time_watched / 1000.0 as watch_seconds,
        d.provisional,
        d.collected_at
    from linkedin.video_daily as d
) as r
group by r.owner, r.account_id, r.video_id, r.day;
