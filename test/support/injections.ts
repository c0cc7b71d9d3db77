import type { Injection } from '../../src/render/injection.ts'

/** Stands in for what `render` makes, so that weaving can be tested by itself. */
export const injection: Injection = {
  profile: 'prebuilt',
  files: [],
  boothook: '#!/bin/sh\n# installs\nexit 0\n',
  script: '#!/bin/sh\nsystemctl start --no-block consul-sidecar-init.service\n',
  enable: ['enable', 'consul-sidecar-init.service'],
}
