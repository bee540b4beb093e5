-- Releases, jobs and their publications.

-- keep_release --
-- the same video of the same title is the same release, however often it is triggered
insert into desk.release (
    owner, segment, age_bucket, title_id, export_root, video_sha256, video_bytes, video_fingerprint, metadata, facts
)
values (
    %(owner)s, %(segment)s, %(age_bucket)s, %(title_id)s, %(export_root)s, %(video_sha256)s, %(video_bytes)s,
    %(video_fingerprint)s, %(metadata)s, %(facts)s
)
on conflict (owner, segment, age_bucket, title_id, video_sha256) do update set
    export_root = excluded.export_root,
    video_fingerprint = excluded.video_fingerprint,
    metadata = excluded.metadata,
    facts = excluded.facts,
    updated_at = now()
returning release_id;

-- read_release --
select * from desk.release
where release_id = %(release_id)s;

-- keep_job --
insert into desk.job (owner, job_id, release_id, conf, problems)
values (%(owner)s, %(job_id)s, %(release_id)s, %(conf)s, %(problems)s)
on conflict (owner, job_id) do update set release_id = excluded.release_id, problems = excluded.problems
returning job_id;

-- end_job --
update desk.job set summary = %(summary)s, ended_at = now()
where job_id = %(job_id)s;

-- read_job --
select * from desk.job
where job_id = %(job_id)s;

-- keep_publication --
-- one release on one account in one placement: a second trigger gets the first one's row, unchanged
with added as (
    insert into desk.publication (
        owner, release_id, account_id, platform, placement, route, target, scheduled_for, scheduled_local, timezone,
        priority, max_retries, bytes_total, asks
    )
    values (
        %(owner)s, %(release_id)s, %(account_id)s, %(platform)s, %(placement)s, %(route)s, %(target)s,
        %(scheduled_for)s, %(scheduled_local)s, %(timezone)s, %(priority)s, %(max_retries)s, %(bytes_total)s, %(asks)s
    )
    on conflict (release_id, account_id, placement) do nothing
    returning publication_id
)

select
    publication_id,
    true as added
from added
union all
select
    publication_id,
    false as added
from desk.publication
where release_id = %(release_id)s and account_id = %(account_id)s and placement = %(placement)s
limit 1;

-- join_job --
insert into desk.job_publication (owner, job_id, publication_id)
values (%(owner)s, %(job_id)s, %(publication_id)s)
on conflict do nothing;

-- publications_of_job --
select p.* from desk.publication as p
inner join desk.job_publication as j on p.owner = j.owner and p.publication_id = j.publication_id
where j.job_id = %(job_id)s
order by p.platform, p.account_id, p.placement;

-- list_publications --
select
    p.*,
    r.segment,
    r.age_bucket,
    r.title_id
from desk.publication as p
inner join desk.release as r on p.release_id = r.release_id
where
    (%(state)s::text is null or p.state::text = %(state)s)
    and (%(platform)s::text is null or p.platform = %(platform)s)
order by p.created_at desc, p.publication_id asc
limit %(at_most)s;

-- see_landed --
-- a triple that looks different from last time begins its quiet time anew
insert into desk.landed_export as l (owner, segment, age_bucket, title_id, fingerprint)
values (%(owner)s, %(segment)s, %(age_bucket)s, %(title_id)s, %(fingerprint)s)
on conflict (owner, segment, age_bucket, title_id) do update set
    fingerprint = excluded.fingerprint,
    since = now(),
    job_id = null
where l.fingerprint <> excluded.fingerprint;

-- landed --
select
    segment,
    age_bucket,
    title_id,
    fingerprint,
    job_id,
    since < now() - make_interval(secs => %(quiet_seconds)s) as is_quiet
from desk.landed_export;

-- start_landed --
update desk.landed_export set job_id = %(job_id)s
where
    segment = %(segment)s
    and age_bucket = %(age_bucket)s
    and title_id = %(title_id)s
    and fingerprint = %(fingerprint)s;

-- siblings --
-- the publications of a release on one platform, the oldest first
select publication_id from desk.publication
where release_id = %(release_id)s and platform = %(platform)s
order by created_at, account_id, placement;
