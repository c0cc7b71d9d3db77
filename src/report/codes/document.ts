import { annotated, checked, type Explanations, shell, web } from './explanation.ts'

const KEYS = web({}, 'packages: [nginx]\n')
const SWITCHED_OFF = annotated({ 'connect-inject': 'false', 'connect-service': 'web' })
const PREBUILT = '--profile prebuilt'
const MIME_HEAD = 'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n'
const part = (body: string): string => `--b\nContent-Type: text/cloud-config\n\n${body}--b--\n`
const AUTOINSTALL = 'autoinstall:\n  version: 1\n'

/** Codes of the document: what it is, how large, and whether cloud-init reads it. */
export const DOCUMENT: Explanations<'1'> = {
  E101: {
    why: 'No platform takes 16 MiB of user-data. This is probably another file, or gzip that unpacks to far too much.',
    remedy: 'Give the user-data itself.',
    example: shell('head -c 17M /dev/zero | consul-vm-inject check'),
  },
  E102: {
    why: 'The injected parts are known by digests of their bytes. What somebody wrote into them would be lost with them when they are made anew.',
    remedy: 'Inject the original document again, or take the parts out with `consul-vm-inject uninject --force`.',
    example: shell(
      `consul-vm-inject ${PREBUILT} web.yaml > web.injected; sed 's/joins the mesh/joins/' web.injected | consul-vm-inject check ${PREBUILT}`,
    ),
  },
  E103: {
    why: '`preview --against` shows what an earlier output becomes, and in this file there is no injection.',
    remedy: 'Give what `consul-vm-inject` wrote earlier, or leave `--against` out.',
    example: shell(`consul-vm-inject preview ${PREBUILT} --against web.yaml web.yaml`),
  },
  E104: {
    why: 'In the profile `fetch` the guest files do not travel: the VM fetches them, from an address that only you know.',
    remedy:
      'Write the bundle with `consul-vm-inject guest --bundle FILE`, put it where the VMs reach it, and give `--guest-url`.',
    example: shell('consul-vm-inject check --profile fetch web.yaml'),
  },
  E105: {
    why: 'cloud-init reads UTF-8. Of text with two or four bytes a character it recognises nothing.',
    remedy: 'Save the file as UTF-8.',
    example: shell('iconv -f UTF-8 -t UTF-16 web.yaml | consul-vm-inject check'),
  },
  E106: {
    why: 'Ignition, Talos, Kickstart, Windows and others have formats of their own. The VM would boot, and not join.',
    remedy:
      'Do what the help says for the format: bake the guest files into the image, or give cloud-init a document of its own.',
    example: checked(
      '# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: "web"\nvariant: fcos\nversion: 1.5.0\n',
    ),
  },
  E107: {
    why: 'All that a preview shows is searched for secrets first, and of so much nobody reads the diff.',
    remedy: 'Use `check` and `inject`, which read it.',
    example: shell('{ cat web.yaml; yes "# padding" | head -c 2M; } | consul-vm-inject preview'),
  },
  E108: {
    why: 'No machine needs 100,000 parts; memory would be full before anything is looked at.',
    remedy: 'Give another file.',
    example: shell(
      `{ printf '${MIME_HEAD.replaceAll('\n', '\\n')}'; yes -- --b | head -n 100001; } | consul-vm-inject check`,
    ),
  },
  E109: {
    why: 'No machine is configured by 500,000 YAML nodes; memory would be full before anything is looked at.',
    remedy: 'Give another file.',
    example: shell(`{ cat web.yaml; yes -- '- a' | head -n 500001; } | consul-vm-inject check`),
  },
  E110: {
    why: 'No machine needs 10,000 annotations.',
    remedy: 'Give another file.',
    example: shell(
      `{ cat web.yaml; seq -f '# consul.hashicorp.com/service-meta-%g: x' 10001; } | consul-vm-inject check`,
    ),
  },
  E111: {
    why: 'The address is fetched by a script on the VM: it must be absolute, http or https, and need no quoting.',
    remedy: 'Write blanks and quotes as %20, %22 and %27.',
    example: shell('consul-vm-inject check --profile fetch --guest-url store/bundle web.yaml'),
  },
  E112: {
    why: 'Every process on a VM can read its user-data, and the address stands there.',
    remedy: 'Let the store give the bundle without credentials: there is nothing of yours in it.',
    example: shell('consul-vm-inject check --profile fetch --guest-url https://me:pw@store.example/bundle web.yaml'),
  },
  E113: {
    why: 'The installer would be brought into the mesh, and not the machine that it installs.',
    remedy:
      'Inject what stands below `autoinstall.user-data` as a document of its own, with `--layout cloud-config`, and put what comes out in its place.',
    example: checked(web({}, AUTOINSTALL)),
  },
  W101: {
    why: 'cloud-init knows a document by how its first line begins. The VM boots as if there were none.',
    remedy: 'Begin it with a line such as `#cloud-config` or `#!/bin/sh`, without a byte order mark.',
    example: checked('packages: [nginx]\n'),
  },
  W102: {
    why: 'What is annotated beside a document for another program may be meant for another machine.',
    remedy: 'Look whether this is the file that was meant.',
    example: checked('variant: fcos\nversion: 1.5.0\n'),
  },
  W103: {
    why: 'cloud-init ignores gzip that breaks off.',
    remedy: 'Compress the document again.',
    example: shell('gzip -c web.yaml | head -c 40 | consul-vm-inject check'),
  },
  W104: {
    why: 'cloud-init decodes a MIME document as UTF-8 before it looks into it. Otherwise it stops, and applies nothing.',
    remedy: 'Encode the parts as base64.',
    example: shell(
      'iconv -f UTF-8 -t LATIN1 web.yaml | consul-vm-inject check',
      MIME_HEAD + part('#cloud-config\n# é\npackages: [nginx]\n'),
    ),
  },
  W105: {
    why: 'cloud-init damages such characters in a MIME document, and may drop the part they stand in.',
    remedy: 'Encode the part as base64.',
    example: checked(MIME_HEAD + part('#cloud-config\n# é\npackages: [nginx]\n')),
  },
  W106: {
    why: 'JSON has no comments: cloud-init reads nothing of the patch.',
    remedy: 'Give the annotations with `--annotation` or `--metadata`, and take the comments out.',
    example: checked(
      `${web().replace('#cloud-config', '#cloud-config-jsonp')}[{"op": "add", "path": "/hostname", "value": "web1"}]\n`,
    ),
  },
  W107: {
    why: 'cloud-init drops the whole of a cloud-config that it cannot read.',
    remedy: 'Fix the YAML at this place.',
    example: checked(web({}, 'packages: [nginx\n')),
  },
  W108: {
    why: 'An installer reads this document. What is annotated nowhere in it may be meant for another machine.',
    remedy: 'Look whether this is the file that was meant.',
    example: checked(`#cloud-config\n${AUTOINSTALL}`),
  },
  W109: {
    why: 'cloud-init drops a cloud-config with several YAML documents.',
    remedy: 'Keep one; other parts go into MIME.',
    example: checked(web({}, 'packages: [nginx]\n---\nhostname: web1\n')),
  },
  W110: {
    why: 'cloud-init drops a cloud-config that is to be merged in a way that does not exist.',
    remedy: "Write `merge_how: 'dict(recurse_array)+list(append)+str()'` or the like.",
    example: checked(web({}, "merge_how: 'append'\npackages: [nginx]\n")),
  },
  W111: {
    why: 'cloud-init drops a cloud-config whose root is a list or a text.',
    remedy: 'Write a mapping: key: value.',
    example: checked(web({}, '- nginx\n')),
  },
  W112: {
    why: 'cloud-init 23 and newer checks the keys of a cloud-config, and stops at one that YAML reads as a number or a boolean.',
    remedy: 'Quote the key.',
    example: checked(web({}, 'packages: [nginx]\n1: one\n')),
  },
  N101: {
    why: 'Injection is off unless asked for, so that every file of a fleet can go through the tool.',
    remedy: 'To have it injected write `connect-inject: "true"`, or use `--default-inject`.',
    example: checked(annotated({ 'connect-service': 'web' }, 'packages: [nginx]\n')),
  },
  N102: {
    why: 'It says what comes of the annotations: the services, and what the transparent proxy leaves alone.',
    remedy: 'There is nothing to do. `--quiet` leaves notes out.',
    example: checked(KEYS),
  },
  N103: {
    why: 'A values file of the chart is for Kubernetes as well. What VMs have no use for is told, and not lost without a word.',
    remedy: 'There is nothing to do, or what the help says.',
    example: checked(KEYS, '--values values.yaml', { 'values.yaml': 'server:\n  replicas: 3\n' }),
  },
  N104: {
    why: 'A list in user-data wins over the same list in vendor-data and in the cloud.cfg of the image, and these may bring something.',
    remedy: 'Check the vendor-data of the platform with `--vendor-data FILE`, or use `--layout multipart`.',
    example: checked(KEYS, '--layout cloud-config'),
  },
  N105: {
    why: 'Compressed user-data is not text, and such a platform takes text alone.',
    remedy: 'Tell the platform what the help says.',
    example: checked(KEYS, '--platform gce --compress always'),
  },
  N106: {
    why: 'A VM that had the injection twice would do everything twice.',
    remedy: 'To have it in vendor-data, take it out of the user-data: `consul-vm-inject uninject`.',
    example: shell(
      `consul-vm-inject ${PREBUILT} web.yaml > web.injected; consul-vm-inject vendor-data ${PREBUILT} web.injected > vendor-data`,
    ),
  },
  N107: {
    why: 'The document was injected before, and now says that it is not to be.',
    remedy: 'There is nothing to do.',
    example: shell(
      `consul-vm-inject ${PREBUILT} -a connect-inject=true web.yaml > web.injected; consul-vm-inject web.injected > web.plain`,
      SWITCHED_OFF,
    ),
  },
  N108: {
    why: 'The chart would ignore it as well, or it is for another version or another chart.',
    remedy: 'Look whether it is spelt as the chart has it.',
    example: checked(KEYS, '--values values.yaml', { 'values.yaml': 'monitoring-of-ours: true\n' }),
  },
  N110: {
    why: 'Annotations are read in the comments at the top and as keys at the root of a cloud-config, or below its `annotations`. Elsewhere they may be for a Pod, or for another machine.',
    remedy: 'If it is for this VM, write it as a comment at the top.',
    example: {
      ...checked('#cloud-config\nspec:\n  annotations:\n    consul.hashicorp.com/connect-inject: "true"\n'),
      also: 'N101',
    },
  },
  N109: {
    why: 'VMs get the version that the image names, so that both sides of the mesh are of one release. Here they get the newest.',
    remedy: 'Name the version of the package: `vm.packages.consul.version`.',
    example: checked(KEYS, '--values values.yaml', {
      'values.yaml': 'global:\n  image: registry.example/consul:stable\n',
    }),
  },
}
