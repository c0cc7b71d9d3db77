import fc from 'fast-check'
import { multipart } from '../support/multiparts.ts'
import { bytes } from '../support/places.ts'
import { cloudConfig, userData } from '../support/user-data.ts'
import { anyConfig } from './configs.ts'
import { injectOptions } from './options.ts'
import { keepsPromises } from './promises.ts'
import { law } from './trial.ts'

const anyDocument = fc.oneof(
  userData,
  userData,
  multipart.map(({ text }) => bytes(text)),
  anyConfig.map(bytes),
)

law(
  'user-data of every format, in gzip and base64 too, is injected and comes back, with ours as parts of their own',
  fc.tuple(anyDocument, injectOptions),
  ([input, options]) => keepsPromises(input, { ...options, layout: 'multipart' }),
  ['injected', 0.5],
)

law(
  'a cloud-config of any YAML is injected and comes back, with ours in it',
  fc.tuple(fc.oneof(cloudConfig, anyConfig, anyConfig), injectOptions),
  ([content, options]) => keepsPromises(bytes(content), { ...options, layout: 'cloud-config' }),
  ['injected', 0.3],
)
