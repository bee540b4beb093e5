-- Imported files: which video a row is about, what it replaces, and its receipt.

-- own_videos --
-- what we published on a platform: by which a row's title and publish date are matched
select
    p.account_id,
    p.video_id,
    p.url,
    p.published_at,
    coalesce(p.target ->> 'title', r.metadata ->> 'title') as title,
    r.metadata ->> 'title' as release_title,
    coalesce(p.target ->> 'caption', r.metadata ->> 'caption') as caption
from desk.publication as p
inner join desk.release as r on p.release_id = r.release_id
where p.owner = %(owner)s and p.platform = any(%(platforms)s::text[]) and p.video_id is not null;

-- own_releases --
select
    release_id,
    title_id,
    segment,
    age_bucket,
    metadata ->> 'title' as title
from desk.release
where owner = %(owner)s;

-- hold_imports --
select pg_advisory_xact_lock(hashtextextended(%(name)s, 0));

-- begin_receipt --
insert into desk.import_receipt (
    owner, kind, account_id, file_name, sha256, bytes, rows_read, rows_imported, rows_skipped, columns, first_day,
    last_day, rows_replaced, by_whom
)
values (
    %(owner)s, %(kind)s, %(account_id)s, %(file_name)s, %(sha256)s, %(bytes)s, %(rows_read)s, %(rows_imported)s,
    %(rows_skipped)s, %(columns)s, %(first_day)s, %(last_day)s, 0, %(by_whom)s
)
returning import_id;

-- earlier_imports --
-- of the same file, or of days that all lie within the new one's
select import_id
from desk.import_receipt
where
    owner = %(owner)s and kind = %(kind)s and account_id = %(account_id)s
    and (
        sha256 = %(sha256)s
        or (first_day is not null and %(period_known)s and first_day >= %(first_day)s and last_day <= %(last_day)s)
        or (first_day is null and not %(period_known)s and file_name = %(file_name)s)
    );

-- replace_youtube_studio --
delete from market.youtube_studio_row
where owner = %(owner)s and account_id = %(account_id)s and import_id = any(%(import_ids)s::bigint[])
returning day;

-- replace_tiktok_rewards --
delete from market.tiktok_reward
where owner = %(owner)s and account_id = %(account_id)s and import_id = any(%(import_ids)s::bigint[])
returning day;

-- replace_meta_bonus --
delete from market.meta_bonus
where owner = %(owner)s and account_id = %(account_id)s and import_id = any(%(import_ids)s::bigint[])
returning day;

-- replace_tubebuddy --
with words as (
    delete from market.keyword
    where owner = %(owner)s and account_id = %(account_id)s and import_id = any(%(import_ids)s::bigint[])
    returning day
),

videos as (
    delete from market.video_score
    where owner = %(owner)s and account_id = %(account_id)s and import_id = any(%(import_ids)s::bigint[])
    returning day
)

select day from words
union all
select day from videos;

-- replace_costs --
delete from desk.release_cost
where owner = %(owner)s and import_id = any(%(import_ids)s::bigint[])
returning day;

-- end_receipt --
update desk.import_receipt set rows_replaced = %(rows_replaced)s
where import_id = %(import_id)s;

-- keep_cost --
insert into desk.release_cost (
    owner, import_id, row_number, release_id, title_id, title, segment, age_bucket, day, category, amount, currency, note
)
values (
    %(owner)s, %(import_id)s, %(row_number)s, %(release_id)s, %(title_id)s, %(title)s, %(segment)s, %(age_bucket)s,
    %(day)s, %(category)s, %(amount)s, %(currency)s, %(note)s
);

-- receipts --
select *
from desk.import_receipt
where owner = %(owner)s
order by import_id desc
limit %(at_most)s;
