import pytest

from config.rates import Rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [("30/5m", Rate(30, 300)), ("1/1s", Rate(1, 1)), ("20/1h", Rate(20, 3600)), ("999999999/30d", Rate(999_999_999, 2_592_000))],
)
def test_an_amount_and_a_period(text, rate):
    assert Rate.parse(text) == rate


@pytest.mark.parametrize(
    "text",
    ["", "30", "30/m", "30/5", "0/5m", "30/0m", "-1/5m", "30 / 5m", "30/5m ", "30/5m\n", "30/5w", "3.5/1m", "٣/5m", "1e3/5m"],
)
def test_anything_else_is_no_rate(text):
    assert Rate.parse(text) is None
