"""Where the files of an entry belong, and how the proxy's own program is started with them."""

import pathlib
import shutil
import signal
import typing

from harness.place import TEMPORARY_FILES

CORPUS = pathlib.Path(__file__).resolve().parents[1]
_PATH = "/usr/sbin:/usr/bin:/sbin"


class Proxy(typing.NamedTuple):
    name: str  # of its folder, too
    file: str  # the one that its program reads
    site: str  # where an entry of a single file belongs
    suffix: str
    start: typing.Callable  # (place) → the process

    @property
    def folder(self):
        return CORPUS / self.name

    def fill(self, place, entry):
        """Lays out the files of an entry in the place, and a gateway.yaml that reads them."""
        source = self.folder / entry
        if source.is_dir():
            for file in sorted(each for each in source.rglob("*") if each.is_file()):
                place.fill(file, file.relative_to(source))
        else:
            place.fill(source.with_suffix(self.suffix), self.site.format(entry))
        around = self.folder / self.file
        if around.exists() and not (place.directory / self.file).exists():
            place.fill(around, self.file)
        if not (place.directory / "gateway.yaml").exists():
            place.fill(CORPUS / "gateway.yaml", "gateway.yaml")
        (place.directory / "temporary_files.conf").write_text(TEMPORARY_FILES)


def _start_nginx(place):
    return place.spawn(
        "nginx",
        [
            shutil.which("nginx", path=_PATH),
            *("-e", "stderr", "-p", place.directory, "-c", place.directory / "nginx.conf"),
            *("-g", "daemon off;"),
        ],
        death_signal=signal.SIGTERM,
    )  # its master must live to end the workers


def _start_haproxy(place):
    file = place.directory / "environment"  # as the service has it; `check` does not see it
    lines = file.read_text().splitlines() if file.exists() else []
    return place.spawn(
        "haproxy",
        [shutil.which("haproxy", path=_PATH), "-db", "-f", place.directory / "haproxy.cfg"],
        environment=dict(line.split("=", 1) for line in lines),
    )


PROXIES = (
    Proxy("nginx", "nginx.conf", "sites-enabled/{}.conf", ".conf", _start_nginx),
    Proxy("haproxy", "haproxy.cfg", "haproxy.cfg", ".cfg", _start_haproxy),
)
