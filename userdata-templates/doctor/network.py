"""Sockets, the rules of the kernel, and names."""
import os
import re
import socket
import struct

from machine import fact, memo

LISTEN = "0A"
TOOLS = (("iptables-nft", "ip"), ("ip6tables-nft", "ip6"), ("iptables-legacy", "ip"), ("ip6tables-legacy", "ip6"))
TPROXY = "table inet consul_tproxy"


class Network:
    @fact
    def listening(self):
        """Sockets that listen: (port, address as text, inode, uid)."""
        found = []
        for file in ("/proc/net/tcp", "/proc/net/tcp6"):
            for line in (self.read(file) or "").splitlines()[1:]:
                words = line.split()
                if len(words) > 9 and words[3] == LISTEN:
                    address, port = words[1].split(":")
                    raw = b"".join(struct.pack("=I", int(address[at:at + 8], 16)) for at in range(0, len(address), 8))
                    family = socket.AF_INET if len(raw) == 4 else socket.AF_INET6
                    found.append((int(port, 16), socket.inet_ntop(family, raw), words[9], int(words[7])))
        return found

    @fact
    def owners(self):
        """Inode of a socket -> process. Raises Unseen without root."""
        self.need_root("which process has a port")
        found = {}
        for pid in filter(str.isdigit, self.lists("/proc")):
            for target in self.links("/proc/%s/fd" % pid):
                if target.startswith("socket:["):
                    found.setdefault(target[8:-1], int(pid))
        return found

    def holders(self, port, addresses=None):
        """Processes that listen on a port: pids, 0 for one that is not known."""
        return {self.owners.get(inode, 0) for own, address, inode, _ in self.listening
                if own == port and (addresses is None or address in addresses)}

    def has_module(self, name):
        """Whether the kernel has a module already, be it built in: to ask would load it. One without modules is as it is."""
        loaded = self.read("/proc/modules")
        built = self.read("/lib/modules/%s/modules.builtin" % os.uname().release)
        return loaded is None or built is None or bool(re.search(r"(?m)^%s\b" % name, loaded)) or "/%s.ko" % name in built

    @fact
    def rules(self):
        """The nat tables, as saved: "iptables-nft" -> lines; and under "nft" the lines of Consul's own table. A table that is not there is
        not asked for, since that could make it. Raises Unseen without root."""
        self.need_root("the rules of the kernel")
        found = {}
        tables = self.run("nft", "list", "tables")[1].splitlines() if self.has_module("nf_tables") else []
        for tool, family in TOOLS:
            if "legacy" in tool:
                there = "nat" in (self.read("/proc/net/%s_tables_names" % family) or "").split()
            else:
                there = "table %s nat" % family in tables
            if there:
                status, out, err = self.run(tool + "-save", "-t", "nat")
                found[tool] = out.splitlines() if status == 0 else ["# cannot be read: " + err.strip()]
        if TPROXY in tables:
            found["nft"] = [line.strip() for line in self.run("nft", "-nn", "list", "table", "inet", "consul_tproxy")[1].splitlines()]
        return found

    @memo
    def arguments(self, name):
        """The arguments that the generator wrote for `consul connect redirect-traffic`: (flag, value)."""
        lines = (self.read("/run/consul-vm-inject/%s.redirect" % name) or "").splitlines()
        return [tuple(line.lstrip("-").partition("=")[::2]) for line in lines if line.startswith("-")]

    def options(self, name, flag):
        return [value for key, value in self.arguments(name) if key == flag]

    @memo
    def resolve(self, name):
        """Addresses of a name, as any program of this VM gets them."""
        return sorted({line.split()[0] for line in self.run("getent", "ahosts", name, seconds=3)[1].splitlines() if line})

    @memo
    def query(self, host, port, name, seconds=2):
        """(response code, number of answers) of one DNS server to a question for an address; None where it does not answer."""
        header = struct.pack(">HHHHHH", 0x4356, 0x0100, 1, 0, 0, 0)
        question = b"".join(bytes([len(label)]) + label.encode() for label in name.strip(".").split(".")) + b"\0" + struct.pack(">HH", 1, 1)
        asking = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            asking.settimeout(self.left(seconds))
            asking.connect((host, port))
            asking.send(header + question)
            answer = asking.recv(4096)
            return answer[3] & 15, struct.unpack(">H", answer[6:8])[0]
        except (OSError, IndexError, struct.error):
            return None
        finally:
            asking.close()

    @fact
    def nameservers(self):
        return re.findall(r"(?m)^\s*nameserver\s+(\S+)", self.read("/etc/resolv.conf") or "")
