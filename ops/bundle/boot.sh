#!/bin/sh
# Boots a Debian root as a machine of its own: its systemd is process 1, its only network is loopback.
# boot.sh ROOT PID-FILE (as root): ends when the machine does; the file names its process 1 once that runs.
# Kill that process and all of it is gone.
set -eu
root=$(readlink -f "$1")
if [ -d /sys/fs/cgroup/systemd ]; then kind=systemd; else kind=unified; fi
groups=/sys/fs/cgroup$([ $kind = unified ] || echo /systemd)/mingbai-try-$$
mkdir "$groups"
trap 'find "$groups" -depth -type d -exec rmdir {} + 2>/dev/null || true' EXIT
(
  # A process of its own goes into the group: this one stays outside and clears it away.
  sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$groups" \
    unshare --net --mount --pid --uts --ipc --cgroup --fork --kill-child sh -eu -c '
    root=$1
    ip link set lo up
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    # It takes one hierarchy of groups, its own, and does not learn of the controllers of this machine.
    printf "#subsys_name\thierarchy\tnum_cgroups\tenabled\n" >"$root/run/cgroups"
    mount --bind "$root/run/cgroups" "$root/proc/cgroups"
    mount -t sysfs -o ro sysfs "$root/sys"
    if [ "$2" = systemd ]; then
      mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
      mkdir "$root/sys/fs/cgroup/systemd"
      mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
    else
      mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    fi
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    # Nodes of its own: from bound ones a unit with PrivateDevices makes none.
    while read -r node major minor; do
      mknod -m 666 "$root/dev/$node" c "$major" "$minor"
    done <<NODES
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
NODES
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t tmpfs tmpfs "$root/dev/shm"
    ln -s /proc/self/fd "$root/dev/fd"
    cd "$root"
    pivot_root . mnt
    umount -l /mnt
    exec /usr/bin/env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      SYSTEMD_PROC_CMDLINE="systemd.unified_cgroup_hierarchy=$([ "$2" = systemd ] && echo 0 || echo 1) systemd.legacy_systemd_cgroup_controller=1" \
      /lib/systemd/systemd
  ' sh "$root" $kind
) &
waited=0
while [ $waited -lt 300 ]; do
  for below in $(cat "/proc/$!/task/$!/children" 2>/dev/null); do
    if [ "$(cat "/proc/$below/comm")" = systemd ]; then
      echo "$below" >"$2"
      break 2
    fi
  done
  sleep 0.1
  waited=$((waited + 1))
done
wait $! || true
