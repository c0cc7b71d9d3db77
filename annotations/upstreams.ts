import type { Upstreams } from './values.ts'

/**
 * Services that the VM's own service calls through local ports.
 *
 * @title Upstreams
 */
export interface UpstreamAnnotations {
  /**
   * Upstreams of the service, each with the local port on which the sidecar offers it. With the transparent proxy on they
   * are rarely needed, as services are reached by their virtual names; explicit ones are still allowed.
   *
   * @verdict applies
   * @since 0.1.0
   * @example "api:9191,db.svc.eu.dc:5432"
   * @vm Becomes `proxy.upstreams` of the first service's sidecar. For the application `/run/consul/upstreams-<service>.env`
   * holds `API_CONNECT_SERVICE_HOST` and `API_CONNECT_SERVICE_PORT`. Whatever the agent would refuse at start is an error
   * here: the same target or the same port twice, a port in use, a name with stray characters.
   */
  'consul.hashicorp.com/connect-service-upstreams'?: Upstreams
}
