"""Joins this VM to the mesh if it is annotated, and leaves it alone if not. Reads its annotations by read-annotations.py and
read-metadata.py, and installs by generate-sidecar-configs.py: all are one program in the envelope."""
# Stands behind what it uses. ruff: noqa: F821
import syslog

USER_DATA = "/var/lib/cloud/instance/user-data.txt"
INSTANCE_DATA = ("/run/cloud-init/instance-data-sensitive.json", "/run/cloud-init/instance-data.json")


def decided(message):
    """What was decided goes to the journal as well."""
    log(message)
    syslog.openlog("consul-vm-inject")
    syslog.syslog(message)


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


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
    once = recall().get("once", {})
    if CONFIG in once:
        if once.pop(CONFIG)[1] == read(CONFIG):
            write(CONFIG, "")
        finish(once=once)


def decide_and_act(files, fleet):
    joins = fleet["joins"]
    if os.path.lexists(joins):
        os.unlink(joins)
    try:
        config, reason, alone = decide([metadata(), read_user_data(read_file(USER_DATA))], fleet)
    except (Unclear, RecursionError) as error:
        decided("left as it is, the annotations are not clear: %s" % error)
        return
    if config:
        install("%s=== 0640 %s once\n%s\n" % (files, CONFIG, json.dumps(config, indent=2)))
        os.makedirs(os.path.dirname(joins), exist_ok=True)
        open(joins, "w").close()
    elif not alone:
        leave()
    decided("%s: this VM %s" % (reason, "joins the mesh" if config else "is left alone"))


def join(packed, own):
    """The segments of the envelope: packed are files to install and, as the last, this program; its own are files, too, and as the last
    `fleet`: the fleet's defaults, whether VMs join by default, and the file of this boot that tells the final script of the decision."""
    try:
        files, _, fleet = own.partition("=== fleet\n")
        decide_and_act(("\n" + packed).partition("\n=== join\n")[0] + "\n" + files, json.loads(fleet))
    except Exception as problem:  # a boot goes on whatever happens here
        decided("failed: %r" % problem)
