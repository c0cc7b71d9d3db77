import { type Document, yamlOf } from '../decode/user-data.ts'
import { entryOf, followed, type YamlNode } from '../decode/yaml-node.ts'
import { servicesIn } from '../plan/mesh-plan.ts'
import { keyOf } from '../plan/reader.ts'
import type { Profile } from '../render/injection.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { type Span, spanOf } from '../report/source.ts'
import type { Judgement } from './judge.ts'

/** Software that has networks or rules of its own on the VM, and how a document is seen to bring it. */
interface Neighbour {
  readonly name: string
  readonly packages: readonly string[]
  readonly commands: RegExp
}

/** Its containers and guests are behind bridges of the VM. */
interface Bridged extends Neighbour {
  readonly network: string
}

/** Its rules decide what reaches the VM. */
interface Firewall extends Neighbour {
  readonly open: (port: number) => string
}

const words = (text: string): readonly string[] => text.split(' ')

const BRIDGED: readonly Bridged[] = [
  {
    name: 'Docker',
    packages: words('docker docker.io docker-ce docker-engine moby-engine docker-compose docker-compose-v2'),
    commands: /\bget\.docker\.com\b|\bdocker (?:run|compose|stack|swarm|network|build)\b/,
    network: 'docker0, br-*',
  },
  {
    name: 'Podman',
    packages: words('podman podman-docker podman-compose'),
    commands: /\bpodman (?:run|play|kube|network|compose|pod)\b/,
    network: 'podman0',
  },
  {
    name: 'Kubernetes',
    packages: words('kubelet kubeadm k3s rke2 microk8s'),
    commands: /\bget\.(?:k3s|rke2)\.io\b|\bkubeadm (?:init|join)\b/,
    network: 'cni0',
  },
  {
    name: 'containerd',
    packages: words('containerd containerd.io nerdctl cri-o'),
    commands: /\bnerdctl (?:run|compose)\b/,
    network: 'cni0, nerdctl0',
  },
  {
    name: 'libvirt',
    packages: words('libvirt-daemon-system libvirt-daemon libvirt-daemon-kvm libvirt libvirt-bin'),
    commands: /\bvirsh net-|\bvirt-install\b/,
    network: 'virbr0',
  },
  {
    name: 'LXD',
    packages: words('lxd incus'),
    commands: /\blxd init\b|\bincus admin\b/,
    network: 'lxdbr0, incusbr0',
  },
]

const FIREWALLS: readonly Firewall[] = [
  {
    name: 'ufw',
    packages: ['ufw'],
    commands: /\bufw (?:--force |default |allow |enable|limit |deny |reload)/,
    open: port => `ufw allow ${port}/tcp`,
  },
  {
    name: 'firewalld',
    packages: ['firewalld'],
    commands: /\bfirewall-(?:offline-)?cmd\b/,
    open: port => `firewall-cmd --permanent --add-port=${port}/tcp`,
  },
  {
    name: 'a set of rules for nftables',
    packages: [],
    commands: /\/etc\/nftables\.conf\b|\/etc\/sysconfig\/nftables\.conf\b/,
    open: port => `tcp dport ${port} accept`,
  },
  {
    name: 'a set of rules for iptables',
    packages: words('iptables-persistent netfilter-persistent iptables-services'),
    commands: /\/etc\/iptables\/rules\.v[46]\b|\/etc\/sysconfig\/ip6?tables\b/,
    open: port => `-A INPUT -p tcp --dport ${port} -j ACCEPT`,
  },
]

/** Whether any of their commands stands in a text: of most documents one look tells that there is none. */
const ANY_COMMAND = new RegExp([...BRIDGED, ...FIREWALLS].map(({ commands }) => commands.source).join('|'))
/** What one command of a shell may be. */
const COMMAND = /[^\n;&|]+/g
const MANAGER = /\b(?:apt-get|apt|aptitude|dnf|yum|microdnf|zypper|snap)\b/
const INSTALL = /\binstall\b/
/** Comments, and lines that are ours. */
const UNREAD = /^[ \t]*#.*$|^.*\bconsul\.hashicorp\.com\/.*$/gm

interface Place {
  readonly start: number
  readonly end: number
}

/** The document's text with what says nothing blotted out, so that places stay what they are. */
const readable = ({ source, start, end }: Document): string =>
  source.text.slice(start, end).replace(UNREAD, line => ' '.repeat(line.length))

function scalarsOf(node: YamlNode | undefined): readonly (Place & { readonly text: string })[] {
  const found = followed(node)
  if (found?.kind === 'scalar') return [{ text: found.text, start: found.start, end: found.end }]
  if (found?.kind === 'sequence') return found.items.flatMap(scalarsOf)
  if (found?.kind === 'mapping') return found.entries.flatMap(({ value }) => scalarsOf(value))
  return []
}

/** Commands that install packages, each from the name of the package manager on. */
function installsIn(text: string): readonly { readonly text: string; readonly start: number }[] {
  if (!INSTALL.test(text)) return []
  return [...text.matchAll(COMMAND)].flatMap(({ 0: command, index }) => {
    const at = command.includes('install') ? command.search(MANAGER) : -1
    const words = at < 0 ? '' : command.slice(at)
    return INSTALL.test(words) ? [{ text: words, start: index + at }] : []
  })
}

/** Packages that a document has installed, by cloud-init or by a command, with where they stand. */
function packagesIn(document: Document, text: string): ReadonlyMap<string, Place> {
  const yaml = document.renders === 'cloud-config' ? yamlOf(document) : undefined
  const listed = yaml?.ok === true ? scalarsOf(entryOf(yaml.root, 'packages')?.value) : []
  const commanded = installsIn(text).flatMap(({ text: command, start }) =>
    [...command.matchAll(/[\w.+-]+/g)].map(word => ({
      text: word[0],
      start: start + word.index,
      end: start + word.index + word[0].length,
    })),
  )
  return new Map([...listed, ...commanded].reverse().map(({ text: name, start, end }) => [name, { start, end }]))
}

/** A document that was read, and what finds where it brings a neighbour; undefined where it does not. */
interface Read {
  readonly document: Document
  readonly text: string
  readonly find: (neighbour: Neighbour) => Place | undefined
}

function read(document: Document): Read {
  const text = readable(document)
  const packages = packagesIn(document, text)
  const commanded = ANY_COMMAND.test(text)
  const find = ({ packages: names, commands }: Neighbour): Place | undefined => {
    const name = packages.size === 0 ? undefined : names.find(one => packages.has(one))
    if (name !== undefined) return packages.get(name)
    const command = commanded ? commands.exec(text) : null
    return command === null ? undefined : { start: command.index, end: command.index + command[0].length }
  }
  return { document, text, find }
}

/** A neighbour that is brought, and where. */
type Brought<Kind extends Neighbour> = Kind & { readonly span: Span }

function broughtOf<Kind extends Neighbour>(table: readonly Kind[], reads: readonly Read[]): readonly Brought<Kind>[] {
  return table.flatMap(neighbour => {
    for (const { document, find } of reads) {
      const place = find(neighbour)
      if (place === undefined) continue
      const { source, start } = document
      return [{ ...neighbour, span: spanOf(source, start + place.start, start + place.end) }]
    }
    return []
  })
}

/**
 * What is to be said of software in the document that has networks or a firewall of its own. Nothing where the operator has said
 * which ports stay out of the mesh, and of firewalls where the document names the sidecar's port.
 */
export function neighbours({ annotations, plan, userData }: Judgement, profile: Profile): readonly Diagnostic[] {
  const reads = userData.documents.map(read)
  const [bridged, walls] = [broughtOf(BRIDGED, reads), broughtOf(FIREWALLS, reads)]
  if (bridged.length === 0 && walls.length === 0) return []
  const { registration, sidecars } = plan.serviceConfig.plan
  const ports = servicesIn(registration).map(({ connect }) => connect.sidecar_service.port)
  const excluded = keyOf('transparent-proxy-exclude-inbound-ports')
  const redirected = sidecars.some(({ redirect }) => redirect !== undefined)
  const text = reads.map(one => one.text).join('\n')
  const closed = ports.filter(port => !new RegExp(`\\b${port}\\b`).test(text))
  const bound =
    annotations.has(keyOf('alpha:bind-addr')) ||
    /\b(?:bind|advertise)_addr\b|(?<![\w-])--?(?:bind|advertise)[= ]/.test(text)
  const firewalls = closed.length === 0 ? [] : walls
  return [
    ...(profile === 'full' && !bound ? bridged : []).map(({ name, network, span }) =>
      diagnostic(
        'W309',
        `an agent that finds several private addresses does not start, and ${name} adds one (${network})`,
        {
          span,
          hint: `add # ${keyOf('alpha:bind-addr')}: "eth0" with the interface by which other VMs reach this one`,
        },
      ),
    ),
    ...(redirected && !annotations.has(excluded) ? bridged : []).map(({ name, network, span }) =>
      diagnostic(
        'W307',
        `what ${name} forwards (${network}) goes past the mesh, and ports that it publishes are captured as all ports of the VM are`,
        { span, hint: `name published ports that are to be reached without the mesh in ${excluded}` },
      ),
    ),
    ...firewalls.map(({ name, open, span }) =>
      diagnostic(
        'W308',
        `peers reach the service at its sidecar’s port ${closed.join(', ')}, which ${name} may keep closed`,
        {
          span,
          hint: `open it: ${closed.map(open).join('; ')}`,
        },
      ),
    ),
  ]
}
