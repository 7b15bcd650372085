import { useId, useState } from 'preact/hooks'
import type { FieldError } from '../http.ts'
import { type TextKey, t } from '../i18n.ts'
import type { DirectUpload } from '../openapi.ts'
import { exampleOf, type Field, textOf, typedValue, typeLabel } from '../schema.ts'
import { inline } from '../text-blocks.tsx'
import { Icon } from '../ui.tsx'
import { DropZone } from './drop-zone.tsx'

/** A part of a request that fields are in. */
export type Place = 'path' | 'query' | 'header' | 'body'

export interface FieldProps {
  readonly place: Place
  readonly field: Field
  /** What it begins with; `undefined` for nothing. */
  readonly initial?: unknown
  /** An empty one begins with the example of what it needs. */
  readonly examples: boolean
  readonly errors: readonly FieldError[]
  readonly files: ReadonlyMap<string, readonly File[]>
  onFiles(path: string, files: readonly File[]): void
}

/** Name of an input in its form. */
const nameOf = (place: Place, { path }: Field) => `${place}.${path}`

/** What the API says of this field, or of a part of it that has no field of its own. */
const messageFor = ({ path, kind }: Field, errors: readonly FieldError[]) =>
  errors.find((error) => {
    const own = error.path.toLowerCase() === (path || 'body').toLowerCase()
    return (
      own ||
      (kind !== 'object' && path !== '' && /^[.[]/.test(error.path.slice(path.length)) && error.path.startsWith(path))
    )
  })?.message

/** Errors that no field shows. */
export const errorsBeside = (fields: readonly Field[], errors: readonly FieldError[]): FieldError[] => {
  const leaves = (each: Field): Field[] => [...(each.kind === 'object' ? (each.fields ?? []).flatMap(leaves) : [each])]
  const all = fields.flatMap(leaves)
  return errors.filter((error) => !all.some((each) => messageFor(each, [error]) !== undefined))
}

/** A field, and those in it. */
export function FieldInput(props: FieldProps) {
  const { field, initial, errors } = props
  if (field.kind === 'object')
    return (
      <>
        {field.fields?.map((each) => {
          const name = each.path.slice(field.path ? field.path.length + 1 : 0)
          const inner = <FieldInput {...props} key={name} field={each} initial={valueIn(initial, name)} />
          if (each.kind !== 'object') return inner
          return (
            <fieldset key={name}>
              <legend>{name}</legend>
              {inner}
            </fieldset>
          )
        })}
      </>
    )
  return <Leaf {...props} message={messageFor(field, errors)} />
}

function Leaf({
  place,
  field,
  initial,
  examples,
  message,
  files,
  onFiles,
}: FieldProps & { message: string | undefined }) {
  const id = useId()
  const { path, kind, schema, required, nullable } = field
  const [isNull, setNull] = useState(initial === null)
  const given =
    initial ?? (examples && required ? exampleOf(schema) : kind === 'choice' ? fixedChoice(field) : undefined)
  /** What counts where it is empty, or else what may stand there. */
  const hint = (required ? undefined : schema.default) ?? exampleOf(schema)
  const text = message ?? (schema.description || '')
  const common = {
    id,
    name: nameOf(place, field),
    disabled: isNull,
    'aria-required': required || undefined,
    'aria-invalid': message !== undefined || undefined,
    'aria-describedby': text ? `${id}-note` : undefined,
  }
  const typed = {
    ...common,
    defaultValue: textOf(field, given),
    placeholder: isNull ? 'null' : textOf({ kind: 'text' }, hint),
    autocomplete: 'off',
    spellcheck: false,
    dir: 'auto' as const,
  }
  const label = path.split(/[.…]/).at(-1) || t('body')
  return (
    <div class="field">
      <div class="row spread">
        {kind === 'file' ? <span id={id}>{label}</span> : <label for={id}>{label}</label>}
        <span class="row small muted">
          {nullable && (
            <label>
              <input
                type="checkbox"
                name={`${common.name}?null`}
                checked={isNull}
                onChange={({ currentTarget }) => setNull(currentTarget.checked)}
              />
              null
            </label>
          )}
          {kind !== 'choice' && <code>{typeLabel(schema)}</code>}
          {required && <span class="required">{t('required')}</span>}
        </span>
      </div>
      {kind === 'file' ? (
        <DropZone labelledBy={id} files={files.get(path) ?? []} onFiles={(chosen) => onFiles(path, chosen)} />
      ) : kind === 'boolean' && required ? (
        <input {...common} type="checkbox" defaultChecked={given === true} />
      ) : kind === 'boolean' || kind === 'choice' ? (
        <Choice {...common} field={field} value={textOf(field, given)} />
      ) : kind === 'json' || kind === 'long' ? (
        <textarea {...typed} rows={kind === 'json' ? 3 : 1} class={kind === 'json' ? 'mono' : undefined} />
      ) : (
        <input
          {...typed}
          {...(schema.format === 'date' ? { type: 'date' as const } : { type: 'text' as const })}
          inputMode={kind === 'number' ? 'decimal' : 'text'}
        />
      )}
      {text && (
        <p id={`${id}-note`} class={message === undefined ? 'hint' : 'hint error'}>
          {message !== undefined && <Icon name="warning" />}
          <span>{inline(text)}</span>
        </p>
      )}
    </div>
  )
}

function Choice({ field, value, ...rest }: { field: Field; value: string } & Record<string, unknown>) {
  const choices = field.kind === 'boolean' ? [true, false] : (field.choices ?? [])
  return (
    <select {...rest}>
      {(!field.required || choices.length > 1) && <option value="">–</option>}
      {choices.map((each) => {
        const text = textOf(field, each)
        return (
          <option key={text} value={text} selected={text === value}>
            {text}
          </option>
        )
      })}
    </select>
  )
}

/** A choice that is none. */
const fixedChoice = ({ choices = [], required }: Field) => (required && choices.length === 1 ? choices[0] : undefined)

const valueIn = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

/** A value that cannot be sent as it was typed. */
export class InputError extends Error {
  readonly path: string

  constructor({ path }: Field, key: TextKey) {
    super(t(key))
    this.path = path || 'body'
  }
}

/** What was typed into a field, and into those in it; `undefined` for nothing. @throws InputError */
export function read(form: HTMLFormElement, place: Place, field: Field, files: FieldProps['files']): unknown {
  const { kind, path, required, many } = field
  if (kind === 'object') {
    const entries = (field.fields ?? []).flatMap((each) => {
      const value = read(form, place, each, files)
      return value === undefined ? [] : [[each.path.slice(path ? path.length + 1 : 0), value]]
    })
    return entries.length > 0 || required ? Object.fromEntries(entries) : undefined
  }
  if (kind === 'file') {
    const chosen = files.get(path) ?? []
    return many ? chosen : chosen[0]
  }
  const name = nameOf(place, field)
  const isNull = form.elements.namedItem(`${name}?null`)
  if (isNull instanceof HTMLInputElement && isNull.checked) return null
  const input = form.elements.namedItem(name)
  if (input instanceof HTMLInputElement && input.type === 'checkbox') return input.checked
  if (
    !(input instanceof HTMLInputElement || input instanceof HTMLSelectElement || input instanceof HTMLTextAreaElement)
  )
    return undefined
  try {
    return typedValue(field, input.value)
  } catch {
    throw new InputError(field, 'noJson')
  }
}

/** Writes what a file says of itself into the fields that ask for it. */
export function fillFrom(form: HTMLFormElement, field: Field, { name, size, type }: DirectUpload, file: File): void {
  const values = { [name ?? '']: file.name, [size ?? '']: String(file.size), [type ?? '']: file.type }
  for (const each of field.fields ?? []) {
    const value = values[each.path]
    const input = form.elements.namedItem(nameOf('body', each))
    if (value !== undefined && input && 'value' in input) input.value = value
  }
}
