/** One `resource` or `data` block: its attributes, as Terraform JSON has them. */
export type Block = Readonly<Record<string, unknown>>

/** A block with its address, e.g. `aws_api_gateway_method.get`. */
export interface Resource {
  readonly type: string
  readonly id: string
  readonly address: string
  readonly block: Block
}

/** Wiring that local/ cannot follow: which resource, what is wrong with it, what to do. */
export class WiringError extends Error {
  override readonly name = 'WiringError'
}

/** Terraform JSON with its references: what `cdktf synth` writes. */
export class TerraformJson {
  readonly #resources = new Map<string, Resource>()

  constructor(json: unknown) {
    const { resource, data } = asBlock(json)
    for (const [prefix, section] of [
      ['', resource],
      ['data.', data],
    ] as const)
      for (const [type, blocks] of Object.entries(asBlock(section)))
        for (const [id, block] of Object.entries(asBlock(blocks))) {
          const address = `${prefix}${type}.${id}`
          this.#resources.set(address, { type: `${prefix}${type}`, id, address, block: asBlock(block) })
        }
  }

  /** Every block, or those of a type; data sources have types like `data.aws_ecr_image`. */
  all(type?: string): Resource[] {
    return [...this.#resources.values()].filter((resource) => type === undefined || resource.type === type)
  }

  /** The resource that `attribute` refers to, e.g. by `${aws_lambda_function.rds.invoke_arn}` or with text around it. */
  follow(resource: Resource, attribute: string): Resource {
    const value = resource.block[attribute]
    const target = this.#target(value)
    if (target) return target
    throw new WiringError(
      typeof value === 'string'
        ? `${resource.address}: ${attribute} = "${value}" refers to nothing in this stack`
        : `${resource.address} has no ${attribute}`,
    )
  }

  /** A text attribute; a reference to another resource's literal attribute is followed. */
  text(resource: Resource, attribute: string): string {
    const value = resource.block[attribute]
    if (typeof value === 'number') return String(value)
    if (typeof value !== 'string') throw new WiringError(`${resource.address} has no ${attribute}`)
    const referred = /^\$\{(?:[^}.]+\.)+([a-z_]+)\}$/.exec(value)?.[1]
    const target = this.#target(value)
    return referred && target && typeof target.block[referred] === 'string' ? this.text(target, referred) : value
  }

  #target(value: unknown): Resource | undefined {
    if (typeof value !== 'string') return undefined
    const [, address] = /\$\{((?:data\.)?\w+\.[\w-]+)(?:\[\d+\])?\.\w+/.exec(value) ?? []
    return address === undefined ? undefined : this.#resources.get(address)
  }
}

/** A nested block, which Terraform JSON has as an object or as a list of one. */
export function nested(resource: Resource, name: string): Block {
  const value = resource.block[name]
  return asBlock(Array.isArray(value) ? value[0] : value)
}

/** A map or list attribute's entries that are text. */
export function texts(value: unknown): [string, string][] {
  return Object.entries(asBlock(value)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : []))
}

function asBlock(value: unknown): Block {
  return typeof value === 'object' && value !== null ? (value as Block) : {}
}
