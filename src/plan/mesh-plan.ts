/** A service definition as a Consul agent reads it from a file (snake_case). Absent things are left out. */
export interface ServiceDefinition {
  readonly name: string
  readonly port?: number
  readonly ports?: readonly { readonly name: string; readonly port: number; readonly default: boolean }[]
  readonly tags?: readonly string[]
  readonly meta: Readonly<Record<string, string>>
  readonly weights?: { readonly passing: number }
  readonly namespace?: string
  readonly tagged_addresses?: TaggedAddresses
  readonly checks?: readonly CheckDefinition[]
  readonly connect: { readonly sidecar_service: SidecarService }
}

export interface TaggedAddresses {
  readonly virtual: { readonly address: string; readonly port: number }
}

export interface CheckDefinition {
  readonly name: string
  readonly http?: string
  readonly tcp?: string
  readonly grpc?: string
  readonly interval?: string
  readonly timeout?: string
  readonly alias_service?: string
}

export interface SidecarService {
  readonly port: number
  readonly tagged_addresses?: TaggedAddresses
  readonly checks?: readonly CheckDefinition[]
  readonly proxy: {
    readonly mode: 'transparent' | 'direct'
    readonly upstreams?: readonly object[]
    readonly config?: Readonly<Record<string, unknown>>
    readonly expose?: { readonly checks: true }
    readonly transparent_proxy?: { readonly dialed_directly: true }
  }
}

/** `/etc/consul.d/service-registration.json`. */
export type Registration = { readonly service: ServiceDefinition } | { readonly services: readonly ServiceDefinition[] }

/** One service's sidecar: how its traffic is redirected and how its Envoy is started. */
export interface SidecarPlan {
  readonly service: string
  /** Arguments of `consul connect redirect-traffic` that are known before boot; empty without transparent proxy. */
  readonly redirect: readonly string[]
  /** The whole command line of Envoy's start. */
  readonly envoy: readonly string[]
  /** Variables with the addresses of the upstreams, for the application. */
  readonly environment: Readonly<Record<string, string>>
}

/** `/srv/consul/service-config.json`: what the guest needs to come to the same plan. */
export interface ServiceConfig {
  readonly annotations: Readonly<Record<string, string>>
  readonly settings?: { readonly enterprise: boolean; readonly namespaces: boolean; readonly partitions: boolean }
}

/** Everything the annotations of one VM mean. Pure data. */
export interface MeshPlan {
  readonly serviceConfig: ServiceConfig
  readonly registration: Registration
  readonly sidecars: readonly SidecarPlan[]
  /** Whether names of the mesh are to be resolved by Consul. How is the guest's to decide. */
  readonly dns: boolean
  /** The agent's mesh settings, a configuration file of its own. */
  readonly agent: Readonly<Record<string, unknown>>
  /** Where the guest may install Consul and Envoy from: lines `NAME=value`. */
  readonly packages: string
}

/** What only the guest knows. Before boot these stand for themselves. */
export interface Host {
  readonly hostname: string
  readonly instanceId: string
}

export const UNKNOWN_HOST: Host = { hostname: '$POD_NAME', instanceId: '$INSTANCE_ID' }
