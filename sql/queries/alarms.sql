-- What collecting cannot mend by itself.

-- report_files --
-- an owner's accounts, each with its report files that are not read and about to end, or ended since `not_before`; of
-- several files of a day only the one made last is ever read
with newest as (
    select distinct on (f.account_id, f.job_id, f.starts_at)
        f.account_id,
        f.day,
        f.expires_at,
        f.read_at,
        coalesce(f.lost, false) or f.expires_at <= %(now)s as is_lost
    from youtube.report_file as f
    where f.owner = %(owner)s
    order by f.account_id asc, f.job_id asc, f.starts_at asc, f.created_at desc, f.report_id desc
)

select
    a.account_id,
    count(*) filter (where not n.is_lost) as soon,
    min(n.expires_at) filter (where not n.is_lost) as ends_at,
    count(*) filter (where n.is_lost) as lost,
    min(n.day) as first_day,
    max(n.day) as last_day
from desk.account as a
left join newest as n
    on a.account_id = n.account_id and n.read_at is null
    and n.expires_at > %(not_before)s and n.expires_at < %(until)s
where a.owner = %(owner)s and a.platform = 'youtube'
group by a.account_id
order by a.account_id;
