"""Files of dashboards become rows: columns in any order, no totals, videos found, replaced when they come again."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest

from include import settings
from include.accounts.accounts import UnknownAccount
from include.analytics import warehouse
from include.analytics.imports import keeping
from include.analytics.imports.files import ImportRefused
from include.database import engine
from include.measurement import Holds
from tests.analytics.imports.conftest import Bring, a_video, kept
from tests.publishing.rows import an_account

STUDIO = (
    (
        "Content,Video title,Video publish time,Views,Watch time (hours),Your estimated revenue (USD),Impressions,"
        "Impressions click-through rate (%)\n"
    )
    + """Total,,,3000,30.5,12.34,50000,4.5
dQw4w9WgXcQ,A title,"Oct 5, 2026",2000,20.25,10.00,40000,5.0
,A title,"Oct 6, 2026",600,6,1.20,6000,3.1
,Somebody else's,"Jan 2, 2020",400,4.25,1.14,4000,2.25
"""
)


def test_a_studio_table_is_matched_by_id_then_title_and_day_and_its_total_is_left_out(bring: Bring):
    a_video("dQw4w9WgXcQ")
    told = bring("youtube_studio", STUDIO, name="Content 2026-10-01_2026-10-31 Mine/Table data.csv")
    assert [(each.row, each.line, each.reason) for each in told.rows_skipped] == [
        (1, 2, "total row"),
        (3, 4, "row 2 tells the same video and days, with other numbers, already"),
    ]
    assert (told.rows_read, told.rows_imported, told.matched) == (4, 2, {"id": 1, "title": 1, "none": 1})
    assert told.columns["Your estimated revenue (USD)"] == "estimated_revenue"
    ours, other = kept("market.youtube_studio_row")
    assert (ours["video_id"], ours["matched"], ours["currency"]) == ("dQw4w9WgXcQ", "id", "USD")
    assert (ours["estimated_revenue"], ours["watch_seconds"]) == (Decimal("10.00"), Decimal("72900"))
    assert ours["click_rate"] == Decimal("0.05")
    assert (ours["first_day"], ours["day"], ours["period_known"]) == (date(2026, 10, 1), date(2026, 10, 31), True)
    assert other["video_id"].startswith("title~")
    assert other["matched"] == "none"


def test_columns_come_in_any_order_and_language(bring: Bring):
    told = bring(
        "youtube_studio",
        "Geschätzter Umsatz (EUR);Aufrufe;Datum;Inhalt\n1.234,50;12.345;25.10.2026;abc\n0,50;7;26.10.2026;abc\n",
    )
    assert told.questions == []
    first, second = kept("market.youtube_studio_row")
    assert (first["views"], first["estimated_revenue"], first["currency"]) == (12345, Decimal("1234.50"), "EUR")
    assert (second["day"], second["first_day"]) == (date(2026, 10, 26), date(2026, 10, 26))


def test_the_head_of_the_config_tells_of_each_thing_a_column_may_hold_and_of_nothing_else():
    head = (settings.PROJECT / "config" / "imports.yaml").read_text().partition("\n\n")[0].replace("\n# ", " ")
    told = [re.sub(r"\(.*?\)", "", each).strip() for each in head.partition("holds: ")[2].split("·")]
    assert sorted(told) == sorted(get_args(Holds))


def test_percents_and_durations_are_kept_in_one_unit_however_they_are_written(bring: Bring):
    bring(
        "youtube_studio",
        "Content,Date,Views,CTR,Watch time (hours),Average view duration\n"
        "a,2026-10-01,1,12.5,1.5,90\nb,2026-10-01,1,12.5 %,1:30:00,1:30\nc,2026-10-01,1,0.125,1.5,0:01:30\n",
    )
    rows = sorted(kept("market.youtube_studio_row"), key=lambda row: row["video_id"])
    assert [float(row["click_rate"]) for row in rows] == [0.125, 0.125, 0.00125]
    assert {(float(row["watch_seconds"]), float(row["average_view_seconds"])) for row in rows} == {(5400, 90)}


def test_the_same_file_again_replaces_itself(bring: Bring):
    rows = "video id,date,estimated rewards,currency\nv1,2026-10-01,1.5,USD\nv2,2026-10-02,2.5,USD\n"
    an_account("alice", "tt", "tiktok")
    bring("tiktok_rewards", rows)
    again = bring("tiktok_rewards", rows)
    assert (again.rows_imported, again.rows_replaced) == (2, 2)
    assert len(kept("market.tiktok_reward")) == 2
    assert [each["rows_replaced"] for each in keeping.receipts("alice")] == [2, 0]


def test_the_same_period_again_replaces_all_of_it_and_a_part_of_it_only_its_rows(bring: Bring):
    an_account("alice", "tt", "tiktok")
    header = "video id,date,estimated rewards\n"
    bring("tiktok_rewards", header + "v1,2026-10-01,1\nv2,2026-10-05,2\nv3,2026-10-31,3\n")
    bring("tiktok_rewards", header + "v2,2026-10-05,20\n", name="part.csv")
    assert {row["video_id"]: row["rewards"] for row in kept("market.tiktok_reward")} == {"v1": 1, "v2": 20, "v3": 3}
    bring("tiktok_rewards", header + "v1,2026-10-01,9\nv3,2026-10-31,8\n", name="corrected.csv")
    assert {row["video_id"]: row["rewards"] for row in kept("market.tiktok_reward")} == {"v1": 9, "v3": 8}


def test_a_doubtful_date_column_is_asked_about_and_nothing_is_kept(bring: Bring):
    an_account("alice", "tt", "tiktok")
    file = "video id,date,rewards\nv1,03/04/2026,1\nv2,05/06/2026,2\n"
    told = bring("tiktok_rewards", file)
    (question,) = told.questions
    assert question.answer_with == ("--date-order dmy", "--date-order mdy")
    assert (told.rows_imported, kept("market.tiktok_reward"), keeping.receipts("alice")) == (0, [], [])
    told = bring("tiktok_rewards", file, order="mdy")
    assert told.questions == []
    assert [row["day"] for row in kept("market.tiktok_reward")] == [date(2026, 3, 4), date(2026, 5, 6)]


def test_a_doubtful_decimal_is_decided_by_another_column_or_asked_about(bring: Bring):
    an_account("alice", "tt", "tiktok")
    told = bring("tiktok_rewards", "video id;date;rewards;rpm\nv1;2026-10-01;1,234;0,35\n")
    assert (told.questions, kept("market.tiktok_reward")[0]["rewards"]) == ([], Decimal("1.234"))
    (question,) = bring("tiktok_rewards", "video id;date;rewards\nv1;2026-10-01;1,234\n").questions
    assert question.answer_with == ("--decimal point", "--decimal comma")


def test_a_dry_run_shows_and_keeps_nothing(bring: Bring):
    a_video("dQw4w9WgXcQ")
    told = bring("youtube_studio", STUDIO, dry_run=True)
    assert (told.dry_run, told.rows_imported, told.import_id) == (True, 2, None)
    assert told.preview[0]["video_id"] == "dQw4w9WgXcQ"
    assert kept("market.youtube_studio_row") == []


def test_a_table_without_any_day_is_kept_as_of_today_and_makes_no_daily_revenue(bring: Bring):
    bring("youtube_studio", STUDIO)
    row = kept("market.youtube_studio_row")[0]
    assert (row["day"], row["period_known"]) == (date(2026, 11, 21), False)


def test_several_accounts_are_asked_about_and_an_unknown_one_is_refused(bring: Bring):
    for name in ("tt1", "tt2"):
        an_account("alice", name, "tiktok")
    file = "video id,date,rewards\nv1,2026-10-01,1\n"
    (question,) = bring("tiktok_rewards", file).questions
    assert question.answer_with == ("--account tt1", "--account tt2")
    assert bring("tiktok_rewards", file, account_id="tt2").account_id == "tt2"
    with pytest.raises(UnknownAccount):
        bring("tiktok_rewards", file, account_id="nobody")
    with pytest.raises(ImportRefused, match="is an account on youtube"):
        bring("tiktok_rewards", file, account_id="my_youtube")


def test_without_an_account_a_file_is_kept_all_the_same(bring: Bring):
    told = bring("tiktok_rewards", "video id,date,rewards\nv1,2026-10-01,1\n")
    assert (told.account_id, kept("market.tiktok_reward")[0]["account_id"]) == (None, "")


def test_bonuses_say_their_platform_or_take_the_accounts(bring: Bring):
    an_account("alice", "ig", "instagram")
    bring("meta_bonus", "Bonus,Start date,End date,Amount,Platform\nReels,2026-10-01,2026-10-31,$100.50,Facebook\n"
          "Gifts,2026-10-01,2026-10-31,$5,\n")  # fmt: skip
    gifts, reels = sorted(kept("market.meta_bonus"), key=lambda row: row["program"])
    assert (reels["platform"], reels["amount"], reels["currency"]) == ("facebook", Decimal("100.50"), "USD")
    assert (gifts["platform"], gifts["first_day"], gifts["video_id"]) == ("instagram", date(2026, 10, 1), "")


def test_costs_find_their_release_and_come_again_without_doubling(bring: Bring):
    a_video("v1", "clip1")
    file = "Title ID,Cost type,Amount,Currency\nclip1,voice,12.50,EUR\nclip1,voice,12.50,EUR\nclip9,music,3,EUR\n"
    file += "Total,,28,EUR\n"
    told = bring("costs", file)
    assert (told.rows_imported, told.matched) == (3, {"release": 2, "none": 1})
    bring("costs", file)
    assert [(row["amount"], row["release_id"] is not None) for row in kept("desk.release_cost")] == [
        (Decimal("12.50"), True), (Decimal("12.50"), True), (Decimal(3), False)
    ]  # fmt: skip


def test_costs_reach_the_mart_and_an_import_that_replaces_them_too(bring: Bring):
    a_video("v1", "clip1")
    for amount, told in (("12.50", Decimal("12.50")), ("3", Decimal(3))):
        bring("costs", f"Title ID,Amount,Currency,Date\nclip1,{amount},EUR,2026-10-05\n")
        assert warehouse.build("alice").summary
        assert [(row["cost"], row["cost_currency"]) for row in kept("marts.content_piece")] == [(told, "EUR")]
    assert not warehouse.build("alice").summary


def test_keywords_and_scores_of_videos_come_from_one_kind(bring: Bring):
    bring(
        "tubebuddy",
        "Keyword,Search Volume,Competition,Weighted Score,Country\nairflow,Good,Very Poor,71,US\n,Good,1,2,\n",
    )
    (row,) = kept("market.keyword")
    assert (row["search_volume"], row["competition"], row["overall_score"], row["country"]) == (70, 10, 71, "US")
    bring("vidiq", "Video ID,Title,SEO score,VPH\nv1,Mine,55,12.5\n")
    assert kept("market.video_score")[0]["views_per_hour"] == Decimal("12.5")


def test_ten_thousand_rows_with_a_hundred_bad_ones_name_each_bad_one(bring: Bring):
    an_account("alice", "tt", "tiktok")
    rows = ["video id,date,rewards"]
    bad = set(range(50, 10_000, 100))
    rows += [f"v{n},2026-10-{n % 28 + 1:02},{'oops' if n in bad else n / 100}" for n in range(10_000)]
    told = bring("tiktok_rewards", "\n".join(rows))
    assert (told.rows_read, told.rows_imported) == (10_000, 9_900)
    assert {each.row - 1 for each in told.rows_skipped} == bad
    assert all("'oops' is no number" in each.reason for each in told.rows_skipped)
    assert len(kept("market.tiktok_reward")) == 9_900


def test_a_stranger_sees_nothing_of_it(bring: Bring):
    bring("youtube_studio", STUDIO)
    assert kept("market.youtube_studio_row", "bob") == []
    assert keeping.receipts("bob") == []


def test_the_days_it_changed_are_built_again(bring: Bring):
    an_account("alice", "tt", "tiktok")
    bring("tiktok_rewards", "video id,date,rewards\nv1,2026-10-01,1\nv1,2026-10-02,1\n")
    with engine.transaction("alice") as connection:
        touched = connection.exec_driver_sql("select platform, day from desk.touched_day order by day").all()
    assert [tuple(row) for row in touched] == [("tiktok", date(2026, 10, 1)), ("tiktok", date(2026, 10, 2))]
