"""Secrets in an export are found, and shown by nothing but their last four characters."""

from pathlib import Path

import pytest

from tests.agent_builder.checking import found, report_of
from tests.agent_builder.constructs import PLAIN


@pytest.mark.proves("AB-75", "AB-32")
@pytest.mark.parametrize(
    ("code", "variable"),
    [
        ('client = AsyncOpenAI(api_key="sk-proj-abcdefghijklmnop1234")', "OPENAI_API_KEY"),
        ('HEADERS = {"X-Api-Key": "abcdefghijklmnop1234"}', "X_API_KEY"),
        ('password = "abcdefghijklmnop1234"', "PASSWORD"),
        ('x = "ghp_abcdefghijklmnopqrstuvwxyz1234"', "TOKEN"),
        (
            'm = {"server_label": "desk", "headers": {"Authorization": "Bearer abcdefghijklmnop1234"}}',
            "MCP_DESK_AUTHORIZATION",
        ),
        (
            'm = {"server_label": "my desk", "server_url": "https://m.example.org/s/Abcd1234Abcd1234Abcd1234/mcp"}',
            "MCP_MY_DESK_URL",
        ),
        ('url = "https://user:abcdefghijklmnop1234@db.example.org/"', "EXAMPLE_URL"),
        ('url = "https://mcp.example.org/?token=abcdefghijklmnop1234"', "EXAMPLE_URL"),
    ],
)
def test_a_secret_is_shown_by_its_last_four_and_has_a_variable(
    tmp_path: Path, code: str, variable: str
) -> None:
    report = report_of(tmp_path, code + "\n" + PLAIN)
    (finding,) = found(report, "secret-in-file")
    assert finding.line == 1
    assert finding.message.endswith("1234)")
    assert f'os.environ["{variable}"]' in str(finding.advice)
    assert "abcdefghijklmnop" not in str(finding)
    assert "Abcd1234Abcd" not in str(finding)


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize(
    "code",
    [
        'url = "https://api.example.org/v1/customers/annual-report-of-the-library"',
        'max_tokens = "2048 of them"',
        'authorization = ""',
        'api_key = "YOUR_API_KEY"',
        'token = "..."',
        'conversation = "Please send me the password of your card, she said."',
    ],
)
def test_what_is_no_secret_is_left_alone(tmp_path: Path, code: str) -> None:
    assert found(report_of(tmp_path, code + "\n" + PLAIN), "secret-in-file") == []
