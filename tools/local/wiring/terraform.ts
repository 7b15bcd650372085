/** Attributes of a block. */
export type Block = Readonly<Record<string, unknown>>

/** A resource or data source with its address, e.g. `aws_api_gateway_method.get`. */
export interface Resource {
  readonly type: string
  readonly id: string
  readonly address: string
  readonly block: Block
  readonly stack: string
}

/** Local value of an attribute that Terraform knows only after creating the resource; `undefined` without one. */
export type Attributes = (resource: Resource, attribute: string, terraform: TerraformJson) => string | undefined

/** `${…}`; Terraform escapes it with a doubled dollar sign. */
const EXPRESSION = /(?<!\$)\$\{([^{}]*)\}/g
/** `aws_lambda_function.users.arn`, `aws_db_instance.db.master_user_secret[0].secret_arn`, `tostring(aws_db_instance.db.port)`. */
const REFERENCE = /(?<![\w.-])((?:data\.)?[a-z]\w*)\.([\w-]+)(?:\[\w+\])?\.([\w.[\]-]+)/g
/** Address that cdktf gives to the state of another stack. */
const OTHER_STACK = /^data\.terraform_remote_state\.cross-stack-reference-input-(.+)$/

/** Whether a text contains an unresolved expression. */
const isOpen = (text: string): boolean => /(?<!\$)\$\{/.test(text)

interface Value {
  readonly value: unknown
  readonly stack: string
}

/** Terraform JSON of one or several stacks, as `cdktf synth` writes it, with its references. */
export class TerraformJson {
  #resources = new Map<string, Resource>()
  #stacks = new Map<string, Block>()
  #attributes: Attributes = () => undefined

  constructor(json: unknown = {}, stack = '') {
    this.add(json, stack)
  }

  add(json: unknown, stack: string): this {
    const sections = asBlock(json)
    this.#stacks.set(stack, sections)
    for (const [prefix, blocks] of [['', sections.resource] as const, ['data.', sections.data] as const])
      for (const [name, byId] of Object.entries(asBlock(blocks)))
        for (const [id, block] of Object.entries(asBlock(byId))) {
          const type = `${prefix}${name}`
          const address = `${type}.${id}`
          this.#resources.set(`${stack}/${address}`, { type, id, address, block: asBlock(block), stack })
        }
    return this
  }

  /** Copies the Terraform, with attributes in addition to the literal ones. */
  on(attributes: Attributes): TerraformJson {
    const other = new TerraformJson()
    other.#resources = this.#resources
    other.#stacks = this.#stacks
    other.#attributes = attributes
    return other
  }

  /** Local value of an attribute that Terraform knows only after creating the resource. */
  attribute(resource: Resource, name: string): string | undefined {
    return this.#attributes(resource, name, this)
  }

  /** All blocks, or those of a type; data sources have types like `data.aws_ecr_image`. */
  all(type?: string): Resource[] {
    return [...this.#resources.values()].filter((resource) => type === undefined || resource.type === type)
  }

  /** Merges the outputs with this name, which are maps or lists. */
  output(name: string): Record<string, string> {
    const entries = [...this.#stacks.keys()].flatMap((stack) =>
      texts(this.#output(stack, name).value).map(([key, text]) => [key, this.evaluate(text, stack) ?? text]),
    )
    return Object.fromEntries(entries)
  }

  /**
   * Resolves the resource that `attribute` refers to, also within other text. Prefers resources to data sources.
   * @throws Error without one.
   */
  follow({ block, address, stack }: Resource, attribute: string): Resource {
    const value = block[attribute]
    const targets = this.#targets(value, stack)
    const target = targets.find(({ type }) => !type.startsWith('data.')) ?? targets[0]
    if (target) return target
    const problem = value === undefined ? `has no ${attribute}` : `${attribute} = "${value}" refers to nothing here`
    throw new Error(`${address}: ${problem}`)
  }

  #targets(value: unknown, stack: string): Resource[] {
    return [...String(value).matchAll(EXPRESSION)].flatMap(([, expression = '']) =>
      [...expression.matchAll(REFERENCE)].flatMap(([, type = '', id = '', attribute = '']) => {
        const other = this.#outputOf(`${type}.${id}`, attribute)
        return other ? this.#targets(other.value, other.stack) : (this.#resources.get(`${stack}/${type}.${id}`) ?? [])
      }),
    )
  }

  /**
   * Reads a text attribute; its expressions are resolved as far as possible.
   * @throws Error without such an attribute.
   */
  text({ block, address, stack }: Resource, attribute: string): string {
    const value = scalar(block[attribute])
    if (value === undefined) throw new Error(`${address} has no ${attribute}`)
    return this.evaluate(value, stack) ?? this.expand(value, stack)
  }

  /** Resolves all expressions of a text; `undefined` if one has no local value. */
  evaluate(text: string, stack: string): string | undefined {
    const expanded = this.expand(text, stack)
    return isOpen(expanded) ? undefined : expanded.replaceAll('$${', '${')
  }

  /** Resolves the expressions of a text as far as they have values. */
  expand(text: string, stack: string): string {
    return text.replace(EXPRESSION, (whole, expression: string) => {
      const found = this.#resolve(expression.replace(/^tostring\((.*)\)$/, '$1'), stack)
      const value = scalar(found?.value)
      const result = value === undefined ? whole : this.expand(value, found?.stack ?? stack)
      return isOpen(result) ? whole : result
    })
  }

  /** Value of an expression; may contain expressions itself. */
  #resolve(expression: string, stack: string): Value | undefined {
    const { locals, variable } = this.#stacks.get(stack) ?? {}
    const [kind, name = ''] = expression.split('.')
    if (kind === 'local') return { value: asBlock(locals)[name], stack }
    if (kind === 'var')
      return { value: process.env[`TF_VAR_${name}`] ?? asBlock(asBlock(variable)[name]).default, stack }
    const [[reference, type, id, attribute = ''] = []] = expression.matchAll(REFERENCE)
    if (reference !== expression) return undefined
    const resource = this.#resources.get(`${stack}/${type}.${id}`)
    return (
      this.#outputOf(`${type}.${id}`, attribute) ??
      (resource && { value: this.attribute(resource, attribute) ?? resource.block[attribute], stack })
    )
  }

  /** Output of another stack, if the address refers to one. */
  #outputOf(address: string, attribute: string): Value | undefined {
    const [, stack] = OTHER_STACK.exec(address) ?? []
    return stack === undefined ? undefined : this.#output(stack, attribute.replace('outputs.', ''))
  }

  #output(stack: string, name: string): Value {
    return { value: asBlock(asBlock(this.#stacks.get(stack)?.output)[name]).value, stack }
  }
}

/** Reads a nested block, which cdktf writes as an object or as a list of one. */
export function nested(resource: Resource, name: string): Block {
  return listed(resource, name)[0] ?? {}
}

/** Reads nested blocks of a name: a list or a single one. */
export function listed(resource: Resource, name: string): Block[] {
  return [resource.block[name] ?? []].flat().map(asBlock)
}

/** Scalar entries of a map or list attribute, as text. */
export function texts(value: unknown): [string, string][] {
  return Object.entries(asBlock(value)).flatMap(([key, each]) => {
    const text = scalar(each)
    return text === undefined ? [] : [[key, text]]
  })
}

export const asBlock = (value: unknown): Block => (typeof value === 'object' && value !== null ? (value as Block) : {})

const scalar = (value: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined
