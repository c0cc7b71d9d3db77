/**
 * Addresses that a platform keeps for itself. A VM needs them as root's own, without a proxy between: credentials, the agents of the
 * platform, its resolver, disks over the network. One table, whatever the platform; names of platforms are those of `--platform`,
 * and others that it does not know. Facts were looked up in November 2026, in what stands behind `//`.
 */
export interface PlatformAddress {
  readonly cidr: string
  /** `metadata` is instance data and credentials; `services` all else. */
  readonly purpose: 'metadata' | 'services'
  readonly platforms: readonly string[]
  readonly what: string
}

/** Where every platform but a few has its instance data. It is excluded whatever the platform is called. */
const EVERYWHERE = '169.254.169.254/32'

const row = (
  platforms: string,
  cidr: string,
  what: string,
  purpose: PlatformAddress['purpose'] = 'metadata',
): PlatformAddress => ({ cidr, purpose, platforms: platforms.split(' '), what })

/** IPv4 before IPv6. Time servers are asked over UDP, which is never captured; they are here for the sake of the list. */
export const ADDRESSES: readonly PlatformAddress[] = [
  row(
    'ec2 openstack azure gce digitalocean oracle hetzner vultr akamai tencent kubevirt lxd',
    EVERYWHERE,
    'instance metadata', // cloud-init, doc/rtd/reference/datasources
  ),
  row('ec2', '169.254.170.0/24', 'credentials of ECS tasks (.2) and EKS pods (.23)'), // AWS SDKs, container credentials provider
  row('tencent', '169.254.0.23/32', 'instance metadata'), // datadog-agent, pkg/util/cloudproviders/tencent
  row('scaleway', '169.254.42.42/32', 'instance metadata'), // cloud-init, datasources/scaleway.rst
  row('alibaba', '100.100.100.200/32', 'instance metadata'), // cloud-init, DataSourceAliYun.py
  row('ec2', 'fd00:ec2::254/128', 'instance metadata'), // EC2 user guide, instancedata-data-retrieval
  row('ec2', 'fd00:ec2::23/128', 'credentials of EKS pods'), // EKS user guide, pod-id-agent-setup
  row('gce', 'fd20:ce::254/128', 'instance metadata'), // Compute Engine, querying metadata
  row('openstack', 'fe80::a9fe:a9fe/128', 'instance metadata'), // neutron, METADATA_V6_IP
  row('oracle', 'fd00:c1::a9fe:a9fe/128', 'instance metadata'), // oci-python-sdk, instance principals
  row('akamai', 'fd00:a9fe:a9fe::1/128', 'instance metadata'), // cloud-init, datasources/akamai.rst
  row('alibaba', 'fd00:100::100:200/128', 'instance metadata'), // Alibaba ECS user guide, instance metadata
  row('scaleway', 'fd00:42::42/128', 'instance metadata'), // cloud-init, datasources/scaleway.rst
  row('azure', '168.63.129.16/32', 'wire server, DNS and health probes', 'services'), // Azure, what-is-ip-address-168-63-129-16
  row('ec2', '169.254.169.253/32', 'DNS', 'services'), // VPC user guide, Amazon DNS server
  row('ec2', '169.254.169.123/32', 'time', 'services'), // EC2 user guide, Amazon Time Sync
  row('oracle', '169.254.0.0/21', 'disks over iSCSI (root alone may ask) and updates', 'services'), // InstanceServices of Oracle's images
  row('alibaba', '100.100.2.136/30', 'DNS', 'services'), // Alibaba PrivateZone API, addresses reserved by the system
  row('ec2', 'fd00:ec2::253/128', 'DNS', 'services'), // VPC user guide, Amazon DNS server
  row('ec2', 'fd00:ec2::123/128', 'time', 'services'), // EC2 user guide, Amazon Time Sync
]

/** What is left alone of a purpose: on a platform that is named what is its own, else what any platform has. */
export const addressesOf = (purpose: PlatformAddress['purpose'], platform: string | undefined): readonly string[] =>
  ADDRESSES.filter(
    ({ cidr, purpose: own, platforms }) =>
      own === purpose && (platform === undefined || cidr === EVERYWHERE || platforms.includes(platform)),
  ).map(({ cidr }) => cidr)
