/** The result of a check. With `fix` it stops a deployment; `unsure` is a note. */
export interface Finding {
  readonly name: string
  readonly text: string
  readonly fix?: string
  readonly unsure?: boolean
}

/** A line for each finding, with its fix below it. */
export const linesOf = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ name, text, fix, unsure }) => {
    const mark = fix === undefined ? (unsure ? '–' : '✔') : '✖'
    return [`${mark} ${name.padEnd(11)} ${text}`, ...(fix === undefined ? [] : [`  ${' '.repeat(11)} → ${fix}`])]
  })

export const stops = ({ fix }: Finding): boolean => fix !== undefined
