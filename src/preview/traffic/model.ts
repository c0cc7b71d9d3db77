/** A picture of a VM's traffic as its plan has it. Every step names the nodes of the plan that it is drawn from. */
export interface Traffic {
  /** What the picture is of. */
  readonly title: string
  readonly lanes: readonly Lane[]
}

/** A part of the picture: three boxes beside each other. */
export interface Lane {
  readonly title: string
  /** What each box is called. */
  readonly boxes: readonly string[]
  /** Steps from the left to the right. In a lane without an arrow each box is a list by itself. */
  readonly rows: readonly (readonly Step[])[]
}

/** How traffic gets somewhere: over mTLS, by the rules of iptables or nftables, or as it is. */
export type Arrow = 'mtls' | 'rules' | 'plain'

export interface Step {
  /** The box it stands in, from 0. */
  readonly box: number
  /** The arrow that leads to it from the box before. */
  readonly by?: Arrow
  readonly text: string
  /** What it is, or why it is so. */
  readonly note?: string
  /** JSON pointers into `plan`, or into the agent's settings by `agent` in front. */
  readonly plan: readonly string[]
}
