"""The addresses that a token is sent to: no other than a safe one."""

import pytest

from nbjudge.platforms.tool import unsafe


@pytest.mark.parametrize(
    "address",
    ["https://school.example.edu/a/b?c=1", "https://x.example:8443/", "http://127.0.0.1:80/x",
     "http://localhost/x", "http://[::1]:3/x"],
)  # fmt: skip
def test_a_safe_address(address):
    assert unsafe(address) == ""


@pytest.mark.parametrize(
    "address",
    ["", "x", "ftp://x.example/", "http://x.example/", "https:///x", "https://u@x.example/",
     "https://u:p@x.example/", "https://x.example/#a", "https://x.example\\.evil/",
     "https://x example/", "https://x.example/\n", "https://bücher.example/", "https://[x/",
     "http://localhost.evil.example/", "HTTP://x.example"],
)  # fmt: skip
def test_an_unsafe_address(address):
    assert unsafe(address)
