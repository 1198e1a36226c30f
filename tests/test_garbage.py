"""What is set apart from the garbage collector."""

import gc

import pytest

from app.ops.garbage import made_for_good


class Link:
    """An object that is garbage as soon as nobody holds it, which only the collector can tell."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed() -> object:
    yield
    gc.unfreeze()


def tracked(link: Link) -> bool:
    return any(found is link for found in gc.get_objects())


def test_what_is_made_is_not_looked_at_again() -> None:
    with made_for_good():
        inside = Link()
    outside = Link()
    assert (tracked(inside), tracked(outside)) == (False, True)


def test_the_collector_works_again_afterwards_also_after_a_failure() -> None:
    with pytest.raises(ImportError), made_for_good():
        raise ImportError
    assert gc.isenabled()
