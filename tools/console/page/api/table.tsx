import type { ComponentChildren } from 'preact'
import { t } from '../i18n.ts'
import { type Api, keyOf, type Operation } from '../openapi.ts'
import { resolve, typesOf } from '../schema.ts'

interface Column {
  /** Of the property; empty where rows are no objects. */
  readonly name: string
  readonly number: boolean
}

/** The properties of what a list has: those that its schema names, and those that are there besides. */
function columnsOf({ document }: Api, { list }: Operation, rows: readonly unknown[]): Column[] {
  const { properties = {}, ...schema } = list?.item ?? {}
  const found = rows.flatMap((row) => (typeof row === 'object' && row !== null ? Object.keys(row) : []))
  const names = [...new Set([...Object.keys(properties), ...found])]
  const isNumber = (type: string) => type === 'integer' || type === 'number'
  if (names.length === 0) return [{ name: '', number: typesOf(schema).some(isNumber) }]
  return names.map((name) => ({ name, number: typesOf(resolve(document, properties[name])).some(isNumber) }))
}

function Cell({ value }: { value: unknown }) {
  if (value === undefined || value === null) return <span class="muted">{value === null ? 'null' : '–'}</span>
  return typeof value === 'object' ? <code>{JSON.stringify(value)}</code> : <span>{String(value)}</span>
}

interface TableProps {
  readonly api: Api
  readonly operation: Operation
  readonly rows: readonly unknown[]
  /** Name of the parameter that tells rows apart. */
  readonly rowKey: string
  /** What a row can do; `name` is what tells it apart. */
  actions?(row: unknown, name: string): ComponentChildren
}

export function Table({ api, operation, rows, rowKey, actions }: TableProps) {
  const columns = columnsOf(api, operation, rows)
  const classOf = ({ number }: Column) => (number ? 'number' : undefined)
  return (
    <table>
      <caption class="hidden">{operation.summary}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" class={classOf(column)}>
              {column.name || t('value')}
            </th>
          ))}
          {actions && (
            <th scope="col">
              <span class="hidden">{t('actions')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => {
          const name = keyOf(row, rowKey)
          return (
            <tr key={`${name} ${index}`}>
              {columns.map((column) => (
                // Whichever way a text is written, it stays in its cell.
                <td key={column.name} class={classOf(column)} dir="auto">
                  <Cell value={column.name ? (row as Record<string, unknown> | null)?.[column.name] : row} />
                </td>
              ))}
              {actions && <td class="actions">{actions(row, name)}</td>}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
