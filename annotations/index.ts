import type { AccessAnnotations } from './access.ts'
import type { AccessLogAnnotations } from './access-log.ts'
import type { AgentAnnotations } from './agent.ts'
import type { ApiGatewayAnnotations } from './api-gateways.ts'
import type { DecisionAnnotations } from './decision.ts'
import type { DnsAnnotations } from './dns.ts'
import type { GatewayAnnotations } from './gateways.ts'
import type { HealthAnnotations } from './health.ts'
import type { KubernetesObjectAnnotations } from './kubernetes-objects.ts'
import type { KubernetesOnlyAnnotations } from './kubernetes-only.ts'
import type { LifecycleAnnotations } from './lifecycle.ts'
import type { MetricsAnnotations } from './metrics.ts'
import type { NamespaceAnnotations } from './namespaces.ts'
import type { OutputAnnotations } from './outputs.ts'
import type { PortAnnotations } from './ports.ts'
import type { RefusedAnnotations } from './refused.ts'
import type { RemovedAnnotations } from './removed.ts'
import type { ResourceAnnotations } from './resources.ts'
import type { ServiceAnnotations } from './service.ts'
import type { TransparentProxyAnnotations } from './transparent-proxy.ts'
import type { UpstreamAnnotations } from './upstreams.ts'
import type { VmAnnotations } from './vm.ts'

export type { HelmValues } from './helm.ts'
export type { AnnotationRow, Verdict } from './row.ts'

/** Every annotation, family by family. The order here is the order of the reference. A star in a key stands for any text. */
export interface ConsulAnnotations
  extends DecisionAnnotations,
    ServiceAnnotations,
    UpstreamAnnotations,
    TransparentProxyAnnotations,
    DnsAnnotations,
    MetricsAnnotations,
    LifecycleAnnotations,
    HealthAnnotations,
    ResourceAnnotations,
    AccessLogAnnotations,
    NamespaceAnnotations,
    VmAnnotations,
    PortAnnotations,
    AccessAnnotations,
    AgentAnnotations,
    KubernetesOnlyAnnotations,
    KubernetesObjectAnnotations,
    RemovedAnnotations,
    OutputAnnotations,
    GatewayAnnotations,
    ApiGatewayAnnotations,
    RefusedAnnotations {}
