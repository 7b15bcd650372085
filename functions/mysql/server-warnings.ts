import type { Session } from './database.ts'

/** Server settings that no session can change, and the guarantee that each value breaks. */
const CONSEQUENCES: Readonly<Record<string, (value: string) => string | false>> = {
  innodb_flush_log_at_trx_commit: (value) =>
    value !== '1' && 'a crash of the server loses the writes of the last second: set it to 1',
  max_allowed_packet: (value) => Number(value) < 65_536 && 'long statements are refused: set it to 65536 or more',
  max_prepared_stmt_count: (value) =>
    Number(value) < 1024 && 'connections, each preparing up to 16 statements, fail at the limit: set it to 16382',
}

/** Returns a warning, with its fix, for each server setting that breaks a guarantee. */
export async function serverWarnings(db: Session): Promise<string[]> {
  const names = Object.keys(CONSEQUENCES)
  const rows = await db.read<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`)})`,
  )
  return rows.flatMap(({ Variable_name: name, Value: value }) => {
    const consequence = CONSEQUENCES[name]?.(value)
    return consequence ? [`The server has ${name}=${value}, so ${consequence}`] : []
  })
}
