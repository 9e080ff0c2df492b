"""What several halls' figures add up to."""

from queue_server.web.figures import value_of
from queue_server.web.history_total import summed

TOWN = {
    "issued": 10, "abandoned": 1, "abandonment_rate": 0.1, "within_target": 6, "within_target_rate": 0.75,
    "waiting": {"count": 8, "median_s": 60}, "rated": 4, "bad_rate": 0.25,
    "ratings": {"very_satisfied": 3, "dissatisfied": 1},
    "post_expected_s": 100, "post_staffed_s": 50, "coverage": 0.5,
}  # fmt: skip
VILLAGE = {"issued": 30, "abandoned": 0, "within_target": 30, "waiting": {"count": 30, "median_s": 5}, "rated": 0}


def test_counts_are_added_and_shares_made_anew() -> None:
    """A share of all is not the mean of the halls' shares."""
    total = summed([TOWN, VILLAGE])
    assert (total["issued"], value_of(total, "waiting.count")) == (40, 38)
    assert (total["abandonment_rate"], total["within_target_rate"]) == (0.025, round(36 / 38, 4))
    assert (total["good_rate_top3"], total["bad_rate"], total["coverage"]) == (0.75, 0.25, 0.5)


def test_what_cannot_be_added_is_left_out() -> None:
    """Neither a median of medians nor a share of nothing."""
    total = summed([VILLAGE])
    assert value_of(total, "waiting.median_s") is None
    assert "coverage" not in total and "bad_rate" not in total
    assert summed([])["issued"] == 0
