import { guestBundleHandler } from './guest-bundle.ts'
import { healthz, metrics, readyz } from './health.ts'
import { checkHandler, injectHandler } from './inject.ts'
import { mutateHandler } from './kubernetes.ts'
import { noCloud, SEED } from './nocloud.ts'
import { openStack } from './openstack.ts'
import type { Route } from './router.ts'

const READ = ['GET', 'HEAD'] as const

/** Everything there is to ask for; the first row whose pattern fits answers. */
export const ROUTES: readonly Route[] = [
  { name: '/healthz', pattern: /^\/healthz$/, methods: READ, open: true, quiet: true, handle: healthz },
  { name: '/readyz', pattern: /^\/readyz$/, methods: READ, open: true, quiet: true, handle: readyz },
  { name: '/metrics', pattern: /^\/metrics$/, methods: READ, handle: metrics },
  { name: '/inject', pattern: /^\/inject$/, methods: ['POST'], hook: 'inject', handle: injectHandler },
  { name: '/check', pattern: /^\/check$/, methods: ['POST'], hook: 'check', handle: checkHandler },
  {
    name: '/openstack/vendordata',
    pattern: /^\/openstack\/vendordata$/,
    methods: ['POST'],
    hook: 'openstack',
    handle: openStack,
  },
  { name: '/mutate', pattern: /^\/mutate$/, methods: ['POST'], hook: 'mutate', handle: mutateHandler },
  {
    name: '/guest/{digest}',
    pattern: /^\/guest\/(?<digest>[0-9a-f]{64})$/,
    methods: READ,
    open: true,
    handle: guestBundleHandler,
  },
  { name: '/{instance}/{file}', pattern: SEED, methods: READ, hook: 'nocloud', handle: noCloud },
]
