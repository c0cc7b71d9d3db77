import type { ExposedPath } from '../annotate/grammar/expose-paths.ts'
import type { Locality } from '../annotate/grammar/locality.ts'
import type { Hole, PlanNode } from './node.ts'

/** A service definition as a Consul agent reads it from a file (snake_case). Absent things are left out. */
export interface ServiceDefinition {
  readonly name: string
  readonly port?: number
  readonly ports?: readonly { readonly name: string; readonly port: number; readonly default: boolean }[]
  /** The guest fills in the holes of tags and of meta: whole values, never a part of one. */
  readonly tags?: readonly (string | Hole)[]
  readonly meta: Readonly<Record<string, string | Hole>>
  readonly weights?: { readonly passing: number }
  /** In place of `token`, which the guest reads there. The sidecar's registration inherits it. */
  readonly token_file?: string
  readonly namespace?: string
  readonly locality?: Locality
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
    readonly expose?: { readonly checks?: true; readonly paths?: readonly ExposedPath[] }
    readonly transparent_proxy?: { readonly dialed_directly?: true; readonly outbound_listener_port?: number }
  }
}

/** `/etc/consul.d/service-registration.json`. */
export type Registration = { readonly service: ServiceDefinition } | { readonly services: readonly ServiceDefinition[] }

/** One service's sidecar: files of the guest, a list of lines each. */
export interface SidecarPlan {
  readonly service: string
  /** `NAME=value`: where the application finds its upstreams. */
  readonly environment?: readonly string[]
  /** Arguments of `consul connect redirect-traffic`, but for the users that the guest looks up. Absent without transparent proxy. */
  readonly redirect?: readonly PlanNode[]
  /** The part of `envoy@<service>.service` that follows from the annotations. */
  readonly unit: readonly PlanNode[]
  /** `consul-envoy-watch@<service>.service`, which kills a sidecar that no longer answers. */
  readonly watch?: readonly PlanNode[]
  /** `consul-acl-token@<service>.service`, which follows the ACL token of a file, or logs in for one. */
  readonly acl?: readonly PlanNode[]
}

/**
 * Settings of systemd-resolved; where programs ask another resolver the domain, questions for which are redirected to the port, whichever
 * server they are for.
 */
export interface Dns {
  readonly hole: 'resolved'
  readonly then: readonly string[]
  readonly else: readonly [domain: string, port: string]
}

/** What the guest is to bring about. Field names are those of the file that travels. */
export interface GuestPlan {
  /** Settings of the agent, as its configuration spells them; a hole `secret` stands for the content of a file. */
  readonly agent?: Readonly<Record<string, unknown>>
  /** What annotations say of the agent that is there; the rest the guest finds out. */
  readonly agent_is?: { readonly folder?: string; readonly unit?: string; readonly uid?: PlanNode }
  /** The application's unit: it must not run as Envoy does. */
  readonly app_unit?: string
  /** How names of the mesh come to the agent. */
  readonly dns?: readonly Dns[]
  readonly registration: Registration
  readonly sidecars: readonly SidecarPlan[]
  /** Parts of units by name, lines of files in `/etc/systemd/system/<unit>.d`. */
  readonly units?: Readonly<Record<string, readonly PlanNode[]>>
}

/** The number of the plan's form. A guest that does not know it leaves the VM outside the mesh. */
export const FORMAT = 2

/** The first version whose guests know the form. */
export const OLDEST_GUEST = '0.2.0'

/** `/srv/consul/service-config.json`. */
export interface ServiceConfig {
  readonly format: typeof FORMAT
  readonly plan: GuestPlan
}

/** Everything that annotations and values of one VM mean. Pure data. */
export interface MeshPlan {
  readonly serviceConfig: ServiceConfig
  /** The agent's mesh settings, a configuration file of its own. */
  readonly agent: Readonly<Record<string, unknown>>
  /** Where the guest may install Consul and Envoy from: lines `NAME=value`. */
  readonly packages: string
}

/** The services of a registration, in the order of the sidecars. */
export const servicesIn = (registration: Registration): readonly ServiceDefinition[] =>
  'services' in registration ? registration.services : [registration.service]
