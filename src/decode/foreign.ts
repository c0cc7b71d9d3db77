import { unarchived } from './archive.ts'
import { type Document, type UserData, yamlOf } from './user-data.ts'
import { entryOf } from './yaml-node.ts'

/** A document that cloud-init does not read, or that is not for the machine that boots with it. */
export interface Foreign {
  readonly code: 'W102' | 'W108'
  /** What it is, and who reads it. */
  readonly message: string
  /** What to do instead. */
  readonly hint: string
}

const NO_CLOUD_INIT =
  'cloud-init does not run there: bake the guest files into the image (consul-vm-inject guest), and bring /srv/consul/service-config.json by the means of that system'
const WINDOWS = 'the guest files are for Linux: the service mesh of a Windows VM is not what this tool makes'
const INSTALLER =
  'bake the guest files into the image, or have the installer write user-data for the first boot, and inject that'

/** How documents begin, or what stands at the beginning of one of their lines, that cloud-init takes for nothing it knows. */
const FOREIGN: readonly (readonly [shape: RegExp, what: string, hint: string])[] = [
  [
    /^\s*\{(?=[\s\S]*"ignition"\s*:\s*\{)|^ignition:/m,
    'an Ignition configuration (Fedora CoreOS, Flatcar)',
    NO_CLOUD_INIT,
  ],
  [
    /^variant:\s*["']?(?:fcos|flatcar|openshift|r4e|fiot)\b/m,
    'a Butane configuration (Fedora CoreOS, Flatcar)',
    NO_CLOUD_INIT,
  ],
  [
    /^machine:(?=[\s\S]*^(?:cluster:|[ \t]+(?:install|network|kubelet|sysctls|files|certSANs|type|nodeLabels):))|^version:\s*["']?v1alpha1\b|^apiVersion:\s*["']?v1alpha1\b/m,
    'a machine configuration of Talos',
    NO_CLOUD_INIT,
  ],
  [/^\[settings(?:\.[\w."-]+)?\]|^settings\.[\w.-]+\s*=/m, 'the settings of Bottlerocket', NO_CLOUD_INIT],
  [
    /^apiVersion:\s*["']?node\.eks\.aws\//m,
    'a NodeConfig of EKS nodeadm',
    'make it a part of a MIME document (Content-Type: application/node.eks.aws) beside a cloud-config, and inject that',
  ],
  [/^\s*<(?:powershell|script|persist|runAsLocalSystem)>/m, 'a script for Windows (EC2Launch)', WINDOWS],
  [/^#ps1(?:_sysnative|_x86)?\b|^rem cmd\b|^\s*@echo off\b/im, 'a script for Windows (cloudbase-init)', WINDOWS],
  [/^<\?xml(?=[\s\S]*<unattend\b)|^<unattend\b/m, 'an answer file of Windows Setup', WINDOWS],
  [/^<\?xml(?=[\s\S]*<profile\b)|^<profile\b[^>]*yast/m, 'a profile of AutoYaST', INSTALLER],
  [/^%packages\b|^#version=(?:RHEL|F|DEVEL)/m, 'a Kickstart file', INSTALLER],
  [/^d-i\s+\S+/m, 'a preseed file of the Debian installer', INSTALLER],
  [
    /^autoinstall:|^version:\s*1\s*$(?=[\s\S]*^(?:identity|late-commands|user-data):)/m,
    'an autoinstall file of the Ubuntu installer',
    INSTALLER,
  ],
  [
    /^network:[ \t]*(?:\{|\r?\n)(?=[\s\S]*^[ \t]+version:[ \t]*[12]\b)|^version:[ \t]*[12][ \t]*\r?$(?=[\s\S]*^(?:ethernets|config|bonds|vlans|bridges|wifis):)/m,
    'a network configuration of cloud-init',
    'leave it as it is, and inject the user-data that stands beside it',
  ],
  [
    /^(?:systemd|storage|passwd|locksmith):(?=[\s\S]*^(?:systemd|storage|passwd|etcd|flannel|locksmith|update|docker|networkd):)/m,
    'a Container Linux configuration (Flatcar)',
    NO_CLOUD_INIT,
  ],
  [/^version:\s*["']?1\.\d["']?\s*$(?=[\s\S]*^tasks:)/m, 'tasks of EC2Launch for Windows', WINDOWS],
  [/^\{\s*(?:config|lib|modulesPath|pkgs)\s*,[^}]*\}\s*:/m, 'a configuration of NixOS', NO_CLOUD_INIT],
]

/** Characters that are looked at. */
const HEAD = 16_384

/** A script that the first boot of openSUSE MicroOS and SLE Micro runs from a drive of its own. */
const COMBUSTION = /^#[ \t]*combustion:/m

/** What cloud-init does not read. */
const unread = (what: string, hint: string): Foreign => ({
  code: 'W102',
  message: `cloud-init does not read this document: it is ${what}`,
  hint,
})

const AUTOINSTALL: Foreign = {
  code: 'W108',
  message:
    'this is for an installer (autoinstall): what is injected would go to that, not to the machine that it installs',
  hint: 'inject the cloud-config below autoinstall.user-data as a document of its own, with --layout cloud-config, and put what comes out in its place',
}

/** Where a template says it, which is no YAML. */
const AUTOINSTALL_LINE = /^[ \t]*["']?autoinstall["']?[ \t]*:/m

function isForInstaller(document: Document): boolean {
  if (document.renders !== 'cloud-config') return false
  const text = document.source.text.slice(document.start, document.end)
  if (!text.includes('autoinstall')) return false
  const yaml = yamlOf(document)
  return yaml.ok ? entryOf(yaml.root, 'autoinstall') !== undefined : AUTOINSTALL_LINE.test(text)
}

/** What a text is that cloud-init takes for nothing it knows, by its content. */
const shapeOf = (text: string): (typeof FOREIGN)[number] | undefined => {
  const head = text.slice(0, HEAD)
  return FOREIGN.find(([shape]) => shape.test(head))
}

/** Whether a text is surely for others than cloud-init. */
export const looksForeign = (text: string): boolean => shapeOf(text) !== undefined

/** What a document is that cloud-init does not read, by its content. Of what cloud-init knows, only what is surely for others. */
export function foreignOf({ format, documents, source, mime }: UserData): Foreign | undefined {
  if (documents.some(document => unarchived(document).some(isForInstaller))) return AUTOINSTALL
  if (mime !== undefined && mime.headers.size > 0) return undefined
  if (format === 'script' && COMBUSTION.test(source.text.slice(0, HEAD))) {
    return unread('a script for combustion (openSUSE MicroOS, SLE Micro)', NO_CLOUD_INIT)
  }
  if (format !== 'unknown') return undefined
  const found = shapeOf(source.text)
  return found === undefined ? undefined : unread(found[1], found[2])
}
