/** Result of a check. With `fix`, it stops a deployment; `unsure` marks a note. */
export interface Told {
  readonly text: string
  readonly fix?: string
  readonly unsure?: boolean
}
export type Finding = Told & { readonly name: string }

/** Formats each finding as a line, followed by its fix. */
export const linesOf = (findings: readonly Finding[]): string =>
  findings
    .flatMap(({ name, text, fix, unsure }) => {
      const mark = fix === undefined ? (unsure ? '–' : '✔') : '✖'
      return [`${mark} ${name.padEnd(11)} ${text}`, ...(fix === undefined ? [] : [`  ${' '.repeat(11)} → ${fix}`])]
    })
    .join('\n')

/** Names the results of one check. */
export const named = async (name: string, told: Told | Told[] | Promise<Told | Told[]>): Promise<Finding[]> =>
  [await told].flat().map((each) => ({ name, ...each }))
