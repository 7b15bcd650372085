/** One block of Terraform JSON: its attributes. */
export type Block = Readonly<Record<string, unknown>>

/** A resource or data source with its address, e.g. `aws_api_gateway_method.get`. */
export interface Resource {
  readonly type: string
  readonly id: string
  readonly address: string
  readonly block: Block
  readonly stack: string
}

/** Value of an attribute that Terraform knows only after it has created the resource; `undefined` where this machine has none. */
export type Attributes = (resource: Resource, attribute: string) => string | undefined

/** Terraform that cannot be followed: which resource, what is wrong with it, what to do. */
export class WiringError extends Error {
  override readonly name = 'WiringError'
}

/** `${…}`; a doubled dollar sign is Terraform's way to write it as text. */
const EXPRESSION = /(?<!\$)\$\{([^{}]*)\}/g
/** `aws_lambda_function.users.arn`, `aws_db_instance.db.master_user_secret[0].secret_arn`, `tostring(aws_db_instance.db.port)`. */
const REFERENCE = /(?<![\w.-])((?:data\.)?[a-z]\w*)\.([\w-]+)(?:\[\w+\])?\.([\w.[\]-]+)/g
/** The id that cdktf gives to the state of another stack that a stack refers to. */
const OTHER_STACK = 'cross-stack-reference-input-'

/** Whether a text has an expression without a value on this machine. */
export const isOpen = (text: string): boolean => /(?<!\$)\$\{/.test(text)

/** Terraform JSON of one or several stacks with its references: what `cdktf synth` writes. */
export class TerraformJson {
  readonly #resources = new Map<string, Resource>()
  readonly #stacks = new Map<string, Block>()

  constructor(json?: unknown, stack = '') {
    if (json !== undefined) this.add(json, stack)
  }

  add(json: unknown, stack: string): this {
    const sections = asBlock(json)
    this.#stacks.set(stack, sections)
    for (const prefix of ['', 'data.'])
      for (const [name, blocks] of Object.entries(asBlock(sections[prefix ? 'data' : 'resource'])))
        for (const [id, block] of Object.entries(asBlock(blocks))) {
          const type = `${prefix}${name}`
          const address = `${type}.${id}`
          this.#resources.set(`${stack}/${address}`, { type, id, address, block: asBlock(block), stack })
        }
    return this
  }

  /** Every block, or those of a type; data sources have types like `data.aws_ecr_image`. */
  all(type?: string): Resource[] {
    return [...this.#resources.values()].filter((resource) => type === undefined || resource.type === type)
  }

  /** Value of the first output with this name; `undefined` where no stack has it. */
  output(name: string): { readonly value: unknown; readonly stack: string } | undefined {
    for (const [stack, sections] of this.#stacks) {
      const output = asBlock(sections.output)[name]
      if (output !== undefined) return { value: asBlock(output).value, stack }
    }
    return undefined
  }

  /** Every resource that a value refers to, e.g. by `${aws_lambda_function.users.invoke_arn}` or with text around it. */
  targets(value: unknown, stack: string): Resource[] {
    if (typeof value !== 'string') return []
    return [...value.matchAll(EXPRESSION)].flatMap(([, expression = '']) =>
      [...expression.matchAll(REFERENCE)].flatMap(([, type = '', id = '', attribute = '']) => {
        const other = this.#outputOf(type, id, attribute)
        if (other) return this.targets(other.value, other.stack)
        return this.#resources.get(`${stack}/${type}.${id}`) ?? []
      }),
    )
  }

  /**
   * The resource that `attribute` refers to.
   * @param types those to choose from, where the value refers to several.
   */
  follow(resource: Resource, attribute: string, types?: readonly string[]): Resource {
    const value = resource.block[attribute]
    const targets = this.targets(value, resource.stack)
    const target = targets.find(({ type }) => types?.includes(type)) ?? targets[0]
    if (target) return target
    throw new WiringError(
      typeof value === 'string'
        ? `${resource.address}: ${attribute} = "${value}" refers to nothing in this stack`
        : `${resource.address} has no ${attribute}`,
    )
  }

  /**
   * A text attribute, with literal attributes of other resources in the place of references.
   * @throws WiringError where there is none.
   */
  text(resource: Resource, attribute: string, attributes?: Attributes): string {
    const value = scalar(resource.block[attribute])
    if (value === undefined) throw new WiringError(`${resource.address} has no ${attribute}`)
    return this.evaluate(value, resource.stack, attributes)
  }

  /** A text with the values of its expressions; one without a value here stays as it is. */
  evaluate(text: string, stack: string, attributes: Attributes = () => undefined): string {
    const value = text.replace(EXPRESSION, (whole, expression: string) => {
      const [, inner = expression] = /^\s*tostring\((.*)\)\s*$/.exec(expression) ?? []
      return this.#value(inner.trim(), stack, attributes) ?? whole
    })
    return isOpen(value) ? value : value.replaceAll('$${', '${')
  }

  #value(expression: string, stack: string, attributes: Attributes): string | undefined {
    const [kind = '', name = ''] = expression.split('.')
    const sections = this.#stacks.get(stack)
    const literal = (value: unknown, from = stack) => {
      const text = scalar(value)
      const evaluated = text === undefined ? undefined : this.evaluate(text, from, attributes)
      return evaluated !== undefined && isOpen(evaluated) ? undefined : evaluated
    }
    if (kind === 'local') return literal(asBlock(sections?.locals)[name])
    if (kind === 'var')
      return process.env[`TF_VAR_${name}`] ?? literal(asBlock(asBlock(sections?.variable)[name]).default)
    const [reference] = expression.matchAll(REFERENCE)
    if (reference?.[0] !== expression) return undefined
    const [, type = '', id = '', attribute = ''] = reference
    const other = this.#outputOf(type, id, attribute)
    if (other) return literal(other.value, other.stack)
    const resource = this.#resources.get(`${stack}/${type}.${id}`)
    return resource && (attributes(resource, attribute) ?? literal(resource.block[attribute]))
  }

  /** The output of another stack, where this is a reference to one. */
  #outputOf(type: string, id: string, attribute: string) {
    const [, name] = /^outputs\.([\w-]+)$/.exec(attribute) ?? []
    if (type !== 'data.terraform_remote_state' || !id.startsWith(OTHER_STACK) || name === undefined) return undefined
    const stack = id.slice(OTHER_STACK.length)
    return { value: asBlock(asBlock(this.#stacks.get(stack)?.output)[name]).value, stack }
  }
}

/** A nested block, which cdktf writes as an object or as a list of one. */
export function nested(resource: Resource, name: string): Block {
  return listed(resource, name)[0] ?? {}
}

/** Nested blocks of a name, whether cdktf writes a list or a single one. */
export function listed(resource: Resource, name: string): Block[] {
  const value = resource.block[name]
  return (Array.isArray(value) ? value : [value]).filter((each) => each !== undefined).map(asBlock)
}

/** A map or list attribute's entries that are text. */
export function texts(value: unknown): [string, string][] {
  return Object.entries(asBlock(value)).flatMap(([key, each]) => {
    const text = scalar(each)
    return text === undefined ? [] : [[key, text]]
  })
}

export function asBlock(value: unknown): Block {
  return typeof value === 'object' && value !== null ? (value as Block) : {}
}

const scalar = (value: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined
