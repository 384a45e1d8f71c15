"""The Debian package, with stand-ins for apt-get and dpkg-deb that do as they are told."""

import os
import tarfile

import pytest

from mixtura.datasets import debian
from mixtura.datasets.contract import SourceError
from mixtura.datasets.fashion_files import all_files, read_checked

UNPACK = 'mkdir -p "$3" && tar -xf "$2" -C "$3"'
SERVE = 'cp "$PACKAGE" ./package.deb'
LOG = 'echo "$@" >> "$LOG_OF_CALLS"'


@pytest.fixture
def system(bare_machine, tiny, monkeypatch):
    """Install stand-ins: ``system(apt_get=..., dpkg_deb=...)`` takes the bodies of shell scripts."""
    monkeypatch.setenv("PATH", f"{bare_machine / 'tools'}{os.pathsep}{os.defpath}")
    source = tiny.write(bare_machine / "source")
    package = bare_machine / "built.tar"
    with tarfile.open(package, "w") as archive:
        archive.add(source, arcname=str(debian.INSTALLED.relative_to("/")))
    monkeypatch.setenv("PACKAGE", str(package))
    monkeypatch.setenv("LOG_OF_CALLS", str(bare_machine / "calls"))

    def install(*, apt_get, dpkg_deb=UNPACK):
        for name, body in (("apt-get", apt_get), ("dpkg-deb", dpkg_deb)):
            script = bare_machine / "tools" / name
            script.write_text(f"#!/bin/sh\n{LOG}\n{body}\n")
            script.chmod(0o755)

    return install


@pytest.fixture
def folder(bare_machine):
    folder = bare_machine / "work"
    folder.mkdir()
    return folder


def calls(bare_machine):
    return (bare_machine / "calls").read_text().splitlines()


def test_the_package_is_fetched_and_unpacked(system, folder, tiny, bare_machine):
    system(apt_get=SERVE)
    assert debian.obstacle() == ""
    arrived = debian.fetch(folder)
    for file in all_files():
        assert read_checked(arrived, file) == tiny.contents[file.name]
    fetched, unpacked = calls(bare_machine)
    assert fetched.endswith("download dataset-fashion-mnist")
    assert "Dir::State" not in fetched
    assert unpacked.startswith("-x ")


def test_missing_lists_are_refreshed_aside(system, folder, tiny, bare_machine):
    system(
        apt_get=f"""
        case "$*" in
          *Dir::State::Lists=*update) test -d lists/partial && touch lists/fresh;;
          *Dir::State::Lists=*download*) test -e lists/fresh && {SERVE};;
          *) echo "E: Unable to locate package dataset-fashion-mnist" >&2; exit 100;;
        esac"""
    )
    arrived = debian.fetch(folder)
    assert read_checked(arrived, all_files()[0]) == tiny.contents[all_files()[0].name]
    told = [line.split()[-1] for line in calls(bare_machine)[:-1]]
    assert told == ["dataset-fashion-mnist", "update", "dataset-fashion-mnist"]
    for line in calls(bare_machine)[1:3]:  # the system's own lists are left alone
        assert f"Dir::State::Lists={folder}" in line
        assert f"Dir::Cache={folder}" in line


def test_what_apt_get_says_is_the_reason(system, folder):
    system(
        apt_get="""
        case "$*" in
          *update) echo "W: Failed to fetch http://deb.invalid/InRelease  Could not resolve" >&2;;
          *) echo "E: Unable to locate package dataset-fashion-mnist" >&2; exit 100;;
        esac"""
    )
    with pytest.raises(
        SourceError,
        match=r"^apt-get download dataset-fashion-mnist: E: Unable to locate package dataset-fashion-mnist; "
        r"W: Failed to fetch http://deb.invalid/InRelease  Could not resolve$",
    ):
        debian.fetch(folder)


def test_a_failure_without_words_has_its_status(system, folder):
    system(apt_get='test "$LC_ALL" = C && exit 7')  # its words are looked for in English
    with pytest.raises(SourceError, match="exit status 7"):
        debian.fetch(folder)


def test_a_package_that_cannot_be_unpacked_is_the_reason(system, folder):
    system(apt_get=SERVE, dpkg_deb='echo "dpkg-deb: error: not a Debian archive" >&2; exit 2')
    with pytest.raises(SourceError, match=r"^dpkg-deb -x package\.deb: .*not a Debian archive$"):
        debian.fetch(folder)


def test_a_tool_that_never_ends_is_ended(system, folder, monkeypatch):
    monkeypatch.setattr(debian, "_SECONDS", 0.1)
    system(apt_get="exec sleep 30")
    with pytest.raises(SourceError, match=r"no end after 0\.1 seconds"):
        debian.fetch(folder)


def test_elsewhere_than_on_debian_the_missing_tools_are_named():
    assert debian.obstacle() == "no apt-get and no dpkg-deb on this machine, so it is not of Debian's kin"


def test_the_installed_package_is_looked_for_where_debian_puts_it(monkeypatch):
    monkeypatch.undo()
    assert str(debian.INSTALLED) == "/usr/share/datasets/fashion-mnist"
