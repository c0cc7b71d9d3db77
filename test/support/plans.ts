import { inject } from '../../src/index.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'

/** Short keys: `alpha:` stands for the VM-only domain. */
export function planned(annotations: Readonly<Record<string, string>>, values = '{}'): ReturnType<typeof inject> {
  const all = { 'connect-inject': 'true', ...annotations }
  return inject(new Uint8Array(), {
    annotations: Object.entries(all).map(
      ([key, value]) => `${key.startsWith('alpha:') ? key.replace('alpha:', A) : P + key}=${value}`,
    ),
    values: { name: 'values.yaml', text: values },
    profile: 'prebuilt',
  })
}
