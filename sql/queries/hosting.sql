-- Files put where platforms fetch them from.

-- lock_hosted_file --
-- until the transaction's end: giving out an address and removing the file never meet
select pg_advisory_xact_lock(hashtextextended(%(stored_name)s, 0));

-- keep_hosted_file --
insert into desk.hosted_file (
    owner, kind, place, stored_name, publication_id, release_id, bytes, address_until
)
values (
    %(owner)s, %(kind)s, %(place)s, %(stored_name)s, %(publication_id)s, %(release_id)s, %(bytes)s, %(address_until)s
)
on conflict (owner, kind, place, stored_name, publication_id) do update set
    release_id = excluded.release_id,
    asked_at = now(),
    address_until = greatest(desk.hosted_file.address_until, excluded.address_until);

-- hosted_files_past --
-- ids only, of all owners: what nobody has asked for since then and no publication needs
select * from desk.hosted_files_past(%(since)s);

-- forget_hosted_file --
-- all rows of a file or none; with none it is needed again
delete from desk.hosted_file as h
where
    h.owner = %(owner)s
    and h.kind = %(kind)s
    and h.place = %(place)s
    and h.stored_name = %(stored_name)s
    and not exists (
        select 1
        from desk.hosted_file as other
        left join desk.publication as p
            on
                other.release_id = p.release_id
                and p.state not in ('published', 'rejected', 'failed', 'cancelled')
        where
            other.owner = h.owner
            and other.kind = h.kind
            and other.place = h.place
            and other.stored_name = h.stored_name
            and (p.publication_id is not null or other.asked_at >= %(since)s or other.address_until >= now())
    )
returning h.bytes;
