-- Limits: token buckets all workers share, what platforms told of them, and who waits for room, in order.

create table desk.bucket (
    owner text not null, -- '*' when all accounts of an app share it
    platform text not null,
    bucket text not null, -- a name of `quotas` in config/distribution.yaml; 'calls': what Meta's headers tell
    scope text not null, -- the app's id or the account's id
    tokens double precision, -- what was in it at filled_at; null: full, or a bucket that counts in desk.quota
    filled_at timestamptz not null default clock_timestamp(),
    told_used integer, -- what the platform itself counted, where it tells
    told_limit integer,
    told_at timestamptz, -- when it was asked
    shut_until timestamptz, -- the platform refused such calls until then
    shut_why text,
    primary key (owner, platform, bucket, scope)
);
comment on table desk.bucket is 'Token buckets, and what the platforms told of a limit; the lock of every decision.';

create table desk.bucket_line (
    owner text not null,
    platform text not null,
    bucket text not null,
    scope text not null,
    ticket bigint not null, -- stands for a publication and names none: the line of an app is everybody's
    rank smallint not null, -- 8 to 10: before those that wait already; 0: behind them
    since timestamptz not null default clock_timestamp(),
    until timestamptz not null, -- when its turn comes
    cost integer not null,
    primary key (owner, platform, bucket, scope, ticket)
);
comment on table desk.bucket_line is 'Publications that wait for room in a bucket, in the order they get it.';

-- reads may have to wait while publishing goes on
alter table desk.quota_pause add column reads_until timestamptz, add column reads_why text;

do $$
declare
    name text;
begin
    foreach name in array array['bucket', 'bucket_line'] loop
        execute format('alter table desk.%I enable row level security', name);
        execute format('alter table desk.%I force row level security', name);
        execute format(
            'create policy own_rows on desk.%I to desk_app '
            'using (owner = desk.asking_owner()) with check (owner = desk.asking_owner())', name
        );
        execute format(
            'create policy shared_rows on desk.%I to desk_app using (owner = ''*'') with check (owner = ''*'')', name
        );
        execute format('grant select, insert, update, delete on desk.%I to desk_app', name);
    end loop;
end
$$;

-- The decision about one call: all its buckets give, or none does. `wants` are sorted by their names, so that two
-- calls never wait for each other. Each want: owner, platform, bucket, scope, kind, cost, at_most, kept (a share), and
--   tokens: capacity, rate (a second), hasty · day: began, ends · rolling: span (seconds)
-- Returns an answer for each want: granted, reason (shut, limit, line, kept, pause), until, why, ahead, at_most, mark.
-- Acts with the rights of who asks: row-level security stays in force.
create function desk.take(
    whose text, of_platform text, of_account text, of_app text, wants jsonb, reading boolean,
    my_ticket bigint, my_rank integer, at_time timestamptz
) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    lease constant interval := '10 minutes'; -- a call under way counts as made then, until it is answered
    patience constant interval := '2 minutes'; -- who does not come for its turn by then has lost it
    told_for constant interval := '10 minutes'; -- how long the platform's own count is taken for the truth
    look_again constant interval := '5 minutes'; -- when the platform's count decides, nobody knows when it falls
    tiny constant float8 := 1e-6;
    moment timestamptz := coalesce(at_time, clock_timestamp());
    pause record;
    w jsonb;
    whom text;
    which text;
    whose_scope text;
    kind text;
    in_line integer;
    someone_waits bool := false;
    b desk.bucket;
    answers jsonb := '[]';
    granted boolean := true;
    ok boolean;
    levels float8[] := '{}';
    newest timestamptz[] := '{}';
    marks timestamptz[];
    cost float8;
    at_most float8;
    level float8;
    kept float8;
    ahead float8;
    counted integer;
    told boolean;
    free_at timestamptz;
    my_since timestamptz;
    over integer;
    mark timestamptz;
    place integer := 0;
begin
    select x.until, x.why into pause
    from (
        select p.until, p.why from desk.quota_pause as p
        where p.platform = of_platform
            and ((p.owner = whose and p.scope = of_account) or (p.owner = '*' and p.scope = of_app))
        union all
        select p.reads_until, p.reads_why from desk.quota_pause as p
        where reading and p.platform = of_platform
            and ((p.owner = whose and p.scope = of_account) or (p.owner = '*' and p.scope = of_app))
    ) as x
    where x.until > moment order by x.until desc limit 1;
    if found then
        return jsonb_build_array(jsonb_build_object(
            'granted', false, 'reason', 'pause', 'until', pause.until, 'why', pause.why));
    end if;

    for w in select value from jsonb_array_elements(wants) loop
        whom := w ->> 'owner';
        which := w ->> 'bucket';
        whose_scope := w ->> 'scope';
        kind := w ->> 'kind';
        select * into b from desk.bucket as x
        where x.owner = whom and x.platform = of_platform and x.bucket = which and x.scope = whose_scope
        for update;
        if not found then
            insert into desk.bucket (owner, platform, bucket, scope, filled_at)
            values (whom, of_platform, which, whose_scope, moment)
            on conflict do nothing;
            select * into b from desk.bucket as x
            where x.owner = whom and x.platform = of_platform and x.bucket = which and x.scope = whose_scope
            for update;
        end if;
        moment := coalesce(at_time, clock_timestamp()); -- the lock may have been waited for
        cost := (w ->> 'cost')::float8;
        at_most := coalesce(b.told_limit, (w ->> 'at_most')::float8);
        told := false;
        marks := '{}';

        case kind
            when 'tokens' then
                at_most := (w ->> 'capacity')::float8;
                level := least(at_most, coalesce(b.tokens, at_most)
                    + (w ->> 'rate')::float8 * greatest(0, extract(epoch from moment - b.filled_at)));
                if at_time is null and (w ->> 'hasty')::boolean and b.filled_at < pg_postmaster_start_time() then
                    -- the server was restarted since: the last grants before may not have reached its disk
                    level := least(level, (w ->> 'rate')::float8
                        * extract(epoch from moment - pg_postmaster_start_time()));
                end if;
            when 'day' then
                select at_most - coalesce(max(q.used), 0) into level from desk.quota as q
                where q.owner = b.owner and q.platform = b.platform and q.bucket = b.bucket and q.scope = b.scope
                    and q.window_start = (w ->> 'began')::timestamptz;
            else
                select coalesce(array_agg(m order by m), '{}') into marks
                from desk.quota as q, unnest(q.marks) as m
                where q.owner = b.owner and q.platform = b.platform and q.bucket = b.bucket and q.scope = b.scope
                    and q.window_start = '-infinity'
                    and m > moment - make_interval(secs => (w ->> 'span')::float8);
                counted := cardinality(marks);
                if b.told_at > moment - told_for then -- its count, and what it may not have seen by then
                    over := b.told_used + (select count(*) from unnest(marks) as m where m > b.told_at);
                    told := over > counted;
                    counted := greatest(counted, over);
                end if;
                level := at_most - counted;
        end case;

        ahead := 0;
        select count(*) into in_line from desk.bucket_line as l
        where l.owner = whom and l.platform = of_platform and l.bucket = which and l.scope = whose_scope;
        if in_line > 0 then
            someone_waits := true;
            my_since := coalesce((
                select l.since from desk.bucket_line as l
                where l.owner = whom and l.platform = of_platform and l.bucket = which and l.scope = whose_scope
                    and l.ticket = my_ticket
            ), 'infinity');
            select coalesce(sum(l.cost), 0) into ahead from desk.bucket_line as l
            where l.owner = whom and l.platform = of_platform and l.bucket = which and l.scope = whose_scope
                and l.ticket is distinct from my_ticket and l.until > moment - patience
                and (
                    reading or l.rank > my_rank
                    or (l.rank = my_rank and (l.since, l.ticket) < (my_since, my_ticket))
                );
        end if;
        kept := case when reading then greatest(0, least((w ->> 'kept')::float8 * at_most, at_most - cost)) else 0 end;

        ok := level + tiny >= cost + ahead + kept and coalesce(b.shut_until <= moment, true);
        free_at := moment;
        if level + tiny < cost + ahead + kept then
            over := ceil(cost + ahead + kept - level - tiny);
            if kind = 'tokens' then
                free_at := moment
                    + make_interval(secs => (cost + ahead + kept - level) / (w ->> 'rate')::float8);
            elsif kind = 'day' then
                free_at := (w ->> 'ends')::timestamptz
                    + make_interval(days => case when reading then 0 else ((over - 1) / at_most::integer) end);
            elsif told or cardinality(marks) = 0 then
                free_at := moment + look_again;
            else
                free_at := marks[1 + (over - 1) % cardinality(marks)]
                    + make_interval(secs => (w ->> 'span')::float8 * (1 + (over - 1) / cardinality(marks)));
            end if;
        end if;
        if b.shut_until > moment then
            free_at := greatest(free_at, b.shut_until);
        end if;
        answers := answers || jsonb_build_object(
            'granted', ok, 'bucket', b.bucket, 'until', free_at, 'ahead', ahead, 'at_most', at_most,
            'why', b.shut_why,
            'reason', case
                when b.shut_until > moment then 'shut'
                when level + tiny < cost then 'limit'
                when level + tiny < cost + ahead then 'line'
                else 'kept'
            end
        );
        if not ok then
            granted := false;
            if my_ticket is not null and not reading then
                insert into desk.bucket_line as l (owner, platform, bucket, scope, ticket, rank, since, until, cost)
                values (b.owner, b.platform, b.bucket, b.scope, my_ticket, my_rank, moment, free_at, cost::integer)
                on conflict (owner, platform, bucket, scope, ticket) do update
                set until = excluded.until, rank = excluded.rank, cost = excluded.cost;
            end if;
        end if;
        levels := levels || level;
        newest := newest || coalesce(marks[cardinality(marks)], '-infinity');
    end loop;
    if not granted then
        return answers;
    end if;

    for w in select value from jsonb_array_elements(wants) loop
        place := place + 1;
        whom := w ->> 'owner';
        which := w ->> 'bucket';
        whose_scope := w ->> 'scope';
        kind := w ->> 'kind';
        if kind = 'tokens' then
            update desk.bucket as x
            set tokens = levels[place] - (w ->> 'cost')::float8, filled_at = greatest(x.filled_at, moment)
            where x.owner = whom and x.platform = of_platform and x.bucket = which and x.scope = whose_scope;
        elsif kind = 'day' then
            insert into desk.quota as q (owner, platform, bucket, scope, window_start, used)
            values (whom, of_platform, which, whose_scope, (w ->> 'began')::timestamptz, (w ->> 'cost')::integer)
            on conflict (owner, platform, bucket, scope, window_start) do update set used = q.used + excluded.used;
        else
            mark := greatest(moment + lease, newest[place] + interval '1 microsecond');
            insert into desk.quota as q (owner, platform, bucket, scope, window_start, marks)
            values (whom, of_platform, which, whose_scope, '-infinity',
                array_fill(mark, array[(w ->> 'cost')::integer]))
            on conflict (owner, platform, bucket, scope, window_start) do update
            set marks = array(
                select m from unnest(q.marks) as m
                where m > moment - make_interval(secs => (w ->> 'span')::float8)
            ) || excluded.marks;
            answers := jsonb_set(answers, array[(place - 1)::text, 'mark'], to_jsonb(mark));
        end if;
        if someone_waits then
            delete from desk.bucket_line as l
            where l.owner = whom and l.platform = of_platform and l.bucket = which and l.scope = whose_scope
                and (l.ticket = my_ticket or l.until <= moment - patience);
        end if;
    end loop;
    return answers;
end
$$;

-- The end of a call: what was not sent is given back; what was sent counts from when it was answered, so that the
-- platform's own window is always over before ours. Wants as above, with the mark.
create function desk.settle(wants jsonb, sent boolean, at_time timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    w jsonb;
begin
    for w in select value from jsonb_array_elements(wants) loop
        perform 1 from desk.bucket as x
        where x.owner = w ->> 'owner' and x.platform = w ->> 'platform'
            and x.bucket = w ->> 'bucket' and x.scope = w ->> 'scope'
        for update;
        if w ->> 'kind' = 'tokens' and not sent then
            update desk.bucket as x
            set tokens = least((w ->> 'capacity')::float8, x.tokens + (w ->> 'cost')::float8)
            where x.owner = w ->> 'owner' and x.platform = w ->> 'platform'
                and x.bucket = w ->> 'bucket' and x.scope = w ->> 'scope';
        elsif w ->> 'kind' = 'day' and not sent then
            update desk.quota as q set used = greatest(0, q.used - (w ->> 'cost')::integer)
            where q.owner = w ->> 'owner' and q.platform = w ->> 'platform' and q.bucket = w ->> 'bucket'
                and q.scope = w ->> 'scope' and q.window_start = (w ->> 'began')::timestamptz;
        elsif w ->> 'kind' = 'rolling' then
            update desk.quota as q set marks = case
                when sent then array_replace(q.marks, (w ->> 'mark')::timestamptz,
                    coalesce(at_time, clock_timestamp()))
                else array_remove(q.marks, (w ->> 'mark')::timestamptz)
            end
            where q.owner = w ->> 'owner' and q.platform = w ->> 'platform' and q.bucket = w ->> 'bucket'
                and q.scope = w ->> 'scope' and q.window_start = '-infinity';
        end if;
    end loop;
end
$$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'take(text, text, text, text, jsonb, boolean, bigint, integer, timestamptz)', 'settle(jsonb, boolean, timestamptz)'
    ] loop
        execute format('revoke all on function desk.%s from public', signature);
        execute format('grant execute on function desk.%s to desk_app', signature);
    end loop;
end
$$;
