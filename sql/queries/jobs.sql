-- Jobs as the REST API shows them: a release sent to some accounts, and what became of each.

-- list_jobs --
-- the newest first; `before_time` and `before_id` are where the page before ended
with told as (
    select
        j.job_id,
        j.conf,
        j.problems,
        j.summary,
        j.created_at,
        j.ended_at,
        case
            when j.problems <> '[]' then 'failed'
            when count(p.publication_id) = 0 then case when j.ended_at is null then 'pending' else 'completed' end
            when bool_and(p.state = 'published') then 'completed'
            when bool_and(p.state = 'cancelled') then 'cancelled'
            when bool_and(p.state in ('published', 'rejected', 'failed', 'cancelled'))
                then case when bool_or(p.state = 'published') then 'partially_completed' else 'failed' end
            when
                bool_or(
                    p.attempts > 0
                    and p.state in ('planned', 'validated', 'uploading', 'processing', 'finishing')
                )
                then 'retrying'
            when bool_or(p.state in ('validated', 'uploading', 'processing', 'finishing')) then 'processing'
            when bool_or(p.state in ('waiting_quota', 'waiting_account', 'waiting_approval', 'unconfirmed'))
                then 'waiting'
            when bool_or(p.state = 'scheduled') then 'scheduled'
            else 'pending'
        end as status
    from desk.job as j
    left join desk.job_publication as w on j.owner = w.owner and j.job_id = w.job_id
    left join desk.publication as p on w.owner = p.owner and w.publication_id = p.publication_id
    where
        -- what publish_due started is part of the jobs that asked for it
        (not j.of_queue or j.job_id = %(job_id)s)
        and (%(job_id)s::text is null or j.job_id = %(job_id)s)
        and (
            %(before_time)s::timestamptz is null
            or (j.created_at, j.job_id) < (%(before_time)s::timestamptz, %(before_id)s::text)
        )
        and (
            %(platform)s::text is null
            or exists (
                select from desk.job_publication as o
                inner join desk.publication as q on o.owner = q.owner and o.publication_id = q.publication_id
                where o.owner = j.owner and o.job_id = j.job_id and q.platform = %(platform)s
            )
        )
    group by j.owner, j.job_id
)

select * from told
where %(status)s::text is null or status = %(status)s
order by created_at desc, job_id desc
limit %(at_most)s;

-- publications_of_jobs --
select
    w.job_id,
    p.publication_id,
    p.platform,
    p.account_id,
    p.placement,
    p.route,
    p.state,
    p.scheduled_for,
    p.published_at,
    p.video_id,
    p.url,
    p.error,
    p.warnings,
    p.attempts,
    p.next_try_at,
    p.bytes_sent,
    p.bytes_total,
    p.priority,
    p.timezone,
    p.scheduled_local,
    p.version
from desk.publication as p
inner join desk.job_publication as w on p.owner = w.owner and p.publication_id = w.publication_id
where w.job_id = any(%(job_ids)s::text[])
order by w.job_id, p.platform, p.account_id, p.placement;
