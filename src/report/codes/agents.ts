import { checked, type Example, type Explanations, valued, web } from './explanation.ts'

const JOIN = { 'alpha:retry-join': '10.0.0.10' }
const SIDECAR_TOKEN = { 'alpha:acl-token-file': '/etc/consul.d/token' }

/** A document of which the VM installs its agent itself. */
const installing = (document: string, values?: string): Example => ({
  files: { 'web.yaml': document, ...(values !== undefined && { 'values.yaml': values }) },
  command: `consul-vm-inject check ${values === undefined ? '' : '--values values.yaml '}web.yaml`,
})

/** Warnings of what the agent or its machine lacks, and of what the document brings beside it. */
export const AGENTS: Pick<
  Explanations<'3'>,
  'W304' | 'W305' | 'W307' | 'W308' | 'W309' | 'W313' | 'W317' | 'W318' | 'W319' | 'W320' | 'W325' | 'W326' | 'W327'
> = {
  W304: {
    why: 'The agent of the VM would have no servers to join.',
    remedy:
      'Add `retry-join` with the address of a server, or `client.join` to the values file; "-" where the image says it.',
    example: installing(web()),
  },
  W305: {
    why: 'No traffic is redirected, and no application is named: while Envoy is away the application is reached without the mesh.',
    remedy: 'Name the unit of the application in `app-unit`, or leave the transparent proxy on.',
    example: checked(web({ 'transparent-proxy': 'false', 'alpha:on-sidecar-failure': 'closed' })),
  },
  W325: {
    why: 'On a VM the sidecar and the application are units, and which one waits for the other has to be said.',
    remedy: 'Name the unit of the application in `app-unit`.',
    example: checked(web({ 'enable-consul-dataplane-as-sidecar': 'true' })),
  },
  W326: {
    why: 'A request becomes the weight of the unit beside others, which is that of one core without it.',
    remedy: 'Leave it out, or ask for more than one core. `sidecar-proxy-cpu-limit` limits the sidecar.',
    example: checked(web({ 'sidecar-proxy-cpu-request': '500m' })),
  },
  W327: {
    why: 'Envoy can answer checks over HTTP and gRPC in place of the application, where its port is redirected. Other checks go to the application as they are.',
    remedy:
      'Give `health-check-http` or `health-check-grpc` and leave transparent proxy on, or leave the annotation out.',
    example: checked(web({ 'transparent-proxy-overwrite-probes': 'true' })),
  },
  W307: {
    why: 'What they forward goes past the mesh, and the ports that they publish are captured as all ports of the VM are.',
    remedy:
      'Name published ports that are to be reached without the mesh in `transparent-proxy-exclude-inbound-ports`.',
    example: checked(web({}, 'packages: [docker.io]\n')),
  },
  W308: {
    why: 'Peers reach the service at the port of its sidecar, which the firewall may keep closed.',
    remedy: 'Open the port as the help says.',
    example: checked(web({}, 'packages: [ufw]\n')),
  },
  W309: {
    why: 'Which of several private addresses is meant only you know, and so an agent that finds several does not start.',
    remedy: 'Add `bind-addr` with the interface by which other VMs reach this one.',
    example: installing(web({ ...JOIN, 'transparent-proxy-exclude-inbound-ports': '9000' }, 'packages: [docker.io]\n')),
  },
  W313: {
    why: 'Whoever answers as a server could give the agent a certificate.',
    remedy: 'Add `rpc-ca-file` with the path of their CA.',
    example: checked(web({ 'alpha:auto-encrypt': 'true' })),
  },
  W317: {
    why: 'Without a token the sidecar may not register, and Envoy gets no configuration.',
    remedy: 'Add `acl-token-file` with the path of a token for service:write.',
    example: valued('global:\n  acls: {manageSystemACLs: true}\n'),
  },
  W318: {
    why: 'No agent lets it join.',
    remedy: 'Put the key on the VM by other means than user-data, and add `encrypt-file` with its path.',
    example: installing(web(JOIN), 'global:\n  gossipEncryption: {autoGenerate: true}\n'),
  },
  W319: {
    why: 'The agent could not verify the servers.',
    remedy: 'Put the CA on the VM by other means than user-data, and add `rpc-ca-file` with its path.',
    example: installing(web(JOIN), 'global:\n  tls: {enabled: true}\n'),
  },
  W320: {
    why: 'The agent may not register its node.',
    remedy:
      'Put a token with node:write on the VM by other means than user-data, and add `agent-token-file` with its path.',
    example: installing(web({ ...JOIN, ...SIDECAR_TOKEN }), 'global:\n  acls: {manageSystemACLs: true}\n'),
  },
}
