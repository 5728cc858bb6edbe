"""A scratch machine: a scratch root in which a real systemd is process 1, as in a container.

It boots to a target of nothing; what a test starts pulls in the rest, such as the journal.
"""

import os
import pathlib
import subprocess
import time

from support.scratch_root import ScratchRoot
from support.waiting import eventually

CGROUPS = pathlib.Path("/sys/fs/cgroup")

# $1: an empty directory; $2: a directory that is the same inside; $3: a name for control groups.
ENTER = """\
set -e
for each in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    [ -w "$each/cgroup.procs" ] || continue
    mkdir "$each/$3"
    echo $$ >"$each/$3/cgroup.procs"
done
exec unshare --mount --net --uts --ipc --pid --cgroup --fork --kill-child --propagation private \\
    sh -c "$4" sh "$1" "$2"
"""
# What reaches the kernel, which is not the test's own, is read-only or masked.
BOOT = """\
set -e
root=$1/root
mount -t tmpfs tmpfs "$1"
mkdir "$1/changes" "$1/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" overlay "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
    mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/unified" "$root/sys/fs/cgroup/systemd"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
fi
for each in dev run tmp; do mount -t tmpfs tmpfs "$root/$each"; done
for each in null zero full random urandom tty; do
    touch "$root/dev/$each"
    mount --bind "/dev/$each" "$root/dev/$each"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mkdir -p "$root$2"
mount --bind "$2" "$root$2"
for each in systemd-modules-load.service systemd-sysctl.service systemd-remount-fs.service \\
    systemd-udevd.service systemd-udev-trigger.service systemd-update-utmp.service \\
    systemd-random-seed.service systemd-hwdb-update.service kmod-static-nodes.service \\
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount \\
    dev-hugepages.mount dev-mqueue.mount; do
    ln -sf /dev/null "$root/etc/systemd/system/$each"
done
printf '[Unit]\\nDefaultDependencies=no\\n' >"$root/etc/systemd/system/nothing.target"
rm -f "$root/usr/sbin/policy-rc.d" # images for containers have one that forbids all services
ip link set lo up
mkdir "$root/outside"
cd "$root"
pivot_root . outside
exec chroot . sh -c 'umount -l /outside && exec env -i container=test LC_ALL=C.UTF-8 \\
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
    /lib/systemd/systemd --system --unit=nothing.target --show-status=no'
"""


class ScratchMachine(ScratchRoot):
    def __init__(self, test):
        base = test.directory / "machine"
        base.mkdir()
        self._test = test
        self._group = f"pulsegate-test-{os.getpid()}-{time.monotonic_ns()}"
        self._holder = test.spawn(
            "scratch-machine", ["sh", "-c", ENTER, "sh", base, test.directory, self._group, BOOT]
        )
        test.addAsyncCleanup(self._stop)

    @staticmethod
    def is_possible():
        """Control groups may be read-only, as in most containers."""
        groups = (CGROUPS, CGROUPS / "systemd")
        return ScratchRoot.is_possible() and any(
            os.access(group / "cgroup.procs", os.W_OK)
            and not os.statvfs(group).f_flag & os.ST_RDONLY
            for group in groups
        )

    @classmethod
    async def start(cls, test):
        machine = cls(test)
        await machine._holder.until(machine._has_booted, "systemd has booted", 30)
        return machine

    def _init(self):
        """The process id of its systemd; 0 while there is none."""
        pid = self._holder.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0]) if children else 0

    def _has_booted(self):
        if not self._init():
            return False
        command = self.command("systemctl", "is-system-running")
        return subprocess.run(command, capture_output=True, text=True).stdout.strip() == "running"

    def command(self, *words):
        spaces = ("mount", "uts", "ipc", "net", "pid", "cgroup", "root", "wd")
        target = [f"--target={self._init()}", *(f"--{space}" for space in spaces)]
        return ["nsenter", *target, *map(str, words)]

    async def _stop(self):
        """All its processes end with its process 1; then its control groups can go."""
        self._holder.kill()
        for top in (CGROUPS, CGROUPS / "systemd", CGROUPS / "unified"):
            own = top / self._group
            if own.is_dir():
                await eventually(lambda: self._is_removed(own), f"{own} goes")

    @staticmethod
    def _is_removed(group):
        for folder, _, _ in os.walk(group, topdown=False):
            os.rmdir(folder)  # OSError while a process is left: tried again
        return True
