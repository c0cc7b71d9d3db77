import test from 'ava'
import { type InjectOptions, inject } from '../../src/index.ts'
import { isManifest } from '../../src/kubernetes/manifest/recognise.ts'
import { bytes, codes } from '../support/places.ts'

const P = 'consul.hashicorp.com/'
const COMMENTS = `# ${P}connect-inject: "true"\n# ${P}connect-service: "web"\n`
const FLAGS: InjectOptions = {
  profile: 'prebuilt',
  annotations: [`${P}connect-inject=true`, `${P}connect-service=web`],
}

/** Documents of other programs, annotated as people would, and what they are called. */
const FOREIGN: readonly (readonly [document: string, called: RegExp])[] = [
  [`${COMMENTS}[settings.host-containers.admin]\nenabled = true\n`, /Bottlerocket/],
  [`${COMMENTS}settings.motd = "hi"\n`, /Bottlerocket/],
  [`${COMMENTS}variant: fcos\nversion: 1.5.0\nsystemd:\n  units: []\n`, /Butane/],
  [`{"ignition": {"version": "3.3.0"}, "annotations": {"${P}connect-inject": "true"}}\n`, /Ignition/],
  [`{\n  "storage": {},\n  "ignition": {\n    "version": "2.2.0"}, "x": "${P}connect-service"}\n`, /Ignition/],
  [`${COMMENTS}machine:\n  type: controlplane\ncluster:\n  id: x\n`, /Talos/],
  [`${COMMENTS}---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: web\n`, /Talos/],
  [`${COMMENTS}apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n`, /nodeadm/],
  [`<script>\nrem ${P}connect-inject: true\necho hi\n</script>\n`, /EC2Launch/],
  [`<powershell>\n${COMMENTS}Get-Date\n</powershell>\n<persist>true</persist>\n`, /EC2Launch/],
  [`${COMMENTS}version: 1.1\ntasks:\n  - task: executeScript\n`, /EC2Launch/],
  [`#ps1\n${COMMENTS}Get-Date\n`, /cloudbase-init/],
  [`rem cmd\nrem ${P}connect-inject: true\n`, /cloudbase-init/],
  [`<?xml version="1.0"?>\n<!-- ${P}connect-inject: true -->\n<unattend xmlns="x"/>\n`, /Windows Setup/],
  [`<?xml version="1.0"?>\n<!-- ${P}connect-inject: true -->\n<profile xmlns="x"/>\n`, /AutoYaST/],
  [`#version=RHEL9\n${COMMENTS}%packages\nnginx\n%end\n`, /Kickstart/],
  [`${COMMENTS}d-i passwd/make-user boolean true\n`, /preseed/],
  [`${COMMENTS}autoinstall:\n  version: 1\n`, /autoinstall/],
  [`${COMMENTS}version: 1\nidentity:\n  hostname: web\n`, /autoinstall/],
  [`${COMMENTS}{ config, pkgs, ... }:\n{ services.nginx.enable = true; }\n`, /NixOS/],
  [`#!/bin/bash\n# combustion: network\n${COMMENTS}rpm --version\n`, /combustion/],
  [`#cloud-config\n${COMMENTS}autoinstall:\n  version: 1\n`, /installer/],
  [
    `#cloud-config\nautoinstall:\n  version: 1\n  user-data:\n    annotations: {${P}connect-inject: "true"}\n`,
    /installer/,
  ],
]

for (const [document, called] of FOREIGN) {
  test(`${JSON.stringify(document)} is refused by name, with the way to do it`, t => {
    const { output, diagnostics } = inject(bytes(document))
    t.true(output === undefined)
    const [refusal, ...others] = diagnostics.filter(({ severity }) => severity === 'error')
    t.deepEqual([refusal?.code, others.length], [called.source === 'installer' ? 'E113' : 'E106', 0])
    t.regex(refusal?.message ?? '', called)
    t.true((refusal?.hint ?? '').length > 20)
    t.false(codes(diagnostics).includes('W101'))
    t.false(isManifest(bytes(document)))
  })
}

test('what is not annotated is left as it is, with a word', t => {
  const input = bytes('[settings.kubernetes]\ncluster-name = "shop"\n')
  const { output, diagnostics } = inject(input)
  t.deepEqual(output, input)
  t.deepEqual(codes(diagnostics), ['W102', 'N101'])
})

test('what is given beside a document that cloud-init does not read is refused too', t => {
  t.true(codes(inject(bytes('variant: flatcar\nversion: 1.0.0\n'), FLAGS).diagnostics).includes('E106'))
})

test('what is given beside the document of an installer may be meant for that: a warning', t => {
  const { output, diagnostics } = inject(bytes('#cloud-config\nautoinstall: {version: 1}\n'), FLAGS)
  t.deepEqual(codes(diagnostics).toSorted(), ['N102', 'W108'])
  t.true(output !== undefined)
})

test('documents that merely speak of others are cloud-init’s', t => {
  for (const document of [
    `#cloud-config\n${COMMENTS}write_files:\n  - path: /etc/autoinstall.yaml\n    content: |\n      autoinstall:\n        version: 1\n`,
    `#cloud-config\n${COMMENTS}write_files:\n  - path: /x.toml\n    content: "[settings.kubernetes]"\n`,
    `#!/bin/sh\n${COMMENTS}cat >/etc/x <<E\nvariant: fcos\nE\n`,
    `Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: application/node.eks.aws\n\napiVersion: node.eks.aws/v1alpha1\n--b\nContent-Type: text/cloud-config\n\n#cloud-config\n${COMMENTS}--b--\n`,
  ]) {
    t.deepEqual(codes(inject(bytes(document), { profile: 'prebuilt' }).diagnostics), ['N102'], document)
  }
})
