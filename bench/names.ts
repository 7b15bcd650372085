/** Key that files are stored under. */
export const FILENAME = 'bench/file.bin'

/** Contenders that something is held against. */
export const names = {
  ours: 'this project',
  bare: 'bare use case',
  least: 'least upload',
  empty: 'empty handler',
  emptyPython: 'empty handler, Python',
  python: 'Python',
  pythonKept: 'Python, connected',
} as const
