import { keyOf as key } from '../reader.ts'
import { mainPort, type NamedService } from '../registration.ts'
import { type Case, none, type Rule } from './rule.ts'

const several = ({ services }: Case): boolean => services.length > 1

/** Rules on what is registered: names, ports, addresses, tenancy. */
export const SERVICE_RULES: readonly Rule[] = [
  {
    code: 'E303',
    find: ({ reader, services }) =>
      services.length > 0 || reader.annotations.has(key('connect-service'))
        ? none
        : [
            {
              message: `${key('connect-service')} is missing: a VM has no Kubernetes Service to take the name from`,
              hint: `add # ${key('connect-service')}: "web"`,
            },
          ],
  },
  {
    code: 'E304',
    find: it =>
      several(it) && it.reader.on('transparent-proxy')
        ? [
            {
              message: 'multi protocol multi port services are not compatible with transparent proxy',
              hint: `a VM has one redirect target: add ${key('transparent-proxy')}: "false"`,
              at: it.reader.given('connect-service'),
            },
          ]
        : none,
  },
  {
    code: 'E304',
    find: it =>
      several(it) && it.reader.on('enable-metrics')
        ? [
            {
              message: 'multi protocol multi port services are not compatible with metrics',
              hint: `set ${key('enable-metrics')}: "false", or register one service`,
              at: it.reader.given('enable-metrics'),
            },
          ]
        : none,
  },
  {
    code: 'E304',
    find: ({ reader, services }) => {
      const ports = reader.list<number>('connect-service-port')
      return services.length > 1 && ports.length > 1 && ports.length !== services.length
        ? [
            {
              message: `${services.length} services and ${ports.length} ports: they go together by position`,
              hint: 'give one port for each service, or one for all',
              at: reader.given('connect-service-port'),
            },
          ]
        : none
    },
  },
  {
    code: 'W303',
    find: ({ reader, services }) =>
      services.length === 1 && (services[0]?.ports.length ?? 0) > 1 && !reader.settings.enterprise
        ? [
            {
              message: `only port ${mainPort(services[0] as NamedService, reader)} is registered: several ports a service need Consul Enterprise`,
              hint: `choose with ${key('connect-service-default-port')}, or register several services`,
              at: reader.given('connect-service-port'),
            },
          ]
        : none,
  },
  {
    code: 'W303',
    find: ({ reader, services }) =>
      reader.given('connect-service-default-port') !== undefined && (services[0]?.ports.length ?? 0) < 2
        ? [
            {
              message: `${key('connect-service-default-port')} chooses among several ports, and there are none to choose from`,
              hint: 'leave it out',
              at: reader.given('connect-service-default-port'),
            },
          ]
        : none,
  },
  {
    code: 'E304',
    find: ({ reader, services }) =>
      reader.given('alpha:virtual-ip') !== undefined && services[0]?.ports[0] === undefined
        ? [
            {
              message: 'a virtual address needs a port',
              hint: `add ${key('connect-service-port')}`,
              at: reader.given('alpha:virtual-ip'),
            },
          ]
        : none,
  },
  {
    code: 'W303',
    find: ({ reader }) =>
      reader.given('alpha:virtual-ip') !== undefined && !reader.on('transparent-proxy')
        ? [
            {
              message: 'a virtual address is used with the transparent proxy only',
              hint: 'leave it out, or turn the transparent proxy on',
              at: reader.given('alpha:virtual-ip'),
            },
          ]
        : none,
  },
  {
    code: 'E304',
    find: ({ reader }) =>
      reader.given('consul-namespace') !== undefined && !reader.settings.enterprise
        ? [
            {
              message: 'namespaces need Consul Enterprise: an agent of the community edition refuses the registration',
              hint: 'leave it out, or set global.enableConsulNamespaces in the values file',
              at: reader.given('consul-namespace'),
            },
          ]
        : none,
  },
]
