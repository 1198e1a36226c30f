"""Signals before the server can heed them."""

import os
import signal

import pytest

from app.ops.early_signals import BrokenOff, EarlySignals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_noted_and_breaks_nothing_off_by_itself(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with EarlySignals() as signals:
        os.kill(os.getpid(), number)
        assert signals.came == [number]
    assert signal.getsignal(number) is before


@pytest.mark.proves("REL-41")
def test_an_import_is_broken_off_by_a_signal_once() -> None:
    with EarlySignals() as signals:
        with pytest.raises(BrokenOff), signals.breaking_off():
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
    assert len(signals.came) == 2


@pytest.mark.proves("REL-41")
def test_an_import_is_not_begun_after_a_signal() -> None:
    with EarlySignals() as signals:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(BrokenOff), signals.breaking_off():
            pytest.fail("it was begun")


def interrupted_and_called_something_else() -> None:
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException as error:
        raise ValueError from error


@pytest.mark.proves("REL-38", "REL-41")
def test_what_an_import_makes_of_a_signal_is_a_signal_all_the_same() -> None:
    with EarlySignals() as signals, pytest.raises(BrokenOff), signals.breaking_off():
        interrupted_and_called_something_else()


class InterruptedWhileItGoes:
    """Python has nobody to raise an error of this to."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.proves("REL-38", "REL-41")
def test_a_signal_where_nothing_can_be_raised_breaks_off_later_and_without_a_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with EarlySignals() as signals, pytest.raises(BrokenOff), signals.breaking_off():
        InterruptedWhileItGoes()
    assert signals.came
    assert capsys.readouterr().err == ""
