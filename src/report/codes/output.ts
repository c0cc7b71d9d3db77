import { annotated, checked, type Explanations, shell, web } from './explanation.ts'

const LAYOUT = '--layout cloud-config'

/** Codes of what is written: into which place, in which form, how large, how soon. */
export const OUTPUT: Explanations<'4'> & Explanations<'5'> = {
  E401: {
    why: 'Text is spliced in, and nothing of yours is printed anew. Here that is not possible without a change of what the document says.',
    remedy: 'Use `--layout multipart`, or write the key as a list of its own.',
    example: checked(web({}, 'runcmd: ls\n'), LAYOUT),
  },
  E402: {
    why: 'A list of user-data wins whole over the same list of vendor-data.',
    remedy: 'Use `--layout multipart`, which adds no keys, or give the user-data this key as a list of its own.',
    example: checked(web({}, 'packages: [nginx]\n'), `${LAYOUT} --vendor-data vendor.yaml`, {
      'vendor.yaml': '#cloud-config\nruncmd: [[systemctl, start, ours]]\n',
    }),
  },
  E403: {
    why: 'The platform reads the user-data as YAML, or keeps nothing but YAML of it.',
    remedy: 'Use `--layout cloud-config`.',
    example: checked(web({}, 'packages: [nginx]\n'), '--platform multipass'),
  },
  E404: {
    why: 'Only into a cloud-config one cloud-config can be written.',
    remedy: 'Use `--layout multipart`, which takes every format.',
    example: checked(web({}, 'true\n').replace('#cloud-config', '#!/bin/sh'), LAYOUT),
  },
  E405: {
    why: 'What is written into the document would be there, and no module would read it.',
    remedy: 'Add the module to the list, or use `--layout multipart`.',
    example: checked(web({}, 'cloud_final_modules: [final_message]\n'), LAYOUT),
  },
  E406: {
    why: 'With the document cloud-init would drop the injection.',
    remedy: 'Fix the document, or use `--layout multipart`.',
    example: checked(web({}, 'packages: [nginx\n'), LAYOUT),
  },
  E407: {
    why: 'The platform takes text only, or changes bytes that are not text.',
    remedy: 'Give the document uncompressed, or in base64 where the platform takes that.',
    example: checked(web({}, 'packages: [nginx]\n'), '--platform lxd --compress always'),
  },
  E501: {
    why: 'The platform would refuse the VM, or cut the user-data.',
    remedy:
      'Do what the help says: `--compress auto`, `--profile prebuilt` or `fetch`, or where the platform takes more.',
    example: shell('consul-vm-inject check --platform ec2 web.yaml', web({ 'alpha:retry-join': '10.0.0.10' })),
  },
  E502: {
    why: 'A pipe that never ends holds up whatever waits for it. No user-data of people takes so long.',
    remedy: 'Look what the document holds. Where the machine has much else to do, try again.',
    example: { when: 'A document for which the judging was stopped.', test: 'test/cli/time-limit.test.ts' },
  },
  W401: {
    why: 'cloud-init would then run nothing of the vendor-data: this VM would not join the mesh.',
    remedy: 'Take it out, or inject the user-data itself: `consul-vm-inject inject`.',
    example: shell(
      'consul-vm-inject vendor-data --profile prebuilt web.yaml > vendor-data',
      web({}, 'vendor_data: {enabled: false}\n'),
    ),
  },
  W402: {
    why: 'cloud-init 23.4 and newer reports keys that it does not know, and beside vendor-data the user-data stays as it is.',
    remedy: 'Write the annotations as comments at the top of the document.',
    example: shell(
      'consul-vm-inject vendor-data --profile prebuilt web.yaml > vendor-data',
      annotated({}, 'consul.hashicorp.com/connect-inject: "true"\nconsul.hashicorp.com/connect-service: web\n'),
    ),
  },
  W403: {
    why: 'Programs beside cloud-init that read the same user-data may look for their parts at the first level only.',
    remedy: 'Write the document anew, with a boundary of its own.',
    example: checked(
      `Content-Type: multipart/mixed\nMIME-Version: 1.0\n\n--b\nContent-Type: text/cloud-config\n\n#cloud-config\npackages: [nginx]\n--b--\n`,
      '-a connect-inject=true -a connect-service=web',
    ),
  },
  W404: {
    why: 'cloud-init gives a part-handler every part of the types that it names, also those of the injection, which then does not run.',
    remedy: 'Have the part-handler take a type of its own, such as text/x-deploy.',
    example: checked(
      '#part-handler\ndef list_types():\n    return ["text/x-shellscript"]\ndef handle_part(data, kind, name, payload):\n    pass\n',
      '-a connect-inject=true -a connect-service=web',
    ),
  },
}
