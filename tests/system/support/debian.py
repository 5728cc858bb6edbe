"""The Debian package of the binary that is tested."""

import functools
import pathlib
import subprocess
import tempfile

from support.case import BINARY


@functools.cache
def package():
    """Its file: packed once, and gone with this process."""
    package.directory = tempfile.TemporaryDirectory(prefix="pulsegate-package.")
    subprocess.run(
        ["cpack", "--config", pathlib.Path(BINARY).parent / "CPackConfig.cmake"]
        + ["-B", package.directory.name],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (file,) = pathlib.Path(package.directory.name).glob("pulsegate_*.deb")
    return file
