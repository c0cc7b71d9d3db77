/** The reference's section on networks and platforms, from annotations/networks.json and annotations/addresses.json. */
import { readFileSync } from 'node:fs'

const rowsOf = name => JSON.parse(readFileSync(new URL(`../../annotations/${name}.json`, import.meta.url), 'utf8'))

const NETWORKS = rowsOf('networks')
export const ADDRESSES = rowsOf('addresses')

/** Blocks of a purpose, in the order of the table. */
export const blocksOf = purpose => ADDRESSES.filter(row => row.purpose === purpose).map(({ cidr }) => cidr)

/** The table as a module: what the planner needs of it. */
export const addressesModule = notice => {
  const rows = ADDRESSES.map(({ source: _, ...row }) => row)
  const type =
    "{ readonly cidr: string; readonly platforms: readonly string[]; readonly purpose: 'metadata' | 'services'; readonly what: string }"
  return `${notice}\nexport const ADDRESSES: readonly ${type}[] = ${JSON.stringify(rows, null, 2)}\n`
}

const INTRO = `## Networks and platforms

With the transparent proxy all TCP to an address of the VM, and all TCP of its own processes, goes through the sidecar. What the
VM only forwards, for containers, guests and tunnels, is left alone, in both families and both generations of rules. A port that a
container publishes is a port of the VM: other VMs reach it through the mesh when it is the service's, and nobody reaches it beside
the mesh unless it is in \`transparent-proxy-exclude-inbound-ports\`. The same holds for what containers send to the VM's own addresses.
Where mesh destinations only are allowed (\`MeshDestinationsOnly\`), the VM's own processes reach its containers when their network is in
\`transparent-proxy-exclude-outbound-cidrs\`; docker-proxy is such a process. \`check\` tells of such software in the document (W307), and of
firewalls (W308). Rules that are flushed while Envoy runs are put back within ten seconds; where those of IPv6 alone are flushed (\`ip6tables -F\`)
that is not noticed before the next start.`

const PLATFORMS = `Addresses of platforms, left alone by default: those of the platform that \`--platform\` names, else all of them.
\`transparent-proxy-exclude-metadata\` switches instance data and credentials, \`transparent-proxy-exclude-platform\` the services. An address is put
into the rules of its own family. All were run in namespaces with the rules of three generations of Consul, none on the platform itself.
CloudStack's instance data is at its DHCP server, and IBM Cloud's services are in 161.26.0.0/16: name these in
\`transparent-proxy-exclude-outbound-cidrs\` where they must not go through Envoy. NTP is UDP, which is never captured.`

export const networks = table =>
  [
    INTRO,
    table(
      ['Network', 'What it forwards', 'Ports', 'Run for real'],
      NETWORKS.map(({ network, forwarded, published, run }) => [network, forwarded, published, run]),
    ),
    PLATFORMS,
    table(
      ['Address', 'Platforms', 'Purpose', 'Source'],
      ADDRESSES.map(({ cidr, platforms, purpose, what, source }) => [
        `\`${cidr}\``,
        platforms.join(', '),
        `${what} (${purpose})`,
        source,
      ]),
    ),
  ].join('\n\n')
