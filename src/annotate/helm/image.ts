import type { HelmValues } from '../../../annotations/helm.ts'

/** `hashicorp/consul:1.22.0-ent` -> `1.22.0`; undefined when the image has no version. */
const versionOf = (image: string | null | undefined): string | undefined => /:v?(\d+\.\d+\.\d+)/.exec(image ?? '')?.[1]

/** What tells the version of each product, first those that outrank the others. */
const IMAGES: readonly (readonly [
  product: 'consul' | 'envoy',
  path: string,
  of: (helm: HelmValues) => string | null | undefined,
])[] = [
  ['consul', 'client.image', ({ client }) => client?.image],
  ['consul', 'global.image', ({ global }) => global?.image],
  ['consul', 'connectInject.imageConsul', ({ connectInject }) => connectInject?.imageConsul],
  ['envoy', 'global.imageEnvoy', ({ global }) => global?.imageEnvoy],
  ['envoy', 'connectInject.imageEnvoy', ({ connectInject }) => connectInject?.imageEnvoy],
]

/** The version of a product that its images tell. */
export const versionFrom = (product: 'consul' | 'envoy', helm: HelmValues): string | undefined =>
  IMAGES.filter(([own]) => own === product)
    .map(([, , imageOf]) => versionOf(imageOf(helm)))
    .find(version => version !== undefined)

/** Images whose tag tells no version, by path, where nothing else tells it. */
export const unversioned = (helm: HelmValues): readonly (readonly [path: string, product: 'consul' | 'envoy'])[] =>
  IMAGES.filter(([product, , imageOf]) => {
    const told = versionFrom(product, helm) ?? helm.vm?.packages?.[product]?.version
    return told === undefined && (imageOf(helm) ?? '') !== ''
  }).map(([product, path]) => [path, product])
