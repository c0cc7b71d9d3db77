export type { Annotation, AnnotationLayer, Origin } from './annotate/annotation.ts'
export type { Decision } from './annotate/decision.ts'
export type { ExposedPath } from './annotate/grammar/expose-paths.ts'
export type { Locality } from './annotate/grammar/locality.ts'
export type { VendorKey } from './annotate/vendor-switch.ts'
export { type FleetOptions, staticVendorData } from './api/fleet.ts'
export { type Guest, guest, guestBundle } from './api/guest.ts'
export { check, type InjectOptions, type InjectResult, inject, type OutputOptions } from './api/inject.ts'
export type { JudgeOptions } from './api/judge.ts'
export { type PreviewOptions, type PreviewResult, preview } from './api/preview.ts'
export { type UninjectResult, uninject } from './api/uninject.ts'
export { type VendorOptions, vendorData } from './api/vendor-data.ts'
export type { ReadableFile } from './decode/injection/guest-files.ts'
export type { Layout } from './decode/user-data.ts'
export type { Compress, Measurement as Size } from './fit/fit.ts'
export { PLATFORMS, type Platform, type PlatformName } from './fit/platforms.ts'
export type { ObjectOptions as MutateOptions } from './kubernetes/objects/inject.ts'
export { mutate } from './kubernetes/objects/review.ts'
export type {
  V1AdmissionRequest,
  V1AdmissionResponse,
  V1AdmissionReview,
  V1GroupVersionKind,
  V1Status,
} from './kubernetes/types.ts'
export type {
  CheckDefinition,
  Dns,
  GuestPlan,
  MeshPlan,
  Registration,
  ServiceConfig,
  ServiceDefinition,
  SidecarPlan,
  SidecarService,
  TaggedAddresses,
} from './plan/mesh-plan.ts'
export type { Choice, Fact, Hole, PlanNode, SshPorts, Uid } from './plan/node.ts'
export type {
  AnnotationEffect,
  Change,
  FileChange,
  Group,
  Hunk,
  PlatformSize,
  Preview,
  PreviewSize,
  Said,
  Sidecar,
  Subject,
} from './preview/model.ts'
export type { NamedBytes } from './preview/preview.ts'
export type { Arrow, Lane, Step, Traffic } from './preview/traffic/model.ts'
export type { Fetches, GuestFile, Injection, Profile } from './render/injection.ts'
export type { Code, Diagnostic, DiagnosticRecord, Severity } from './report/diagnostics.ts'
export { toRecord } from './report/diagnostics.ts'
export type { Position, Source, Span } from './report/source.ts'
export { VERSION } from './version.ts'
export { openstackVendorData } from './weave/vendor-data.ts'
