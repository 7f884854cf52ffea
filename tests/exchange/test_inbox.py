"""What is taken from the exchange: the owner's own regular files, whole, as old as they are."""

import os
import shutil

import pytest
from support.inbox import only, send

from nbjudge.exchange import inbox
from nbjudge.exchange.attempts import Attempts
from nbjudge.exchange.inbox import Inbound, Refused, Unsettled, copy

MB = 10**6


def test_files_in_folders_come_with_their_names(inbound, tmp_path):
    send(inbound, files=("attention.ipynb", "data/numbers.csv"))
    copy(only(inbound), tmp_path / "copy", MB)
    found = sorted(str(p.relative_to(tmp_path / "copy")) for p in (tmp_path / "copy").rglob("*"))
    assert found == ["attention.ipynb", "data", "data/numbers.csv"]


def test_other_assignments_and_other_names_are_left_alone(inbound):
    send(inbound, assignment="encoder")
    (inbound.folder / ".making-abc").mkdir()
    (inbound.folder / "notes.txt").write_text("")
    assert list(inbound.arrivals()) == []
    assert inbound.aside == {}


def test_a_plus_in_a_students_name_is_no_end_of_it(inbound, tmp_path):
    (tmp_path / "accounts").write_text(f"ada+b:{os.getuid()}\n")
    send(inbound, student="ada+b")
    assert only(inbound).student == "ada+b"


@pytest.mark.parametrize("student", ["bob", "carol"])
def test_a_folder_of_another_account_is_put_aside(inbound, student):
    folder = send(inbound, student=student)
    assert list(inbound.arrivals()) == []
    assert inbound.aside == {folder.name: f"it claims to be of {student}, and belongs to ada"}


def test_a_uid_that_two_names_claim_is_nobodys(inbound, tmp_path):
    (tmp_path / "accounts").write_text(f"ada:{os.getuid()}\neve:{os.getuid()}\n")
    send(inbound)
    assert list(inbound.arrivals()) == []


def test_without_a_list_of_accounts_the_machine_is_asked(inbound):
    import getpass

    machine = Inbound(inbound.folder, "attention")
    send(inbound, student=getpass.getuser())
    assert only(machine).student == getpass.getuser()


@pytest.mark.parametrize("change", ["content", "mode", "new file", "renamed"])
def test_any_change_after_the_copy_makes_it_come_later(inbound, tmp_path, change):
    folder = send(inbound)
    before = only(inbound)
    copy(before, tmp_path / "copy", MB)
    notebook = folder / "attention.ipynb"
    if change == "content":
        notebook.write_text("[]")
        os.utime(notebook, (0, 0))
    elif change == "mode":
        notebook.chmod(0o600)
    elif change == "new file":
        (folder / "more.txt").write_text("")
    else:
        folder.rename(folder.with_name(folder.name.replace("2026", "2020")))
    assert only(inbound).changed > before.changed


def test_the_copy_is_not_made_within_the_tick_of_the_last_change(inbound, tmp_path):
    send(inbound)
    arrival = only(inbound)
    copy(arrival, tmp_path / "copy", MB)
    oldest = min(path.stat().st_ctime_ns for path in (tmp_path / "copy").iterdir())
    assert oldest - arrival.changed > 10 * MB  # nanoseconds: the slowest clock's tick


def test_what_changes_while_it_is_copied_is_not_taken(inbound, tmp_path, monkeypatch):
    folder = send(inbound)
    arrival = only(inbound)

    def slow(source, target, copyfileobj=shutil.copyfileobj):
        copyfileobj(source, target)
        (folder / "attention.ipynb").write_text("[]")

    monkeypatch.setattr(inbox.shutil, "copyfileobj", slow)
    attempts = Attempts(tmp_path, "attention")
    with pytest.raises(Unsettled):
        attempts.take(arrival, MB)
    assert attempts.of("ada") == []
    monkeypatch.undo()
    assert attempts.take(only(inbound), MB).number == 1


def link_to_file(folder):
    (folder / "attention.ipynb").unlink()
    (folder / "attention.ipynb").symlink_to("/etc/hostname")


def link_to_folder(folder):
    (folder / "data").symlink_to("/etc")


def fifo(folder):
    os.mkfifo(folder / "pipe")


def too_large(folder):
    with (folder / "large").open("wb") as file:
        file.truncate(MB + 1)


@pytest.mark.parametrize("trick", [link_to_file, link_to_folder, fifo, too_large])
def test_what_is_no_regular_file_of_moderate_size_is_refused(inbound, tmp_path, trick):
    trick(send(inbound))
    with pytest.raises(Refused):
        copy(only(inbound), tmp_path / "copy", MB)


def test_what_tools_keep_is_not_taken_and_its_links_refuse_nothing(inbound, tmp_path):
    folder = send(inbound)
    (folder / ".git").mkdir()
    (folder / ".git/hooks").symlink_to("/etc")
    (folder / ".venv").symlink_to("/usr")
    (folder / ".key").symlink_to("/etc/hostname")
    arrival = only(inbound)
    copy(arrival, tmp_path / "copy", 1000)
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["attention.ipynb"]


def test_a_folder_that_becomes_a_link_while_it_is_copied_leads_nowhere(
    inbound, tmp_path, monkeypatch
):
    secret = tmp_path / "course"
    secret.mkdir()
    (secret / "solution.txt").write_text("the solution")
    folder = send(inbound, files=("attention.ipynb", "data/numbers.csv"))

    def swapping(source, target, copyfileobj=shutil.copyfileobj):
        copyfileobj(source, target)
        if (folder / "data").is_dir() and not (folder / "data").is_symlink():
            shutil.rmtree(folder / "data")
            (folder / "data").symlink_to(secret)

    monkeypatch.setattr(inbox.shutil, "copyfileobj", swapping)
    with pytest.raises((Unsettled, Refused, FileNotFoundError)):
        copy(only(inbound), tmp_path / "copy", MB)
    assert not list((tmp_path / "copy").rglob("solution.txt"))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another account")
def test_a_hard_link_to_anothers_file_is_refused(inbound, tmp_path):
    folder = send(inbound)
    os.chown(folder / "attention.ipynb", 70002, 70002)
    with pytest.raises(Refused, match=r"attention\.ipynb is a file of another account"):
        copy(only(inbound), tmp_path / "copy", MB)


def test_thousands_of_files_are_refused_before_they_are_copied(inbound):
    folder = send(inbound)
    for number in range(1001):
        (folder / f"{number}.txt").touch()
    assert list(inbound.arrivals()) == []
    assert "more than 1000 files" in inbound.aside[folder.name]
