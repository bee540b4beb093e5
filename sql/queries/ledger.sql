-- The publication ledger. Whoever writes names its claim; a writer whose claim is no longer the newest changes nothing.

-- try_lock --
-- a session's lock: the server frees it the moment the holder's connection ends, however it ended
select pg_try_advisory_lock(hashtextextended(%(publication_id)s, 0));

-- claim_publication --
update desk.publication set claim = gen_random_uuid()
where publication_id = %(publication_id)s
returning *;

-- read_publication --
select * from desk.publication
where publication_id = %(publication_id)s;

-- move_publication --
-- changes the state and writes the move down; no row: the claim is lost or the move is not allowed from here
with before as (
    select
        publication_id,
        state
    from desk.publication
    where
        publication_id = %(publication_id)s
        and claim = %(claim)s
        and state::text = any(%(allowed_from)s)
    for update
),

moved as (
    update desk.publication as p set
        state = %(to_state)s::desk.publication_state,
        error = %(error)s,
        attempts = coalesce(%(attempts)s, p.attempts),
        next_try_at = %(next_try_at)s,
        video_id = coalesce(%(video_id)s, p.video_id),
        url = coalesce(%(url)s, p.url),
        warnings = coalesce(%(warnings)s, p.warnings),
        published_at = case
            when %(to_state)s = 'published' then coalesce(p.published_at, now()) else p.published_at
        end,
        -- what waits long leaves its run: include/publishing/taking.py, LONGEST_STAY and LONGEST_STAY_OF_THE_QUEUES
        queued_at = case
            when
                %(queued)s
                or (
                    %(to_state)s in ('scheduled', 'waiting_quota', 'waiting_account')
                    and %(next_try_at)s::timestamptz > now() + case
                        when exists (
                            select from desk.queue_run as q
                            where q.owner = p.owner and q.publication_id = p.publication_id and q.ended_at is null
                        )
                            then interval '15 seconds'
                        else interval '10 minutes'
                    end
                )
                then now()
        end,
        version = p.version + 1,
        updated_at = now()
    from before
    where p.publication_id = before.publication_id
    returning p.owner, p.publication_id, before.state as from_state, p.state as to_state, p.error
)

insert into desk.move (owner, publication_id, from_state, to_state, error)
select
    owner,
    publication_id,
    from_state,
    to_state,
    error
from moved
returning move_id;

-- plan_publication --
-- another time or priority, or a place in the queue; null leaves a column as it is
update desk.publication set
    scheduled_for = coalesce(%(scheduled_for)s::timestamptz, scheduled_for),
    scheduled_local = coalesce(%(scheduled_local)s::timestamp, scheduled_local),
    timezone = coalesce(%(timezone)s, timezone),
    priority = coalesce(%(priority)s::smallint, priority),
    next_try_at = coalesce(%(next_try_at)s::timestamptz, next_try_at),
    queued_at = case when %(next_try_at)s::timestamptz is null then queued_at else now() end,
    version = version + 1,
    updated_at = now()
where publication_id = %(publication_id)s and claim = %(claim)s
returning publication_id;

-- ask_first --
-- a later run of the same release wants a person's yes, too; one that was begun had it, or needed none
update desk.publication set asks = true, version = version + 1
where publication_id = %(publication_id)s and state = 'planned' and not asks;

-- take_route --
-- nothing of it is, or may be, on the route it was on: the ledger has no step whose outcome is open or good
update desk.publication as p set route = %(route)s, note = null, bytes_sent = 0
where
    p.publication_id = %(publication_id)s
    and p.claim = %(claim)s
    and p.route <> %(route)s
    and not exists (
        select from desk.ledger as l
        where l.publication_id = p.publication_id and l.outcome <> 'nothing'
    )
returning p.publication_id;

-- save_note --
update desk.publication set note = %(note)s, updated_at = now()
where publication_id = %(publication_id)s and claim = %(claim)s
returning publication_id;

-- forget_upload --
-- the platform has nothing of it: earlier entries stay, but no longer count as sent
with forgotten as (
    update desk.publication set note = null, bytes_sent = 0, updated_at = now()
    where publication_id = %(publication_id)s and claim = %(claim)s
    returning publication_id
),

entries as (
    update desk.ledger as l set outcome = 'nothing'
    from forgotten
    where l.publication_id = forgotten.publication_id and l.step = 'upload'
)

select publication_id from forgotten;

-- count_bytes --
-- for people who watch; the platform's own count decides
update desk.publication set bytes_sent = %(bytes_sent)s, bytes_total = %(bytes_total)s, updated_at = now()
where publication_id = %(publication_id)s and claim = %(claim)s
returning publication_id;

-- begin_entry --
insert into desk.ledger (owner, publication_id, step)
select
    owner,
    publication_id,
    %(step)s
from desk.publication
where publication_id = %(publication_id)s and claim = %(claim)s
returning entry_id;

-- end_entry --
update desk.ledger as l set
    ended_at = clock_timestamp(),
    outcome = %(outcome)s,
    answer = %(answer)s,
    error = %(error)s
from desk.publication as p
where
    l.entry_id = %(entry_id)s
    and p.publication_id = l.publication_id
    and p.claim = %(claim)s
returning
    l.entry_id,
    l.step;

-- settle_open_entries --
-- a look at the platform answered what earlier tries of this step left
update desk.ledger set ended_at = clock_timestamp(), outcome = %(outcome)s, answer = %(answer)s
where publication_id = %(publication_id)s and step = %(step)s and outcome in ('begun', 'unknown')
returning entry_id;

-- outcomes --
-- how far each step ever came, and when
select
    step,
    outcome,
    max(ended_at) as ended_at
from desk.ledger
where publication_id = %(publication_id)s
group by step, outcome;

-- list_entries --
select * from desk.ledger
where publication_id = %(publication_id)s
order by entry_id;

-- list_moves --
select * from desk.move
where publication_id = %(publication_id)s
order by move_id;

-- log_call --
insert into desk.call_log (
    owner, account_id, publication_id, at, platform, endpoint, method, status, duration_ms, request_id, quota_cost, error
)
values (
    %(owner)s, %(account_id)s, %(publication_id)s, %(at)s, %(platform)s, %(endpoint)s, %(method)s, %(status)s,
    %(duration_ms)s, %(request_id)s, %(quota_cost)s, %(error)s
);

-- list_calls --
select * from desk.call_log
where publication_id = %(publication_id)s
order by call_id;

-- publications_standing_still --
-- across owners, ids only
select
    owner,
    publication_id,
    state::text as state
from desk.publications_standing_still(%(since)s);

-- forget_calls --
select desk.forget_calls(%(before)s);

-- notes_to_rekey --
select
    publication_id,
    note
from desk.publication
where
    substring(note from 2 for 8) <> %(key_id)s
    and (%(after_publication_id)s::uuid is null or publication_id > %(after_publication_id)s::uuid)
order by publication_id
limit %(at_most)s
for update skip locked;

-- rekey_note --
-- the same note in a new envelope: neither the claim nor the time of the last change is touched
update desk.publication set note = %(note)s
where publication_id = %(publication_id)s;

-- publications_woken --
-- across owners, ids only; the first is the first to go on
select
    owner,
    publication_id
from desk.publications_woken();

-- woken_before --
-- of one's own account: those that waited for it, in the order they go on; up to the named one
with woken as (
    select
        p.publication_id,
        row_number() over (
            order by
                p.priority desc, coalesce(p.scheduled_for, p.created_at) asc, p.created_at asc, p.publication_id asc
        ) as place
    from desk.publication as p
    inner join desk.publication as mine on p.account_id = mine.account_id
    inner join desk.account as a on p.account_id = a.account_id
    where
        mine.publication_id = %(publication_id)s
        and p.state = 'waiting_account'
        and a.state = 'connected'
        and a.updated_at > p.updated_at
)

select w.publication_id
from woken as w
inner join woken as mine on mine.publication_id = %(publication_id)s
where w.place <= mine.place
order by w.place;
