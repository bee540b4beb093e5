-- Batches: many releases at once, kept as rows until somebody has read their files.

-- keep_batch --
insert into desk.batch (owner, asked_rows)
values (%(owner)s, %(asked_rows)s)
returning batch_id;

-- keep_rows --
insert into desk.batch_row (owner, batch_id, row_number, conf)
select
    %(owner)s,
    %(batch_id)s,
    r.row_number,
    r.conf
from jsonb_to_recordset(%(rows)s) as r (row_number integer, conf jsonb);

-- keep_row --
-- a row whose job is known already
insert into desk.batch_row (owner, batch_id, row_number, conf, state, job_id)
values (%(owner)s, %(batch_id)s, %(row_number)s, %(conf)s, 'registered', %(job_id)s);

-- read_batch --
select
    b.batch_id,
    b.created_at,
    b.asked_rows,
    count(*) filter (where r.state = 'waiting') as waiting,
    count(*) filter (where r.state = 'registered') as registered,
    count(*) filter (where r.state = 'refused') as refused
from desk.batch as b
left join desk.batch_row as r on b.owner = r.owner and b.batch_id = r.batch_id
where b.batch_id = %(batch_id)s
group by b.owner, b.batch_id;

-- rows_of_batch --
select
    row_number,
    state,
    job_id,
    problems
from desk.batch_row
where batch_id = %(batch_id)s and row_number > %(after)s
order by row_number
limit %(at_most)s;

-- batches_waiting --
select * from desk.batches_waiting();

-- take_row --
update desk.batch_row set taken_at = clock_timestamp()
where
    owner = %(owner)s
    and batch_id = %(batch_id)s
    and row_number = (
        select r.row_number from desk.batch_row as r
        where
            r.batch_id = %(batch_id)s
            and r.state = 'waiting'
            and (r.taken_at is null or r.taken_at < now() - interval '10 minutes')
        order by r.row_number
        limit 1
        for update skip locked
    )
returning row_number, conf;

-- end_row --
update desk.batch_row set state = %(state)s, job_id = %(job_id)s, problems = %(problems)s, taken_at = null
where batch_id = %(batch_id)s and row_number = %(row_number)s and state = 'waiting';

-- give_row_back --
update desk.batch_row set taken_at = null
where batch_id = %(batch_id)s and row_number = %(row_number)s and state = 'waiting';
