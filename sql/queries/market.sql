-- What others say about our channels.

-- asked_lately --
-- accounts a source was asked about since then: figures are kept at least a day
select account_id
from market.channel
where owner = %(owner)s and source = %(source)s and collected_at > %(since)s;

-- channel_places --
-- where an account's channel is published for: the segments and age buckets of its releases
select distinct
    p.account_id,
    r.segment,
    r.age_bucket
from desk.publication as p
inner join desk.release as r on p.release_id = r.release_id
where p.owner = %(owner)s and p.state = 'published';

-- channels_of_day --
select
    c.account_id,
    a.platform,
    c.channel_id,
    c.title,
    c.followers,
    c.views,
    c.uploads,
    c.grade,
    c.rank,
    c.rank_followers,
    c.rank_views,
    c.rank_country,
    c.followers_gained_30,
    c.views_gained_30,
    c.collected_at
from market.channel as c
inner join desk.account as a on c.owner = a.owner and c.account_id = a.account_id
where c.owner = %(owner)s and c.source = 'social_blade' and c.day = %(day)s
order by a.platform, c.account_id;
