import { useId } from 'preact/hooks'
import type { FieldError } from '../http.ts'
import { t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'
import { choicesOf, type Field, textOf, typedValue } from '../schema.ts'
import { Inline } from '../ui.tsx'

interface FieldProps {
  readonly field: Field
  /** Initial body. Without one, required fields start with their examples. */
  readonly initial: unknown
  readonly errors: readonly FieldError[]
  onFile?(file: File | undefined): void
}

/** Credentials by header: shared by all forms, forgotten with the page. */
const credentials: Record<string, string> = {}

/** Characters above which a text gets several lines. */
const LONG = 1024

const pathOf = ({ names }: Field) => names.join('.') || 'body'

/** Name of a field's input in its form. */
const nameOf = (field: Field) => `${field.place}.${pathOf(field)}`

/** Whether an error concerns this field, or a part of it without its own field. */
export const concerns = (field: Field, error: FieldError): boolean =>
  field.fields?.some((each) => concerns(each, error)) ??
  `${error.path}.`.toLowerCase().startsWith(`${pathOf(field)}.`.toLowerCase())

/** A field, or the fields of an object. */
export function FieldInput(props: FieldProps) {
  const { field } = props
  if (!field.fields) return <Leaf {...props} />
  const inner = field.fields.map((each) => <FieldInput {...props} key={nameOf(each)} field={each} />)
  if (field.names.length === 0) return <>{inner}</>
  return (
    <fieldset class="vstack">
      <legend>{field.names.at(-1)}</legend>
      {inner}
    </fieldset>
  )
}

function Leaf({ field, initial, errors, onFile }: FieldProps) {
  const id = useId()
  const { kind, schema, required, names } = field
  const message = errors.find((error) => concerns(field, error))?.message
  const note = message ?? (kind === 'secret' ? t('forgotten') : (schema.description ?? ''))
  const example = schema.example ?? schema.default
  const beginning = initial === undefined ? (required ? example : undefined) : valueAt(initial, names)
  /** Set if an empty field means null; otherwise empty fields are left out. */
  const empty = schema.nullable && (required || beginning !== undefined) ? 'null' : undefined
  const choices = choicesOf(schema).map(textOf)
  const typesIn = kind === 'text' || kind === 'number' || kind === 'json'
  const long = kind === 'json' || (schema.maxLength ?? 0) > LONG
  const common = {
    id,
    name: nameOf(field),
    'data-empty': empty,
    'aria-required': required || undefined,
    'aria-invalid': message !== undefined || undefined,
    'aria-describedby': note ? `${id}-note` : undefined,
  }
  const typed = {
    ...common,
    defaultValue: textOf(beginning),
    placeholder: empty ?? textOf((required ? undefined : schema.default) ?? example),
    autocomplete: 'off',
    spellcheck: false,
    dir: 'auto' as const,
  }
  return (
    <div class="vstack field">
      <div class="hstack justify-between">
        <label for={id}>{names.at(-1) ?? t('body')}</label>
        <span class="hstack small muted">
          {kind === 'file'
            ? t('drop')
            : kind !== 'choice' && <code>{(schema.type === 'string' && schema.format) || schema.type || 'JSON'}</code>}
          {required && <span class="required">{t('required')}</span>}
        </span>
      </div>
      {kind === 'file' && (
        <input
          {...common}
          type="file"
          multiple={schema.type === 'array'}
          onChange={({ currentTarget }) => onFile?.(currentTarget.files?.[0])}
        />
      )}
      {kind === 'choice' && (
        <select {...common}>
          {(!required || choices.length > 1) && <option value="">–</option>}
          {choices.map((each) => (
            <option key={each} selected={each === textOf(beginning)}>
              {each}
            </option>
          ))}
        </select>
      )}
      {kind === 'secret' && (
        <input
          {...common}
          type="password"
          autocomplete="off"
          value={credentials[common.name] ?? ''}
          onInput={({ currentTarget: { name, value } }) => Object.assign(credentials, { [name]: value })}
        />
      )}
      {typesIn && long && <textarea {...typed} />}
      {typesIn && !long && <input {...typed} type="text" inputMode={kind === 'number' ? 'decimal' : 'text'} />}
      {note && (
        <p id={`${id}-note`} class={message === undefined ? 'hint' : 'hint error'}>
          <Inline text={note} />
        </p>
      )}
    </div>
  )
}

const valueAt = (value: unknown, names: readonly string[]): unknown =>
  names.reduce((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value)

/**
 * Reads the value of a field; `undefined` if it is empty or not in the form.
 * @param errors receives values that cannot be sent.
 */
export async function read(form: HTMLFormElement, field: Field, errors: FieldError[]): Promise<unknown> {
  if (field.fields) {
    const values = field.fields.map(async (each) => [each.names.at(-1), await read(form, each, errors)])
    const entries = (await Promise.all(values)).filter(([, value]) => value !== undefined)
    return entries.length > 0 || field.required ? Object.fromEntries(entries) : undefined
  }
  const input = form.elements.namedItem(nameOf(field)) as HTMLInputElement | null
  if (!input) return undefined
  const { files, value } = input
  try {
    if (!files) return typedValue(field, value) ?? (input.dataset.empty ? null : undefined)
    // Only reading reveals a folder, which looks like a file.
    for (const file of files) await file.slice(0, 1).arrayBuffer()
    return field.schema.type === 'array' ? [...files] : files[0]
  } catch {
    errors.push({ path: pathOf(field), message: t(files ? 'unreadable' : 'noJson') })
    return undefined
  }
}

/** Fills in the file's name, size and type for the store. */
export function fillFrom(form: HTMLFormElement, file: File, { name, size, type }: NonNullable<Operation['direct']>) {
  const values = { [name ?? '']: file.name, [size ?? '']: String(file.size), [type ?? '']: file.type }
  for (const [path, value] of Object.entries(values)) {
    const input = form.elements.namedItem(`body.${path}`)
    if (input && 'value' in input) input.value = value
  }
}
