import { readFileSync } from 'node:fs'
import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { type Diagnostic, inject } from 'consul-vm-inject'

const config = new pulumi.Config()

// The annotations stand in the document. What only this program knows is given beside it and outranks it: where the servers are.
const server = aws.ec2.getInstanceOutput({ filters: [{ name: 'tag:Name', values: ['consul-server'] }] })

const said = ({ code, message, hint }: Diagnostic): string => `${code}: ${message}${hint ? `; ${hint}` : ''}`

/** A document as user-data of Amazon EC2, in base64. What is wrong with it is told all at once, before anything changes. */
function injected(document: string, annotations: readonly string[]): string {
  const options = { name: document, annotations, platform: 'ec2', compress: 'auto' } as const
  const { output, diagnostics } = inject(readFileSync(document), options)
  for (const warning of diagnostics.filter(({ severity }) => severity === 'warning')) pulumi.log.warn(said(warning))
  if (output !== undefined) return Buffer.from(output).toString('base64')
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  throw new pulumi.RunError(errors.map(said).join('\n'))
}

const web = new aws.ec2.Instance('web', {
  ami: config.require('ami'), // of Debian, Ubuntu, the RHEL family or Amazon Linux
  instanceType: 't3.micro',
  subnetId: config.require('subnet'),
  // Compressed where it would not fit, so it travels in base64 as it is.
  userDataBase64: server.privateIp.apply(address => injected('web.yaml', [`alpha.consul.hashicorp.com/retry-join=${address}`])),
  userDataReplaceOnChange: true,
})

export const address: pulumi.Output<string> = web.privateIp
