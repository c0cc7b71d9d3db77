/** The part of the operator's reference that says where packages come from, what fits what, and what happens on a bad day. */
import { readFileSync } from 'node:fs'

const model = readFileSync(new URL('../../annotations/versions.ts', import.meta.url), 'utf8')
const accepted = [...model.matchAll(/row\('([\d.]+)', (\d+), (\d+)\)/g)]
if (accepted.length === 0) throw new Error('annotations/versions.ts has no rows')

const SOURCES = [
  [
    'Debian 11, 12 and 13, Ubuntu 20.04 to 26.04',
    'apt',
    'yes',
    'apt of Debian 12; of Debian 13, which has `sqv` and no `gpgv`, the check of the key',
  ],
  [
    'a release of these for which the repository has no suite',
    'apt',
    'yes, by the suite `bookworm`',
    'apt of Debian 12',
  ],
  [
    'RHEL 8, 9 and 10, Rocky, Alma, Oracle, CentOS Stream',
    'dnf, yum',
    'yes',
    'dnf and rpm in a root of Debian; no system of the kind',
  ],
  ['Fedora, Amazon Linux 2023', 'dnf', 'yes', 'the address alone'],
  ['SLES and openSUSE', 'zypper', 'no: HashiCorp has no repository for them, and the log says so', 'no'],
  ['an image that has both, on whatever system', 'none', 'yes', 'yes'],
]
const DAYS = [
  ['the repository, or the way to it, is down', 'tried again every ten seconds for two minutes', 'apt and dnf'],
  ['the package manager is locked', 'tried again for ten minutes; dnf waits by itself', 'apt'],
  [
    'the clock is behind: certificate or repository are not yet valid',
    'as when the repository is down',
    'apt, the repository',
  ],
  ['apt or dnf alone knows the proxy', 'the key comes through it as well', 'apt and dnf'],
  ['there is no gpg', 'apt needs none: it checks the fingerprint itself. Where there is dnf, it is installed', 'apt'],
  [
    'there is no internet, but a mirror',
    '`vm.packages.apt` and `vm.packages.rpm` name one that serves both',
    'apt and dnf',
  ],
  ['the suite is absent', 'told as such, with its 404, at once', 'apt'],
  ['a key of another fingerprint', 'nothing is installed, and the source does not stay', 'apt and dnf'],
  [
    'Consul is there, and not the tool by which it redirects',
    '`iptables` is installed, for Consul 2.1 and newer `nftables`',
    'apt',
  ],
  ['the kernel is older than 5.2', 'of Consul the newest up to 2.0 is taken', 'no'],
]

/** `table(heads, rows)` is the one of the whole reference. */
export const packagesSection = table =>
  [
    '## Packages',
    `With the profile \`full\` a VM installs Consul and Envoy where it does not have them: from HashiCorp's own repositories, as
\`consul\` and \`hashicorp-envoy\`, unless \`vm.packages\` of the values file says otherwise. Envoy's own apt repository is one to
name there (\`vm.packages.envoy.apt\`; its package is \`envoy\`). A key counts only by its fingerprint; it is to be in ASCII armor.`,
    table(['System', 'Package manager', 'Supported', 'Run for real'], SOURCES),
    `HashiCorp's and Envoy's repositories themselves were not run: all of this against repositories made on the spot, signed and over
https. Packages of HashiCorp for processors other than amd64 were not looked at.`,
    `### Which Envoy a Consul accepts

\`consul connect envoy\` refuses any other, in its own words, before anything is redirected. Where the values file pins one of the two,
the other is chosen to go with it; where it pins both and they do not fit, that is a warning. \`-ignore-envoy-compatibility\` in
\`envoy-extra-args\` has Consul take any. Consul 1.14 takes any.`,
    table(
      ['Consul', 'Envoy'],
      accepted.map(([, consul, lowest, highest]) => [consul, `1.${lowest} to 1.${highest}`]),
    ),
    `### On a bad day

Each failure is one line with its cause in \`/var/log/cloud-init-output.log\`, and the final script, and so \`cloud-init status\`, fails
when something is missing at its end. Nothing is redirected then, and the VM stays reachable. It is tried again for ever, with each try of the
sidecar: after 5 seconds, then ever longer apart up to 5 minutes, and at each boot (\`journalctl -u consul-mesh-packages\`). When all
is there the VM joins, without a reboot; \`cloud-init status\` keeps what it said until the next one.`,
    table(['When', 'Then', 'Run for real with'], DAYS),
  ].join('\n\n')
