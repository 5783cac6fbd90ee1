"""Long lists of Proxmox's own words, kept apart from the code that uses them."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PRIVILEGES = frozenset(
    words("""
    Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Datastore.Audit Group.Allocate Mapping.Audit
    Mapping.Modify Mapping.Use Permissions.Modify Pool.Allocate Pool.Audit Realm.Allocate Realm.AllocateUser
    SDN.Allocate SDN.Audit SDN.Use Sys.AccessNetwork Sys.Audit Sys.Console Sys.Incoming Sys.Modify Sys.PowerMgmt
    Sys.Syslog User.Modify VM.Allocate VM.Audit VM.Backup VM.Clone VM.Config.CDROM VM.Config.CPU VM.Config.Cloudinit
    VM.Config.Disk VM.Config.HWType VM.Config.Memory VM.Config.Network VM.Config.Options VM.Console
    VM.GuestAgent.Audit VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite
    VM.GuestAgent.Unrestricted VM.Migrate VM.PowerMgmt VM.Replicate VM.Snapshot VM.Snapshot.Rollback
    """)
)

LOCKS = words("backup create destroyed disk fstrim migrate mounted rollback snapshot snapshot-delete")

OSTYPES = words("debian devuan ubuntu centos fedora opensuse archlinux alpine gentoo nixos unmanaged")

NET_KEYS = words("bridge firewall gw gw6 host-managed hwaddr ip ip6 link_down mtu name rate tag trunks type")

MOUNT_KEYS = words("acl backup idmap keepattrs mountoptions mp quota replicate ro shared size volume")

FEATURE_KEYS = words("force_rw_sys fuse keyctl mknod mount nesting")

CONTAINER_INDEX = words(
    "config pending status vncproxy termproxy vncwebsocket spiceproxy migrate clone rrd rrddata firewall snapshot "
    "resize interfaces"
)

NODE_INDEX = words("""
    aplinfo apt capabilities ceph certificates config disks dns firewall hardware hosts journal lxc migrateall netstat
    network qemu query-oci-repo-tags query-url-metadata replication report rrd rrddata scan sdn services spiceshell
    startall status stopall storage subscription suspendall syslog tasks termproxy time version vncshell vzdump
    wakeonlan
""")

NETWORK_TYPES = words("""
    bridge bond eth alias vlan fabric OVSBridge OVSBond OVSPort OVSIntPort vnet any_bridge any_local_bridge include_sdn
""")

CREATION_PARAMETERS = words("""
    ostemplate storage password ssh-public-keys start restore force unique pool bwlimit ignore-unpack-errors ha-managed
""")
