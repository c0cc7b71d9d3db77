"""Joins this VM to the mesh if it is annotated, and leaves it alone if not. The envelope sets BUNDLE (the fleet's defaults and
the files to install) and JOINS (a file of this boot that tells the final script of the decision)."""
# Stands behind what it uses in the envelope. ruff: noqa: F821
import syslog

CONFIG = "/srv/consul/service-config.json"
USER_DATA = "/var/lib/cloud/instance/user-data.txt"
INSTANCE_DATA = ("/run/cloud-init/instance-data-sensitive.json", "/run/cloud-init/instance-data.json")


def decided(message):
    """cloud-init keeps no output of boothooks: what was decided goes to the journal as well."""
    log(message)
    syslog.openlog("consul-vm-inject")
    syslog.syslog(message)


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def metadata():
    for path in INSTANCE_DATA:
        content = read_file(path)
        if content:
            try:
                return read_metadata(json.loads(content.decode("utf-8")))
            except (UnicodeDecodeError, json.JSONDecodeError) as error:
                raise Unclear("%s cannot be read: %s" % (path, error))
    return {}


def leave():
    """Takes away the configuration that an earlier boot wrote here, unless it has been edited since."""
    state, found = load_state(), current(CONFIG)
    digest = (state.get("once") or {}).pop(CONFIG, None)
    if digest is None:
        return
    if found and hashlib.sha256(found[0]).hexdigest() == digest:
        os.unlink(CONFIG)
        log("removed %s" % CONFIG)
    write(STATE, json.dumps(state, sort_keys=True).encode("utf-8"), 0o600)


def join(config, files):
    content = json.dumps(config, indent=2, ensure_ascii=False) + "\n"
    install(files + [{"path": CONFIG, "mode": "0640", "content": content, "once": True}])
    os.makedirs(os.path.dirname(JOINS), mode=0o755, exist_ok=True)
    open(JOINS, "w").close()


def main(bundle):
    if os.path.lexists(JOINS):
        os.unlink(JOINS)
    try:
        config, reason, alone = decide([metadata(), read_user_data(read_file(USER_DATA) or b"")], bundle)
    except (Unclear, RecursionError) as error:
        decided("left as it is, the annotations are not clear: %s" % error)
        return
    if config:
        join(config, bundle["files"])
        decided("%s: this VM joins the mesh" % reason)
    else:
        if not alone:
            leave()
        decided("%s: this VM is left alone" % reason)


try:
    main(json.loads(zlib.decompress(base64.b64decode(BUNDLE)).decode("utf-8")))
except Exception as problem:  # a boot goes on whatever happens here
    decided("failed: %r" % problem)
