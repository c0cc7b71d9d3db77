"""Annotation sets made by a random generator: every key that means something on a VM, with good values, bad ones and hostile ones."""
import json
import shlex

P, A = "consul.hashicorp.com/", "alpha.consul.hashicorp.com/"

BOOL = (["true", "false", "1", "0", "T", "F", "TRUE", "False"], ["yes", "TrUe", " true", "on", "2"])
PORT = ["8080", "80", "9090", "65535", "1", "443", "9002", "20200", "20201"]
BAD_PORT = ["0", "65536", "010", "0x50", "http", "-1", "80 80", "1e3", "8500", "20000", "19000", "15001", "\u0661", "+80", "9" * 30,
            "8300", "8301", "8302", "8501", "8502", "8503", "8600", "20800"]
SECONDS = (["0", "1", "9", "30", "600", "4294967295"], ["30s", "-1", "1.5", "4294967296", "007", " 1"])
CPU = (["100m", "0.5", "2", "1e3", "0", "1m", "1001m", "1004m", "1005m", "1500m", "+1.5", "1.", ".5", "1e-3", "1E2", "1n", "1u", "0.0000000001", "1e0003", "9223372036854775807", "1k",
        "1e-999999999", "0e999", "1Ki", "2.5Mi"], ["x", "1Q", "-1", "-0", "50%", "", ".", "1e", "1 ", "9223372036854775808", "1e999999999", "1" * 65, "0x1", "1Ei1", "8Ei", "1\u0661"])
MEMORY = (["64Mi", "64M", "1Gi", "1e9", "0", "1.5k", "1m", "7Ei", "0.1Ki", "1e3"], ["x", "-1", "1 Gi", "64mi", "64MB", "9Ei", "1e19"])
ADDRESS = (["127.0.0.1:8500", "https://127.0.0.1:8501", "unix:///run/consul.sock", "http://[::1]:1", "h.example:65535", "a_b-c:1", "unix:////run/a b\"$%\u00e9"],
           ["x y", "ftp://x", "unix://x", "unix:///../x", "[::ffff:1.2.3.4]:1", "[1.2.3.4]:1", "1.2.3:4", "localhost", "https://h", "h:0", "-h:1", "h-:1", "http://http://h:1", "h" * 254 + ":1", "[::1]",
            "unix:///" + "x" * 4095])
IP = ["240.0.0.1", "fd00::1", "::1.2.3.4", "1:2:3:4:5:6:7::", "::", "FE80::ABCD"]
BAD_IP = ["x", "1.2.3.4/8", "::ffff:1.2.3.4", "::ffff:102:304", "fe80::1%eth0", "01.2.3.4", "1.2.3.04", "::01.2.3.4", "1.2.3", "[::1]", "1::2::3", "::12345", " ::1", "1.2.3.4 ", "1.2.3.\u0664"]
DURATION = (["10s", "1m30s", "500ms", "1.5h", "2\u00b5s", "2\u03bcs", "1.s", ".5s", "0s1ns", "2562047h47m"],
            ["10", "0s", "-1s", "x", "1d", "", "0.1ns", "2562048h", "1" * 70 + "s", "1\u0661s", "1 s", "s", "+1s", "1..5s"])
# What a value may hold that somebody else would read otherwise: shells, systemd, JSON, Python, terminals.
SPECIAL = list(" \"'\\%$;`|&<>(){}[]*?!#~^=,:@/.-_+") + [
    "\u00e9", "\u00a0", "\u202e", "\ufeff", "\uffee", "\U0001f600", "$$", "%%", "%n", "%d", "$HOME", "${x}", "\\n", "\\x22", "\\", "\\\\", "a", "b", "Z", "0", "../", "/./", "//", "$POD_NAME", "{\"hole\": \"uid\"}"]
CONTROL = ["\n", "\r", "\t", "\x00", "\x07", "\x1b", "\x1c", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\ude00\ud83d"]
HOSTILE = ["$(touch /tmp/x)", "`id`", "22;touch x", "a\nb", "%s%n", "\u2028", "\x00", "'\"", "x" * 65536, "\u00e9\U0001f600", "../..", "\\", "{{x}}", "-x", "\x85", "\ufeff", "\u3000", "\x1c", "\u00a0", "", " ",
           "\ud800", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B810-9dad-11d1-80b4-00c04fd430c8", "-----BEGIN RSA PRIVATE KEY-----", "\u017fx"]
NUMBERS = ["0", "-0", "1", "1.0", "1e3", "1E3", "1e+3", "0.10", "-1.50", "1e-400", "9007199254740991", "-9007199254740991", "9007199254740993.0", "5e-324", "1.7976931348623157e308", "100000000000000000000.0"]
BAD_NUMBERS = ["1e400", "-1e400", "12345678901234567890", "9007199254740992", "01", "+1", ".5", "1.", "1e", "NaN", "Infinity", "-Infinity", "0x1", "1_000", "9" * 5000, "--1", "\u0661"]
UPSTREAMS = (
    ["api:1234", "api:1234, db:5432:dc2", "prepared_query:q:1235", "api.svc:1234", "api.svc.dc1.dc:1234", "api.v1:1234", "api.svc.p1.peer:1234",
     "api:1234:dc2?mesh_gateway_mode=local", "api:1234:local_bind_address=127.0.0.5", "api:1234:?mesh-gateway-mode=none", "a:1\nb:2", "api: 1234",
     "api.svc.ns1.ns:1234", "api.ns1.part1:1234", "a.b.c.d:1234", "api:1234:port=http;local_bind_address=127.0.0.5", "api.svc.dc1.dc:1234:dc=dc1",
     "prepared_query:a.b:99", "api:1234:dc%32", "api:1234:datacenter=x&datacenter=", "a:1,b:1:local_bind_address=127.0.0.2", "api.svc.n.ns.p.ap:1", "api.svc:1:http",
     "api.svc.n.ns.d.dc:1", "api:1:localBindAddress=::1;dc=d", "api:1:dc2?dc=dc3", " \t", "api:443", "b:1023,a:1024", "b:1024", "a-b:1001,a_b:1002", "a:1:dc=+x+", "a:1:dc=%C2%A0x%E3%80%80",
     "prepared_query:q:1,q:2", "a\u00a0:\u30001", "a_CONNECT_SERVICE_HOST1:1,a:2", "a:1:dc=%0Ax"],
    ["api", "api:0", "api:70000", "api:x", ":1", "*:1", "api:1,api:2", "a:1,b:1", "api:1:dc1:x", "api.svc.x:1", "api:1:foo=bar", "api:1:mesh_gateway_mode=x",
     "api:0x10", "api:010", "api:1,", "api:8500", "api:1:local_bind_address=x", "prepared_query:q", "prepared_query::1", "api.svc.a.dc:1:dc=b", "api:1:%zz=1",
     "a:1,b:1:local_bind_address=127.0.0.1", "api.svc:1:dc2?mesh_gateway_mode=local", "api:1:dc=%ff", "api.svc.p.peer:1:dc=e", "a:1:dc=%00x", "a:1:dc=%1Cx", "a:1:dc=%C2%85x",
     "a:1:local_bind_address=::1,b:1:local_bind_address=0::1", "a:1:dc=x&datacenter=y", "api.svc..dc:1", "a:1:dc2 ?dc=x", "a:1\x0bb:2", "a\x1c:1"])
JSON = (["{\"n\":%s}" % number for number in NUMBERS] + ["{}", '{"local_connect_timeout_ms":1000}', '{"a":{"b":[1,"x",null,true,false,1.5,[],{}]}}', "", " {} ", '{"a":"\\ud83d\\ude00"}', '{"a":1,"a":2.0}', '{"__proto__":{"x":1},"constructor":1,"10":1,"9":2,"":3}',
         '{"\\uffee":1,"\\ud83d\\ude00":2,"\u00e9":3,"z":4}', '{"a":"\\u0000\\u001f\\u007f\\u0080\\u2028/\\/\\b\\f\\n\\r\\t\\"\\\\"}', '{"a":"\u2028\x7f\x85\u202e"}', "\n{\t\"a\"\r:1}", '{"hole":"uid","user":"x"}',
         '{"a":{"hole":"hostname"},"b":["$POD_NAME"]}', '{"envoy_prometheus_bind_addr":"x"}', '{"a":' * 63 + "1" + "}" * 63, '{"a":"[[[[{{{{\\\\"}', '{"a":' + "[" * 63 + "]" * 63 + "}"],
        ["{\"n\":%s}" % number for number in BAD_NUMBERS] + ["[]", "{", "x", "null", '"x"', "{'a':1}", '{"a":"\\ud800"}', '{"a":"\\ude00\\ud83d"}', '{"a":1}x', '{"a":1,}', '{"a" 1}', '{"a":"\n"}', '{"a":"\\x"}', '{"a":"\\u00g0"}', '{"a":tru}', '\ufeff{}', "\u00a0{}",
         '{"a":' * 64 + "1" + "}" * 64, '{"a":' * 65 + "1" + "}" * 65, '{"a":' + "[" * 64 + "]" * 64 + ',"a":1}', '{"a":"\\ud800","a":1}', '{"\\ud800":1}', "[" * 30000, '"', "1", '{"a":"'])
WORDS = ["--log-level debug", "--concurrency 4", "--concurrency=4", "-c x", "a 'b c' \"d\\\"e\" f\\ g # rest", "--x=$y %z", "''", "\"\" a", "--a", "#x", "a#b", "\\# b", "''''", "'a'\"b\"c", "--base-id 9", "; x", "\u00a0a"]

JOIN = (["10.0.0.10", "10.0.0.10,10.0.0.11", "consul.example:8301, [fd00::1]:8301,", "::1", "fd00::1,h", "[::1]", "-", " - ", "provider=aws tag_key=consul tag_value=server",
         "provider=k8s label_selector=\"app=consul\\,component=server\"", "tag_key=x provider=gce", "h:65535", "provider=x a=\"b \\\" c\"  d=e", "a\u00a0", "1.2.3.4:1"],
        ["", ",", "a b", "-,a", "h:0", "http://h", "provider=aws secret_access_key=x", "provider=os password=x", "provider=", "provider=aws x", "provider=aws a=\"", "::1:x", "1:2:3:4:5:6:7:8:9",
         "::ffff:1.2.3.4", "1.2.3", "-h", "h\\,i", "provider=\u00e9", "exec=x y", "exec=a", "provider=aws tag_value=${DC}", "provider=x y=`id`", "$(hostname)", "provider=aws api_token=1", "fe80::1%eth0", "[::1", "x" * 254, "provider=a\x1cb=c"])
BIND = (["10.0.0.1", "::1", "fd00::1", "eth1", "ens3.100", "a", "A_b-c.d", "{{ GetPrivateIP }}", "{{ GetInterfaceIP \"eth0\" }}", "{{x}}", "{{}}}}", "localhost"],
        ["", "1.2.3", "x" * 16, "1eth", "eth 1", "{{}}", "{{ \u00e9 }}", "{{ x", "{{\n}}", "[::1]", "eth@1", "fe80::1%eth0", "1.2.3.4/8", "{{x}}y"])

POOLS = {
    A + "retry-join": JOIN,
    A + "domain": (["consul", "mesh.example.com", "A_b.c-d", "x" * 63 + ".y"], ["", ".", "a.", ".a", "a..b", "-a", "a-", "x" * 64, "d\u00e9", "a b", "a\n", "~a", ("x" * 63 + ".") * 4 + "y"]),
    A + "dns-port": (["53", "8653", "65535"], ["0", "65536", "x", "08653", "8600 "]),
    A + "datacenter": (["dc1", "Fra-1", "a_b", "x" * 63, "-"], ["", "a b", "a.b", "x" * 64, "d\u00e9", "a\n"]),
    A + "bind-addr": BIND,
    A + "encrypt-file": (["/etc/consul.d/gossip.key", "/run/credentials/@system/gossip"], ["x", "/a/../b", "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=", "/UqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=", "/23456789012345678901A=="]),
    A + "agent-token-file": (["/etc/consul.d/agent.token", "/x y$%"], ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"]),
    A + "rpc-ca-file": (["/ca.pem"], ["ca.pem"]),
    A + "agent-unit": (["consul-agent.service", "docker.service"], ["consul", "a b.service"]),
    A + "agent-config-dir": (["/opt/consul/config"], ["opt", "/a/../b"]),
    A + "agent-user": (["100", "0", "hashi", "svc$"], ["1,2", "Hashi", "007", "a b", "x" * 33]),
    A + "admin-port": (["19100", "65535"], ["80", "65536", "x"]),
    A + "sidecar-port": (["21250", "20000", "8500"], ["1023", "+1"]),
    A + "outbound-port": (["15101", "15001", "19000"], ["1", "0x4000"]),
    A + "ready-port": (["20900", "20000"], ["x"]),
    A + "expose-paths": (["21500:8080/health", "21500:8080/h, 20201:9102/metrics?http2", "20000:1/"], ["21500:8080", "0:1/x", "1:70000/x", "a:1/x", "1:2/a b", "1:2/x?http3", "1:2/\u00e9"]),
    A + "rpc-cert-file": (["/cert.pem"], ["cert.pem"]),
    A + "rpc-key-file": (["/key.pem"], ["-----BEGIN RSA PRIVATE KEY-----"]),
    A + "auto-encrypt": BOOL,
    P + "connect-service": (["web", "web", "api-v2", "a", "web,admin", "web,admin,x", "web,", " web ", "Web", "x" * 63, "a.b", "a_b"],
                            ["web web", "-web", "web/../x", "we%b", "x" * 64, "web,web", ",", "web-", "w\u00e9b", "web\n", "@"]),
    P + "connect-service-port": (PORT + ["8080,9090", "80, 81", "8080,", "1,2,3", "8080,8080", ","], BAD_PORT + ["8080,http", "1,0"]),
    P + "connect-service-default-port": (PORT + ["8080"], BAD_PORT[:8]),
    P + "connect-service-upstreams": UPSTREAMS,
    P + "service-tags": (["v1", "a,b", "a\\,b,,c, ", "$POD_NAME", "$HOSTNAME,$INSTANCE_ID", "x-$POD_NAME", "ends\\", ",,", "\u00e9t\u00e9", "\u00a0a\u3000", "\ufeffa", "\\,", "a\\\\,b"], ["a\nb", "a\x85b", "6ba7b810-9DAD-11d1-80b4-00c04fd430c8"]),
    P + "connect-service-tags": (["old", "old,er", "v1", "a,b", " ", "$POD_NAME"], ["a\x00"]),
    P + "service-meta-version": (["1", "", " spaced ", "$POD_NAME", "$INSTANCE_ID", "$HOSTNAME ", "v" * 512, "\u00e9" * 256, "\U0001f600" * 128, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
                                 ["v" * 513, "a\nb", "\u00e9" * 257, "\U0001f600" * 129, "\ud800"]),
    P + "service-meta-managed-by": (["me", "$POD_NAME"], []),
    P + "service-meta-__proto__": (["x"], []),
    P + "service-meta-ports": (["mine"], []),
    P + "service-meta-" + "k" * 128: (["x"], []),
    P + "service-meta-" + "k" * 129: ([], ["x"]),
    P + "service-meta-bad key": ([], ["x"]),
    P + "service-meta-consul-x": ([], ["x"]),
    P + "service-meta-": (["x"], []),
    P + "service-weight": (["1", "10", "65535"], ["0", "-1", "x", "1.5", "65536"]),
    P + "proxy-config-map": JSON,
    P + "transparent-proxy": BOOL,
    P + "transparent-proxy-exclude-inbound-ports": (["22", "9100, 9200", "8000:8010", "8000-8010", "22,22", "1:1", "8301", ",", "22,8301,22"], ["ssh", "70000", "9:1", "22;x", "8080-", ":5", "1:2:3", "-1", "1--2"]),
    P + "transparent-proxy-exclude-outbound-ports": (["443", "443, 8443", "1:65535"], ["x"]),
    P + "transparent-proxy-exclude-outbound-cidrs": (["10.0.0.0/8", "1.2.3.4", "fd00::/8", "::1", "10.1.2.3/8", "10.0.0.0/8,fd00::/8", "0.0.0.0/0", "169.254.169.254/32"] + IP,
                                                     ["10.0.0.0/33", "10.0.0", "::1/129", "host.example", "10.0.0.0/255.0.0.0", "1.2.3.4/ 8", "1.2.3.4/", "1.2.3.4/08"] + BAD_IP[:1] + BAD_IP[2:]),
    P + "transparent-proxy-exclude-uids": (["1000", "0", "1000, 1001", "postgres", "postgres,0,postgres", "_apt", "host$", "x" * 32, "4294967294"], ["4294967295", "-1", "1 0", "Root", "007", "x" * 33, "\u00b2", "\u0661", "a$b"]),
    P + "transparent-proxy-overwrite-probes": BOOL,
    P + "consul-dns": BOOL,
    P + "dual-stack": BOOL,
    P + "enable-metrics": BOOL,
    P + "enable-metrics-merging": (BOOL[0], ["yes"]),
    P + "prometheus-scrape-port": (["20200", "9999", "1024"], ["80", "65536", "x"]),
    P + "prometheus-scrape-path": (["/metrics", "/a/b", "/a?b=%20c", "/$x%%;'", "/" + "x" * 9000], ["metrics", "/a b", "/a\nb", "/a#b", "/\u00e9", "/{x}"]),
    P + "prometheus-ca-file": (["/etc/ca.pem", "/a b\"$%\\"], ["ca.pem", "/a/../b"]),
    P + "prometheus-ca-path": (["/etc/ca"], ["x"]),
    P + "prometheus-cert-file": (["/etc/cert.pem"], ["x"]),
    P + "prometheus-key-file": (["/etc/key.pem"], ["x"]),
    P + "use-proxy-health-check": BOOL,
    P + "consul-envoy-proxy-concurrency": (["0", "1", "2", "16"], ["-1", "x", "1.5"]),
    P + "envoy-extra-args": (WORDS + ["", " ", "-l debug -envoy-binary=/opt/envoy", "-envoy-binary /opt/e --log-level debug -ignore-envoy-compatibility",
                                        "--ignore-envoy-compatibility=true --envoy-binary", "-envoy-binary -envoy-binary x -envoy-binaries"], ["'open", "\"open", "end\\", "\"end\\", "a\tb"]),
    P + "sidecar-proxy-cpu-limit": CPU,
    P + "sidecar-proxy-cpu-request": CPU,
    P + "sidecar-proxy-memory-limit": MEMORY,
    P + "sidecar-proxy-memory-request": MEMORY,
    P + "sidecar-proxy-startup-failure-seconds": SECONDS,
    P + "sidecar-proxy-liveness-failure-seconds": SECONDS,
    P + "enable-sidecar-proxy-lifecycle": BOOL,
    P + "enable-sidecar-proxy-lifecycle-shutdown-drain-listeners": BOOL,
    P + "enable-sidecar-proxy-shutdown-drain-listeners": BOOL,
    P + "sidecar-proxy-lifecycle-shutdown-grace-period-seconds": SECONDS,
    P + "sidecar-proxy-lifecycle-startup-grace-period-seconds": SECONDS,
    P + "enable-consul-dataplane-as-sidecar": BOOL,
    P + "sidecar-initial-probe-check-delay-seconds": SECONDS,
    P + "sidecar-probe-period-seconds": SECONDS,
    P + "sidecar-probe-failure-threshold": SECONDS,
    P + "sidecar-probe-check-timeout-seconds": SECONDS,
    P + "consul-sidecar-access-log-path": (["/var/log/envoy/access.log", "/var/log/en voy/a.log", "/dev/stdout", "/proc/x/y", "/devices/x", "/a.log", "//a//b//c", "/a/b/", "/./sys/x", "/sys/x/y"], ["log", "/../x", "/a/..", "/" + "x" * 4095]),
    P + "consul-namespace": (["default", "team-a", "x" * 64], ["a b", "x" * 65, "-a", "*", "a_b"]),
    A + "virtual-ip": (IP, BAD_IP),
    A + "transparent-proxy-exclude-ssh": BOOL,
    A + "transparent-proxy-exclude-serf": BOOL,
    A + "transparent-proxy-exclude-metadata": BOOL,
    A + "transparent-proxy-exclude-platform": BOOL,
    A + "dialed-directly": BOOL,
    A + "health-check": BOOL,
    A + "health-check-http": (["http://127.0.0.1:8080/health", "https://localhost/x?y=z", "http://[::1]", "http://h", "http://h?x", "http://h#%41", "http://h/" + "x" * 9000],
                              ["ftp://x", "x", "http://", "http://a b/", "http://u:p@h/", "http://h/%zz", "http://h/\u00e9", "http://h:/", "http://h:0", "http://[1.2.3.4]/", "HTTP://h/", "http://1.2.3/", "http://h/<"]),
    A + "health-check-tcp": (["127.0.0.1:8080", "localhost:80", "[::1]:80"], ["x", "127.0.0.1", ":80:90", "host:0", "http://h:1", "::1:80", "[fe80::1%lo]:1", "1.2.3:4", "h:080", "01.2.3.4:1"]),
    A + "health-check-grpc": (["127.0.0.1:9090", "127.0.0.1:9090/svc", "h:1/a.B-c_d"], ["x", "h:1/", "h/x", "h:1/a/b", "h:1/\u00e9"]),
    A + "health-check-interval": DURATION,
    A + "health-check-timeout": DURATION,
    A + "on-sidecar-failure": (["open", "closed"], ["Closed", "shut", "closed,open", "open\n"]),
    A + "app-unit": (["web.service", "web@1.service", "a\\x2db.service", "a:b.service", "x" * 247 + ".service"], ["web", "../x.service", "a b.service", "@x.service", "x@.service", ".service", "x.socket", "x" * 248 + ".service", "w\u00e9b.service", "a%i.service"]),
    A + "acl-token-file": (["/etc/consul.d/token", "/etc//./a:b/%n\\\"$x/", "/t ", "/t\\", "//.", "/", "/..a", "/./x"], ["token", "relative/token", "/../x"]),
    A + "locality": (["eu-west-1/eu-west-1a", "eu_1.a", "a/b"], ["", "/b", "a/", "a/b/c", "r\u00e9/x", "a b", "x" * 65]),
    A + "acl-auth-method": (["vm-jwt", "Vm_1", "x" * 128], ["vm jwt", "x" * 129, "v\u00e9", "-$(x)", "%n"]),
    A + "acl-bearer-token-file": (["/run/jwt", "/j \"%n$x\\"], ["jwt", "/../x"]),
    A + "acl-aws-iam": BOOL,
    A + "ca-file": (["/ca", "/c a"], ["x"]),
    A + "client-cert-file": (["/c%d"], ["x"]),
    A + "client-key-file": (["/k", "/k$x%", "/./"], ["x"]),
    A + "grpc-ca-file": (["/g"], ["x"]),
    A + "http-addr": ADDRESS,
    A + "grpc-addr": ADDRESS,
}
# Not asked of TypeScript: it does not plan for a VM that is to stay outside.
DECISIONS = {P + "connect-inject", P + "connect-inject-status"}
PATHS = [key for key, (good, _) in POOLS.items() if good and good[0].startswith("/") and not key.endswith("scrape-path")]
# What goes together, so that it is seen together.
TOGETHER = [
    {P + "connect-service": "web,admin", P + "transparent-proxy": "false"},
    {P + "enable-metrics": "true", P + "prometheus-ca-file": "/ca", P + "prometheus-cert-file": "/c", P + "prometheus-key-file": "/k"},
    {P + "connect-service-port": "8080", A + "virtual-ip": "10.1.2.3"},
    {A + "acl-token-file": "/t", A + "client-cert-file": "/c", A + "client-key-file": "/k"},
    {A + "acl-auth-method": "vm-jwt", A + "acl-bearer-token-file": "/run/j w%t"},
    {A + "acl-auth-method": "vm-aws", A + "acl-aws-iam": "true"},
    {P + "enable-consul-dataplane-as-sidecar": "true"},
    {P + "enable-consul-dataplane-as-sidecar": "true", P + "sidecar-probe-failure-threshold": "4294967295", P + "sidecar-probe-period-seconds": "4294967294"},
    {P + "connect-service-port": "8080,9090"},
    {P + "transparent-proxy-overwrite-probes": "true", A + "health-check-grpc": "h:1"},
    dict([(P + "service-meta-k%d" % n, "v") for n in range(61)]),
]


def text(rng, alphabet, most=8):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(1, most)))


def made(rng, key):
    """A value made of what is special to somebody, in a frame in which this key may take it; None for keys that have none."""
    alphabet = SPECIAL if rng.random() < 0.9 else SPECIAL + CONTROL
    if key in PATHS:
        return "/" + text(rng, alphabet)
    if key == P + "envoy-extra-args":
        return " ".join(rng.choice([shlex.quote, str])(text(rng, alphabet)) for _ in range(rng.randint(1, 3)))
    if key == P + "proxy-config-map":
        number = rng.choice(NUMBERS if rng.random() < 0.8 else BAD_NUMBERS)
        found = json.dumps({text(rng, alphabet): text(rng, SPECIAL), "n": ["N"]}, ensure_ascii=rng.random() < 0.5)
        return found.replace("\"N\"", number)
    if key in (P + "service-tags", P + "connect-service-tags") or key.startswith(P + "service-meta-"):
        return text(rng, alphabet)
    if key == P + "connect-service-upstreams":
        parts = [rng.choice(["api", "db", "a.b", "api.svc", "a.svc.x.dc", "a.svc.n.ns.p.peer", "prepared_query:q", "a_b", "A-b", ""]) + ":" + rng.choice(["1", "22", "9191", "0", "x", "8500"])
                 + rng.choice(["", "", "", ":", ":dc2", ":dc=x", ":?dc=y", ":dc2?mesh_gateway_mode=remote", ":port=http", ":localBindAddress=127.0.0.%d" % rng.randint(0, 3), ":" + text(rng, list("?=&;%+dc2. "))])
                 for _ in range(rng.randint(1, 3))]
        return rng.choice([",", ", ", "\n", ",\n"]).join(parts)
    return None


def value(rng, key):
    good, bad = POOLS[key]
    chance = rng.random()
    if chance < 0.3:
        own = made(rng, key)
        if own is not None:
            return own
    return rng.choice(good if good and (chance < 0.86 or not bad) else bad if bad and chance < 0.97 else HOSTILE)


def annotation_set(rng):
    """Mostly good annotations, now and then a bad or hostile value; and the settings of Consul that go with them."""
    annotations = {P + "connect-service": "web"} if rng.random() < 0.93 else {}
    for together in TOGETHER:
        if rng.random() < 0.07:
            annotations.update(together)
    for key in rng.sample(sorted(POOLS), rng.choice([0, 1, 1, 2, 2, 3, 4, 6, 9])):
        annotations[key] = value(rng, key)
    if rng.random() < 0.4:
        annotations[P + "connect-service-upstreams"] = value(rng, P + "connect-service-upstreams")
    edition = rng.random()
    return {"annotations": annotations, "settings": {"enterprise": edition > 0.6, "namespaces": edition > 0.7, "partitions": edition > 0.85}}
