/** VMs of KubeVirt with interfaces, for what KubeVirt lets through to them. */
import { ASKED, P, PLAIN } from './kubevirt.ts'

export const A: string = 'alpha.consul.hashicorp.com/'

/** A port as KubeVirt lists it. */
export const tcp = (port: number): object => ({ port })
export const udp = (port: number): object => ({ port, protocol: 'UDP' })
/** What the mesh needs of a VM with one service. */
export const MESH: readonly object[] = [tcp(20000), tcp(8301), udp(8301)]

const specOf = (interfaces: readonly object[], source: object): object => ({
  domain: { devices: { interfaces } },
  volumes: [{ name: 'cloudinit', cloudInitNoCloud: source }],
})

/** A VM with these interfaces, annotated in its template. */
export const connected = (
  interfaces: readonly object[],
  annotations: Readonly<Record<string, string>> = {},
  source: object = { userData: PLAIN },
): object => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name: 'web' },
  spec: { template: { metadata: { annotations: { ...ASKED, ...annotations } }, spec: specOf(interfaces, source) } },
})

/** The same VM with what makes several of it. */
export const pool = (interfaces: readonly object[], notes: Readonly<Record<string, object>> = {}): object => ({
  apiVersion: 'pool.kubevirt.io/v1beta1',
  kind: 'VirtualMachinePool',
  metadata: { name: 'web', ...notes['pool'] },
  spec: {
    replicas: 2,
    virtualMachineTemplate: {
      metadata: { labels: { app: 'web' }, ...notes['vm'] },
      spec: {
        runStrategy: 'Always',
        template: {
          metadata: { labels: { app: 'web' }, ...notes['instance'] },
          spec: specOf(interfaces, { userData: PLAIN }),
        },
      },
    },
  },
})

export const replicaSet = (notes: Readonly<Record<string, object>>): object => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstanceReplicaSet',
  metadata: { name: 'web', ...notes['set'] },
  spec: { replicas: 2, template: { metadata: { ...notes['instance'] }, spec: specOf([], { userData: PLAIN }) } },
})

export const METRICS: Readonly<Record<string, string>> = { [`${P}enable-metrics`]: 'true' }
