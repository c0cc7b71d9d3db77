export type PlatformName =
  | 'ec2'
  | 'openstack'
  | 'azure'
  | 'gce'
  | 'kubevirt'
  | 'vsphere'
  | 'cloudstack'
  | 'digitalocean'
  | 'lxd'
  | 'multipass'
  | 'proxmox'
  | 'nocloud'

/** What a platform takes as user-data. */
export interface Platform {
  readonly name: PlatformName
  readonly title: string
  /** Most that it takes; absent where nothing limits it. */
  readonly limit?: number
  /** What the limit counts: the bytes, their base64 text, or the text as it is sent. */
  readonly counts: 'bytes' | 'base64' | 'text'
  /** How compressed user-data gets through: as bytes, as base64 text only, or not at all. */
  readonly gzip: 'bytes' | 'base64' | 'no'
  /** Whether MIME gets through; where it does not, one cloud-config does. */
  readonly mime: boolean
  /** What tells the platform that the text is base64. */
  readonly base64?: string
  /** Where more fits in. */
  readonly beyond?: string
}

/** What is counted, in words. */
export const COUNTED: Readonly<Record<Platform['counts'], string>> = {
  bytes: 'bytes',
  base64: 'characters of base64',
  text: 'bytes of text',
}

/** The limits and rules of the platforms: the one table of them. */
export const PLATFORMS: readonly Platform[] = [
  { name: 'ec2', title: 'Amazon EC2', limit: 16_384, counts: 'bytes', gzip: 'bytes', mime: true },
  { name: 'openstack', title: 'OpenStack', limit: 65_535, counts: 'base64', gzip: 'bytes', mime: true },
  { name: 'azure', title: 'Azure custom data', limit: 65_535, counts: 'bytes', gzip: 'bytes', mime: true },
  {
    name: 'gce',
    title: 'Google Compute Engine',
    limit: 262_144,
    counts: 'text',
    gzip: 'base64',
    mime: true,
    base64: 'set the metadata key user-data-encoding to base64',
  },
  {
    name: 'kubevirt',
    title: 'KubeVirt inline user-data',
    limit: 2048,
    counts: 'bytes',
    gzip: 'base64',
    mime: true,
    base64: 'give it as userDataBase64',
    beyond: 'put it into a Secret and name that in secretRef',
  },
  {
    name: 'vsphere',
    title: 'vSphere guest customisation',
    limit: 524_288,
    counts: 'text',
    gzip: 'base64',
    mime: true,
    base64: 'set guestinfo.userdata.encoding to gzip+base64',
  },
  { name: 'cloudstack', title: 'CloudStack', limit: 32_768, counts: 'base64', gzip: 'bytes', mime: true },
  { name: 'digitalocean', title: 'DigitalOcean', counts: 'text', gzip: 'no', mime: true },
  { name: 'lxd', title: 'LXD and Incus', counts: 'text', gzip: 'no', mime: true },
  { name: 'multipass', title: 'Multipass', counts: 'text', gzip: 'no', mime: false },
  { name: 'proxmox', title: 'Proxmox snippets', counts: 'bytes', gzip: 'bytes', mime: true },
  { name: 'nocloud', title: 'NoCloud', counts: 'bytes', gzip: 'bytes', mime: true },
]

export const platformOf = (name: PlatformName): Platform =>
  PLATFORMS.find(platform => platform.name === name) as Platform
