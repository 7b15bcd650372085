import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from './json-schema.ts'

/** One schema for what generators have no type for: literals, intersections of objects, unions of enums or with null. */
export function simplified({ const: value, allOf, anyOf, ...json }: JsonSchema): JsonSchema {
  if (value !== undefined) return { ...json, enum: [value] }
  if (Array.isArray(allOf)) {
    const parts = allOf.map(simplified)
    if (!parts.every(({ properties }) => properties)) return { ...json, allOf: parts }
    return {
      ...Object.assign({}, ...parts, json),
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: [...new Set(parts.flatMap(({ required }) => required))],
    }
  }
  if (!Array.isArray(anyOf)) return union(json, 'oneOf', json.oneOf as JsonSchema[] | undefined, json.nullable)
  const isNull = ({ enum: options }: JsonSchema) => isDeepStrictEqual(options, [null])
  const all = anyOf.map(simplified).filter(({ foreign }) => foreign !== 'undefined')
  const nullable = json.nullable || all.some((each) => isNull(each) || each.nullable)
  const options = all
    .filter((each) => !isNull(each))
    .filter((each, index, others) => others.findIndex((other) => isDeepStrictEqual(other, each)) === index)
  const values = options.map((option) => option.enum)
  const beside = { ...json, ...(nullable && { nullable }) }
  if (values.length > 1 && values.every(Array.isArray)) return { ...beside, enum: [...new Set(values.flat())] }
  return options.length === 1 ? { ...options[0], ...beside } : union(json, 'anyOf', options, nullable)
}

/** In OpenAPI 3.0 `nullable` belongs to a type: of a union that can be null, to the first. */
function union(
  { nullable: _, ...json }: JsonSchema,
  keyword: string,
  options: JsonSchema[] | undefined,
  nullable: unknown,
) {
  if (!options) return nullable ? { ...json, nullable } : json
  return {
    ...json,
    [keyword]: options.map((option, index) => (nullable && index === 0 ? { ...option, nullable } : option)),
  }
}
