"""Zygotes that wait for a request as long as a test needs."""

from nbjudge.process import launch


def wait(monkeypatch, seconds):
    """Let zygotes that are started from now on wait for so many seconds."""
    boot = launch._BOOT.replace("zygote.main", f"zygote._IDLE_SECONDS = {seconds}; zygote.main")
    monkeypatch.setattr(launch, "_BOOT", boot)
