/** What of the operator's Consul changes how a value is read. All false is the community edition. */
export interface GrammarSettings {
  /** Consul Enterprise: several named ports a service, `destination_port`. */
  readonly enterprise: boolean
  /** Consul namespaces are in use: upstream names carry them. */
  readonly namespaces: boolean
  /** Admin partitions are in use: upstream names carry them. */
  readonly partitions: boolean
  /** The DNS domain of Consul, where it is not `consul`. */
  readonly domain?: string
}

/** The settings of an operator who says nothing. */
export const communityEdition: GrammarSettings = { enterprise: false, namespaces: false, partitions: false }
