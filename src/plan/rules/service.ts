import { NO_PORT } from '../../annotate/grammar/service-ports.ts'
import { keyOf as key } from '../reader.ts'
import { mainPort } from '../registration.ts'
import type { Case, Rule } from './rule.ts'

const several = ({ services }: Case): boolean => services.length > 1

/** An annotation that means something to Consul Enterprise only. */
const needsEnterprise = (code: Rule['code'], name: string, message: string, hint: string): Rule => ({
  code,
  find({ reader }) {
    const at = reader.given(name)
    return at === undefined || reader.settings.enterprise ? undefined : { message, hint, at }
  },
})

/** Rules on what is registered: names, ports, addresses, tenancy. */
export const SERVICE_RULES: readonly Rule[] = [
  {
    code: 'E303',
    find({ reader, services }) {
      if (services.length > 0 || reader.annotations.has(key('connect-service'))) return undefined
      return {
        message: `${key('connect-service')} is missing: a VM has no Kubernetes Service to take the name from`,
        hint: `add # ${key('connect-service')}: "web"`,
      }
    },
  },
  {
    code: 'E304',
    find(it) {
      if (!several(it) || !it.reader.on('transparent-proxy')) return undefined
      return {
        message: 'multi protocol multi port services are not compatible with transparent proxy',
        hint: `a VM has one redirect target: add ${key('transparent-proxy')}: "false"`,
        at: it.reader.given('connect-service'),
      }
    },
  },
  {
    code: 'E308',
    find(it) {
      if (!several(it) || !it.reader.on('enable-metrics')) return undefined
      return {
        message: 'multi protocol multi port services are not compatible with metrics',
        hint: `set ${key('enable-metrics')}: "false", or register one service`,
        at: it.reader.given('enable-metrics'),
      }
    },
  },
  {
    code: 'E309',
    find(it) {
      const [services, ports] = [it.services.length, it.reader.list<number>('connect-service-port')]
      const fits = ports.length >= services && ports.slice(services).every(port => port === NO_PORT)
      if (!several(it) || ports.length < 2 || fits) return undefined
      return {
        message: `${services} services and ${ports.length} ports: they go together by position`,
        hint: 'give one port for each service, or one for all',
        at: it.reader.given('connect-service-port'),
      }
    },
  },
  {
    code: 'W310',
    find({ reader, services: [service, ...others] }) {
      if (service === undefined || others.length > 0 || service.ports.length < 2) return undefined
      if (reader.settings.enterprise) return undefined
      return {
        message: `only port ${mainPort(service, reader)} is registered: several ports a service need Consul Enterprise`,
        hint: `choose with ${key('connect-service-default-port')}, or register several services`,
        at: reader.given('connect-service-port'),
      }
    },
  },
  {
    code: 'W311',
    find({ reader, services: [service] }) {
      const chosen = reader.given('connect-service-default-port')
      if (chosen === undefined || (service !== undefined && service.ports.length > 1)) return undefined
      return {
        message: `${chosen.key} chooses among several ports, and there are none to choose from`,
        hint: 'leave it out',
        at: chosen,
      }
    },
  },
  {
    code: 'E310',
    find({ reader, services: [service] }) {
      const address = reader.given('alpha:virtual-ip')
      if (address === undefined || service?.ports[0] !== undefined) return undefined
      return {
        message: 'a virtual address needs a port',
        hint: `add ${key('connect-service-port')}`,
        at: address,
      }
    },
  },
  {
    code: 'W312',
    find({ reader }) {
      const address = reader.given('alpha:virtual-ip')
      if (address === undefined || reader.on('transparent-proxy')) return undefined
      return {
        message: 'a virtual address is used with the transparent proxy only',
        hint: 'leave it out, or turn the transparent proxy on',
        at: address,
      }
    },
  },
  needsEnterprise(
    'E311',
    'consul-namespace',
    'namespaces need Consul Enterprise: an agent of the community edition refuses the registration',
    'leave it out, or set global.enableConsulNamespaces in the values file',
  ),
  needsEnterprise(
    'W324',
    'alpha:locality',
    'a locality needs Consul Enterprise: it is left out',
    'leave it out, or name an image of Consul Enterprise by global.image in the values file',
  ),
]
