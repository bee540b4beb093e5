-- Money has a currency of three letters.
select
    platform,
    account_id,
    video_id,
    earnings,
    currency
from marts.revenue_daily
where
    owner = %(owner)s and day = %(day)s::date
    and (
        num_nonnulls(earnings, ad_revenue, creator_fund, bonus_programs, gross_revenue) > 0 and currency is null
        or currency !~ '^[A-Z]{3}$'
    );
