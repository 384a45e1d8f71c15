"""Files arrive whole or not at all."""

import os
import stat

import pytest

from mixtura import files
from mixtura.files import UnwritableError, check_folder, check_writable, make_folder, write_beside


def test_the_file_appears_at_the_end_and_nothing_else_stays(tmp_path):
    wanted = tmp_path / "a.bin"
    with write_beside(wanted) as beside:
        assert beside.parent == tmp_path
        assert beside.suffix == ".bin"
        beside.write_bytes(b"new")
        assert not wanted.exists()
    assert wanted.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_the_old_file_as_it_was(tmp_path, failure):
    wanted = tmp_path / "a.bin"
    wanted.write_bytes(b"old")

    def work():
        with write_beside(wanted) as beside:
            beside.write_bytes(b"half")
            raise failure

    with pytest.raises(failure):
        work()
    assert wanted.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_rename_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "replace", refuse)

    def work():
        with write_beside(tmp_path / "a.bin") as beside:
            beside.write_bytes(b"new")

    with pytest.raises(PermissionError):
        work()
    assert os.listdir(tmp_path) == []


def test_two_writers_do_not_share_a_path(tmp_path):
    with write_beside(tmp_path / "a") as one, write_beside(tmp_path / "a") as other:
        assert one != other


def test_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    with write_beside(tmp_path / "a"):
        pass
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "a.txt")
    with write_beside(tmp_path / "link") as beside:
        beside.write_text("through")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a.txt").read_text() == "through"


@pytest.mark.parametrize("ask", [check_writable, lambda path: write_beside(path).__enter__()], ids=["check", "write"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path, ask):
    with pytest.raises(UnwritableError, match=r"No such file or directory .*Name a file in a folder that exists"):
        ask(tmp_path / "nowhere" / "a")
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableError, match="Not a directory"):
        ask(tmp_path / "file" / "a")
    with pytest.raises(UnwritableError, match="it is a folder"):
        ask(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnwritableError, match="it is a device or a pipe"):
        ask(tmp_path / "pipe")
    assert sorted(os.listdir(tmp_path)) == ["file", "pipe"]


def test_check_leaves_nothing(tmp_path):
    check_writable(tmp_path / "a")
    assert os.listdir(tmp_path) == []


def test_a_folder_is_made_with_those_around_it(tmp_path):
    for _ in range(2):
        make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    check_folder(tmp_path / "a" / "b", ["c"])
    check_folder(tmp_path / "a" / "d" / "e", ["c"])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b"]


@pytest.mark.parametrize("ask", [make_folder, lambda path: check_folder(path, ["a"])], ids=["make", "check"])
def test_a_folder_that_cannot_be_made_is_refused(tmp_path, ask):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere" / "at-all")
    for wrong in ("file", "file/a", "file/a/b", "link/a"):
        with pytest.raises(
            UnwritableError, match=rf"Cannot make the folder .*{wrong}: .*Name a folder that you may make"
        ):
            ask(tmp_path / wrong)
    assert sorted(os.listdir(tmp_path)) == ["file", "link"]


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "folder" / "taken").mkdir(parents=True)
    with pytest.raises(UnwritableError, match="taken: it is a folder"):
        check_folder(tmp_path / "folder", ["free", "taken"])

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.Path, "open", refuse)
    with pytest.raises(UnwritableError, match=r"Cannot write .*free: Permission denied"):
        check_folder(tmp_path / "folder", ["free"])
    with pytest.raises(UnwritableError, match=r"Cannot make the folder .*new.deep: .*cannot be written"):
        check_folder(tmp_path / "new" / "deep", ["free"])
