"""Everything that tests see on the wire, held against the types of both sides.

    seen.py       what this process has seen; light, since every test session imports it
    sdk.py        against the ChatKit SDK's own types, at once
    published.py  against the types that `@openai/chatkit` publishes for pages, once at the end, with `tsc`
    plugin.py     fails the test in which a frame was wrong, and the run in which a type was

`tests/serving.py` reports what it reads. A test that shows something which these types do not have, on
purpose, says so with `@pytest.mark.unpublished("reason")`.
"""
