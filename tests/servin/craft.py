#!/usr/bin/env python3
"""Archives that no good program writes, and images in the forms of several writers.

craft.py bad CANARY DIR         each crafted layer as DIR/NAME.tar; CANARY is a directory outside
craft.py docker25 LAYOUT OUT    docker save since 25: an OCI layout and a manifest.json, plain layers
craft.py docker29 LAYOUT OUT    since 29: compressed layers, an index in the index, blobs left out
craft.py docker1 LAYOUT OUT     before 25: ID/layer.tar, a link between layers, manifest.json last
craft.py broken KIND LAYOUT OUT a layout of which one thing is wrong
craft.py list DIR               a line for each file in a tree: all that an image says of it
craft.py swap DIR NAME          exchanges NAME and NAME.link in DIR until it is killed
"""
import ctypes
import gzip
import hashlib
import io
import json
import os
import shutil
import stat
import sys
import tarfile

BLOCK = 512


def octal(n, size):
    return b"%0*o\0" % (size - 1, n)


def header(name, size=0, kind=b"0", link=b"", mode=0o644, uid=0, gid=0, mtime=1, magic=b"ustar\x0000",
           device=(0, 0), **raw):
    """A header with any field given raw, and the right sum unless that is given, too."""
    field = {
        "name": name[:100].ljust(100, b"\0"), "mode": octal(mode, 8), "uid": octal(uid, 8),
        "gid": octal(gid, 8), "size": octal(size, 12), "mtime": octal(mtime, 12),
        "sum": b" " * 8, "kind": kind, "link": link[:100].ljust(100, b"\0"), "magic": magic,
        "names": bytes(64), "major": octal(device[0], 8), "minor": octal(device[1], 8),
        "rest": bytes(167),
    }
    field.update({k: v for k, v in raw.items() if k != "sum"})
    head = b"".join(field.values())
    assert len(head) == BLOCK, len(head)
    total = raw.get("sum", b"%06o\0 " % sum(head))
    return head[:148] + total + head[156:]


def padded(data):
    return data + bytes(-len(data) % BLOCK)


def file(name, data=b"bad\n", **how):
    return header(name, size=how.pop("size", len(data)), **how) + padded(data)


def record(key, value):
    rest = len(key) + len(value) + 3
    n = rest + 1
    while n != rest + len(str(n)):
        n = rest + len(str(n))
    return b"%d %s=%s\n" % (n, key, value)


def pax(**records):
    return pax_of([(k.encode(), v) for k, v in records.items()])


def pax_of(records):
    data = b"".join(record(k, v) for k, v in records)
    return header(b"PaxHeaders", size=len(data), kind=b"x") + padded(data)


def xattr(name, value):
    return pax_of([(b"SCHILY.xattr." + name, value)])


def directory(name, **how):
    return header(name, kind=b"5", mode=how.pop("mode", 0o755), **how)


def symlink(name, to):
    return header(name, kind=b"2", link=to, mode=0o777)


def hard(name, to):
    return header(name, kind=b"1", link=to)


def long_name(kind, name):
    return header(b"././@LongLink", size=len(name) + 1, kind=kind) + padded(name + b"\0")


def base256(n, size):
    return (b"\x80" if n >= 0 else b"\xff") + n.to_bytes(size - 1, "big", signed=True)


def chain():
    return b"".join(symlink(b"l%d" % i, b".." if i == 0 else b"l%d/.." % (i - 1)) for i in range(40))


def gnu_sparse(pieces, real):
    """An old GNU header with its map in the place of the prefix."""
    table = b"".join(octal(at, 12) + octal(n, 12) for at, n in pieces)
    rest = bytes(41) + table.ljust(96, b"\0") + b"\0" + real + bytes(17)
    size = sum(n for _, n in pieces)
    return header(b"sparse", size=size, kind=b"S", magic=b"ustar  \0", rest=rest) + bytes(
        size + -size % BLOCK)


def capability():
    return bytes.fromhex("0100000200200000000000000000000000000000")


def crafted(c):
    """NAME: the members; c is the canary's path, without the slash in front."""
    end = bytes(2 * BLOCK)
    plain = {
        "01-dotdot": file(b"../x"),
        "02-absolute": file(b"/" + c + b"/x"),
        "03-dotdot-within": file(b"a/../../x"),
        "04-link-outside": symlink(b"d", b"/" + c) + file(b"d/f"),
        "05-link-chain": chain() + file(b"l39/f"),
        "06-hard-outside": hard(b"h", b"/" + c + b"/f"),
        "07-hard-to-link": symlink(b"s", b"/" + c + b"/f") + hard(b"h", b"s") + file(b"h"),
        "08-hard-dotdot": file(b"x") + hard(b"h", b"../../x"),
        "09-link-then-dir": symlink(b"d", b"/" + c) + directory(b"d/") + file(b"d/f"),
        "10-dir-then-link": directory(b"d/") + symlink(b"d", b"/" + c) + file(b"d/f"),
        "11-whiteout-dotdot": file(b".wh..", b""),
        "12-whiteout-dir": file(b".wh.../x"),
        "13-whiteout-nothing": file(b".wh.", b""),
        "14-opaque-dir": file(b".wh..wh..opq/x"),
        "15-whiteout-through-link": symlink(b"d", b"/" + c) + file(b"d/.wh.f", b""),
        "16-opaque-root": file(b".wh..wh..opq", b"") + file(b"f"),
        "17-raw-whiteout": header(b"f", kind=b"3"),
        "18-block": header(b"disk", kind=b"4", device=(8, 0)),
        "19-fifo-then-file": header(b"p", kind=b"6") + file(b"p"),
        "20-socket": file(b"s", b"", kind=b"s"),
        "21-setuid": file(b"su", mode=0o4755),
        "22-capability": xattr(b"security.capability", capability()) + file(b"ping", mode=0o755),
        "23-overlay-redirect": xattr(b"trusted.overlay.redirect", b"/") + directory(b"d/"),
        "24-overlay-opaque": xattr(b"trusted.overlay.opaque", b"y") + directory(b"d/"),
        "25-user-overlay": xattr(b"user.overlay.opaque", b"y") + directory(b"d/"),
        "26-acl-huge": xattr(b"system.posix_acl_access", b"\2\0\0\0" + b"x" * 60000) + file(b"f"),
        "27-pax-path": pax(path=b"../x") + file(b"good"),
        "28-pax-linkpath": file(b"x") + pax(linkpath=b"../../x") + hard(b"h", b"x"),
        "29-pax-size": pax(size=b"4") + file(b"f", b"good", size=0),
        "30-pax-huge": pax(comment=b"x" * (64 << 20)) + file(b"f"),
        "31-long-name": long_name(b"L", b"n" * (1 << 20)) + file(b"f"),
        "32-sparse-huge": gnu_sparse([(0, 512)], base256(1 << 62, 12)),
        "33-sparse-overlap": gnu_sparse([(0, 512), (256, 512), (0, 512)], octal(1024, 12)),
        "36-odd-name": file(b"a\nb\xff") + file(b"cut\0off"),
        "37-long-component": pax(path=b"n" * 256) + file(b"f"),
        "37-long-path": pax(path=b"/".join([b"n" * 63] * 65)) + file(b"f"),
        "37-deep-path": pax(path=b"a/" * 2000 + b"f") + file(b"f"),
        "38-bad-sum": header(b"f", sum=b"000001\0 "),
        "41-many": b"".join(header(b"f%d" % i) for i in range(2000)),
        "42-twice": file(b"a", b"1") + file(b"a", b"2") + directory(b"b/") + file(b"b/f") +
        symlink(b"b", b"a") + file(b"b", b"3") + directory(b"b/") + file(b"b/g"),
        "43-case": file(b"Name", b"1") + file(b"name", b"2"),
        "44-passwd-fifo": directory(b"etc/") + header(b"etc/passwd", kind=b"6"),
        "44-passwd-link": directory(b"etc/") + symlink(b"etc/passwd", b"/" + c + b"/f"),
        "45-root": pax(uid=b"4294967295") + directory(b"./", mode=0),
        "46-far-time": pax(mtime=b"1000000000000000000") + file(b"f"),
    }
    # Fields that have no room for the number: put in afterwards, with the sum of what is there then.
    odd = {
        "34-negative-uid": dict(uid=base256(-5, 8)), "34-negative-mtime": dict(mtime=base256(-5, 12)),
        "34-negative-size": dict(size=base256(-1, 12)), "35-octal-overflow": dict(size=b"7" * 12),
    }
    for name, fields in odd.items():
        plain[name] = odd_header(b"f", fields)
    all_of = {name: data + end for name, data in plain.items()}
    all_of["39-cut-content"] = file(b"f", b"x" * 4000)[:1500]
    all_of["39-cut-header"] = file(b"a", b"") + header(b"f")[:200]
    all_of["39-no-end"] = file(b"f")
    all_of["40-behind-end"] = file(b"a") + end + file(b"hidden") + end
    # Cut off where nobody reads on.
    all_of["30-pax-huge"] = all_of["30-pax-huge"][:1 << 20]
    all_of["47-bomb"] = file(b"zeros", bytes(9 << 20)) + end
    all_of["49-plain"] = file(b"f") + end
    return all_of


def odd_header(name, fields):
    head = bytearray(header(name))
    at = {"uid": 108, "size": 124, "mtime": 136}
    for key, value in fields.items():
        head[at[key]:at[key] + len(value)] = value
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def zstd_window(data):
    """One raw block in a frame that asks for a window of 2 GiB."""
    return b"\x28\xb5\x2f\xfd\x00\xa8" + (len(data) << 3 | 1).to_bytes(3, "little") + data


def zstd_skippable(data):
    skip = b"\x50\x2a\x4d\x18\x04\0\0\0none"
    return skip + b"\x28\xb5\x2f\xfd\x00\x58" + (len(data) << 3 | 1).to_bytes(3, "little") + data + skip


def bad(canary, out):
    """Those that are about compression are there as they are, NAME.layer beside NAME.tar."""
    made = crafted(canary.lstrip("/").encode())
    small = made["49-plain"]
    half = len(small) // 2
    layers = {
        "47-nested-gzip": gzip.compress(gzip.compress(small, mtime=0), mtime=0),
        "47-trailing": gzip.compress(small, mtime=0) + b"garbage behind the end",
        "47-members": gzip.compress(small[:half], mtime=0) + gzip.compress(small[half:], mtime=0),
        "48-window": zstd_window(small),
        "48-skippable": zstd_skippable(small),
    }
    for name, data in made.items():
        with open(f"{out}/{name}.tar", "wb") as f:
            f.write(data)
    for name, data in layers.items():
        with open(f"{out}/{name}.tar", "wb") as f:
            f.write(small)
        with open(f"{out}/{name}.layer", "wb") as f:
            f.write(data)


# --- images -------------------------------------------------------------------------------------


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Image:
    """The first image of a layout whose layers are compressed by gzip, and its parts."""

    def __init__(self, layout):
        self.layout = layout
        index = json.loads(self.file("index.json"))
        self.descriptor = index["manifests"][0]
        self.manifest_text = self.blob(self.descriptor["digest"])
        self.manifest = json.loads(self.manifest_text)
        self.config = self.blob(self.manifest["config"]["digest"])

    @property
    def layers(self):
        return [self.blob(d["digest"]) for d in self.manifest["layers"]]

    @property
    def plain(self):
        return [gzip.decompress(x) if x[:2] == b"\x1f\x8b" else x for x in self.layers]

    def file(self, name):
        with open(f"{self.layout}/{name}", "rb") as f:
            return f.read()

    def blob(self, name):
        return self.file("blobs/" + name.replace(":", "/"))


class Archive:
    def __init__(self, out):
        self.tar = tarfile.open(out, "w", format=tarfile.USTAR_FORMAT)

    def add(self, name, data, kind=tarfile.REGTYPE, link=""):
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.size = kind, link, len(data)
        self.tar.addfile(info, io.BytesIO(data))

    def add_json(self, name, value):
        self.add(name, json.dumps(value).encode())

    def add_blob(self, data):
        self.add("blobs/sha256/" + digest(data), data)
        return {"digest": "sha256:" + digest(data), "size": len(data)}


OCI = "application/vnd.oci.image."
LAYOUT = {"imageLayoutVersion": "1.0.0"}


def docker25(image, out):
    a, plain = Archive(out), image.plain
    layers = [dict(mediaType=OCI + "layer.v1.tar", **a.add_blob(x)) for x in plain]
    config = dict(mediaType=OCI + "config.v1+json", **a.add_blob(image.config))
    manifest = json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                           "config": config, "layers": layers}).encode()
    descriptor = dict(mediaType=OCI + "manifest.v1+json", **a.add_blob(manifest))
    descriptor["annotations"] = {"io.containerd.image.name": "docker.io/library/crafted:1",
                                 "org.opencontainers.image.ref.name": "1"}
    a.add_json("index.json", {"schemaVersion": 2, "manifests": [descriptor]})
    a.add_json("manifest.json", [{
        "Config": "blobs/sha256/" + digest(image.config), "RepoTags": ["crafted:1"],
        "Layers": ["blobs/sha256/" + digest(x) for x in plain]}])
    a.add_json("oci-layout", LAYOUT)
    a.add_json("repositories", {"crafted": {"1": "0" * 64}})
    a.tar.close()


def attestation(a):
    """What buildkit says about an image, as an image."""
    config = dict(mediaType=OCI + "config.v1+json",
                  **a.add_blob(b'{"architecture":"unknown","os":"unknown","config":{},'
                               b'"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' % (b"0" * 64)))
    layer = dict(mediaType="application/vnd.in-toto+json", **a.add_blob(b"{}"))
    return json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": config,
                       "layers": [layer]}).encode()


def docker29(image, out):
    a = Archive(out)
    for data in image.layers + [image.config]:
        a.add_blob(data)
    descriptor = dict(mediaType=OCI + "manifest.v1+json", **a.add_blob(image.manifest_text),
                      platform={"architecture": json.loads(image.config)["architecture"],
                                "os": "linux"})
    said = dict(mediaType=OCI + "manifest.v1+json", **a.add_blob(attestation(a)),
                platform={"architecture": "unknown", "os": "unknown"},
                annotations={"vnd.docker.reference.type": "attestation-manifest"})
    absent = {"mediaType": OCI + "manifest.v1+json", "digest": "sha256:" + "1" * 64, "size": 500,
              "platform": {"architecture": "s390x", "os": "linux"}}
    index = json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json",
                        "manifests": [absent, descriptor, said]}).encode()
    top = dict(mediaType=OCI + "index.v1+json", **a.add_blob(index),
               annotations={"io.containerd.image.name": "docker.io/library/crafted:1",
                            "org.opencontainers.image.ref.name": "1"})
    a.add_json("index.json", {"schemaVersion": 2, "manifests": [top]})
    a.add_json("manifest.json", [{
        "Config": "blobs/sha256/" + digest(image.config), "RepoTags": ["crafted:1"],
        "Layers": ["blobs/sha256/" + digest(x) for x in image.layers]}])
    a.add_json("oci-layout", LAYOUT)
    a.tar.close()


def docker1(image, out):
    a = Archive(out)
    names = []
    for i, data in enumerate(image.plain):
        name = digest(b"%d" % i)
        a.add(name + "/", b"", tarfile.DIRTYPE)
        a.add(name + "/VERSION", b"1.0")
        a.add(name + "/json", b"{}")
        # The first one is elsewhere, as podman has it.
        if i == 0:
            a.add(name + "/layer.tar", b"", tarfile.SYMTYPE, f"../{digest(data)}.tar")
            a.add(digest(data) + ".tar", data)
        else:
            a.add(name + "/layer.tar", data)
        names.append(name + "/layer.tar")
    a.add(digest(image.config) + ".json", image.config)
    a.add_json("repositories", {"crafted": {"1": names[-1].split("/")[0]}})
    a.add_json("manifest.json", [{"Config": digest(image.config) + ".json",
                                  "RepoTags": ["crafted:1"], "Layers": names}])
    a.tar.close()


def rewrite(layout, change):
    """Changes the manifest, and what names it."""
    image = Image(layout)
    change(image, image.manifest)
    text = json.dumps(image.manifest).encode()
    with open(f"{layout}/blobs/sha256/{digest(text)}", "wb") as f:
        f.write(text)
    index = json.loads(image.file("index.json"))
    index["manifests"] = [dict(image.descriptor, digest="sha256:" + digest(text), size=len(text))]
    with open(f"{layout}/index.json", "w") as f:
        json.dump(index, f)


def change_config(layout, change):
    def both(image, manifest):
        config = json.loads(image.config)
        change(config)
        text = json.dumps(config).encode()
        with open(f"{layout}/blobs/sha256/{digest(text)}", "wb") as f:
            f.write(text)
        manifest["config"].update(digest="sha256:" + digest(text), size=len(text))
    rewrite(layout, both)


def first_layer_file(layout):
    return f"{layout}/blobs/" + Image(layout).manifest["layers"][0]["digest"].replace(":", "/")


def flip(layout):
    with open(first_layer_file(layout), "r+b") as f:
        f.seek(30)
        byte = f.read(1)
        f.seek(30)
        f.write(bytes([byte[0] ^ 1]))


def replace_by_link(layout):
    name = first_layer_file(layout)
    os.rename(name, f"{layout}/../outside")
    os.symlink("../../../outside", name)


def deep_index(layout):
    with open(f"{layout}/index.json", "w") as f:
        f.write('{"a":' * 100 + "1" + "}" * 100)


def long_index(layout):
    with open(f"{layout}/index.json", "w") as f:
        f.write('{"schemaVersion":2,"x":"' + "x" * (4 << 20) + '"}')


def many_manifests(layout):
    with open(f"{layout}/index.json", "w") as f:
        one = dict(mediaType=OCI + "manifest.v1+json", digest="sha256:" + "1" * 64, size=1)
        json.dump({"schemaVersion": 2, "manifests": [one] * 8193}, f)


def set_digest(name):
    def change(_, manifest):
        manifest["layers"][0]["digest"] = name
    return lambda layout: rewrite(layout, change)


def set_size(_, manifest):
    manifest["layers"][0]["size"] += 1


def other_platform(config):
    config["architecture"] = "s390x"


BROKEN = {
    "content": flip,
    "size": lambda layout: rewrite(layout, set_size),
    "digest-path": set_digest("sha256:../../../../etc/passwd"),
    "digest-kind": set_digest("md5:" + "0" * 32),
    "layers-fewer": lambda layout: rewrite(layout, lambda _, m: m["layers"].pop()),
    "layer-missing": lambda layout: os.unlink(first_layer_file(layout)),
    "layer-link": replace_by_link,
    "rootfs-type": lambda layout: change_config(
        layout, lambda c: c["rootfs"].update(type="snapshots")),
    "diff-id": lambda layout: change_config(
        layout, lambda c: c["rootfs"]["diff_ids"].__setitem__(0, "sha256:" + "0" * 64)),
    "platform": lambda layout: change_config(layout, other_platform),
    "deep": deep_index,
    "long": long_index,
    "many": many_manifests,
}


def broken(kind, layout, out):
    shutil.copytree(layout, out)
    BROKEN[kind](out)


# --- trees --------------------------------------------------------------------------------------


def describe(path, seen, name):
    st = os.lstat(path)
    content = ""
    if stat.S_ISREG(st.st_mode):
        with open(path, "rb") as f:
            content = hashlib.sha256(f.read()).hexdigest()[:16]
    elif stat.S_ISLNK(st.st_mode):
        content = os.readlink(path)
    xattrs = [(x, os.getxattr(path, x, follow_symlinks=False).hex())
              for x in sorted(os.listxattr(path, follow_symlinks=False))
              if not x.startswith(("trusted.overlay", "security.selinux"))]
    links = ""
    if st.st_nlink > 1 and not stat.S_ISDIR(st.st_mode):
        links = seen.setdefault((st.st_dev, st.st_ino), name)
    return (f"{name!r} {st.st_mode:o} {st.st_uid}:{st.st_gid} {st.st_mtime_ns} {st.st_rdev} "
            f"{content} {xattrs} {links}")


def list_tree(root):
    seen = {}
    names = ["."]
    for at, dirs, files in os.walk(root):
        names += [os.path.relpath(os.path.join(at, n), root) for n in dirs + files]
    for name in sorted(names):
        print(describe(os.path.join(root, name), seen, name))


def swap(directory, name):
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(directory, os.O_RDONLY)
    one, other = name.encode(), name.encode() + b".link"
    print("ready", flush=True)
    while True:
        libc.renameat2(fd, one, fd, other, 2)    # RENAME_EXCHANGE


def main(argv):
    verb, rest = argv[1], argv[2:]
    if verb == "bad":
        bad(*rest)
    elif verb == "broken":
        broken(*rest)
    elif verb == "list":
        list_tree(*rest)
    elif verb == "swap":
        swap(*rest)
    else:
        {"docker25": docker25, "docker29": docker29, "docker1": docker1}[verb](Image(rest[0]), rest[1])


main(sys.argv)
