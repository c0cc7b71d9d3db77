/** A signed repository of Debian packages. */
export interface AptRepository {
  /**
   * Address of the repository.
   *
   * @example "https://apt.releases.hashicorp.com"
   */
  url: string

  /** Suite; absent for the code name of the VM's own release. */
  suite?: string

  /**
   * Component.
   *
   * @default "main"
   */
  component?: string

  /** Address of the key that signs the repository. */
  keyUrl: string

  /** Fingerprint that the key must have: 40 hexadecimal digits, spaces allowed. */
  keyFingerprint: string
}

/** A signed repository of RPM packages. */
export interface RpmRepository {
  /**
   * Address of the repository; yum's variables, such as `$releasever`, are allowed.
   *
   * @example "https://rpm.releases.hashicorp.com/RHEL/$releasever/$basearch/stable"
   */
  baseUrl: string

  /** Address of the key that signs the packages. */
  keyUrl: string

  /** Fingerprint that the key must have: 40 hexadecimal digits, spaces allowed. */
  keyFingerprint: string
}

/**
 * The name of a package.
 *
 * @pattern ^[A-Za-z0-9][A-Za-z0-9+._-]*$
 */
export type PackageName = string

/** Where a package comes from, and which version of it. */
export interface PackageSource {
  /**
   * Name of the package; absent for `consul`, and for `hashicorp-envoy`, or `envoy` where the repository is one of its own.
   *
   * @example "consul-enterprise"
   */
  package?: PackageName

  /**
   * Version to install; absent for the newest one of the repository, of Envoy the newest one that Consul accepts.
   *
   * @example "1.22.0"
   */
  version?: string

  /** Repository for Debian, Ubuntu and their kin. */
  apt?: AptRepository

  /** Repository for RHEL, Fedora and their kin. */
  rpm?: RpmRepository
}

/** `vm`: not the chart's but this tool's own. */
export interface VmValues {
  /** Packages that the VM installs where it does not have them. Unless said otherwise they come from HashiCorp's own repositories. */
  packages?: {
    /** Repository that serves Consul and Envoy to Debian, Ubuntu and their kin, such as a mirror. */
    apt?: AptRepository

    /** Repository that serves Consul and Envoy to RHEL, Fedora and their kin, such as a mirror. */
    rpm?: RpmRepository

    /** Consul. */
    consul?: PackageSource

    /** Envoy. */
    envoy?: PackageSource
  }
}
